"""Two consent tables held apart case by case, whether or not any record is such a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.changes.observed import permission
from engine.checked import CheckedSpec
from engine.spec.consent import ConsentRow


@dataclass(frozen=True, slots=True)
class TableChange:
    """The cases that a new table widens or narrows: their number, and the rows, from 0."""

    kind: Literal["widened", "narrowed"]
    cases: int
    old_rows: frozenset[int]
    new_rows: frozenset[int]


def compare_tables(old: CheckedSpec, new: CheckedSpec) -> Iterator[TableChange]:
    """Give what became of the cases that both tables decide."""
    before, after = old.spec.consent, new.spec.consent
    if before is None or after is None or set(before.facts) != set(after.facts):
        return
    order = [list(before.facts).index(fact) for fact in after.facts]
    known = {tuple(case[place] for place in order): row for case, row in old.consent_table.items()}
    found: dict[Literal["widened", "narrowed"], list[tuple[int, int]]] = {}
    for case, row in new.consent_table.items():
        if case in known:
            one, other = _permission(before.rows[known[case]]), _permission(after.rows[row])
            if one != other:
                kind: Literal["widened", "narrowed"] = "widened" if other > one else "narrowed"
                found.setdefault(kind, []).append((known[case], row))
    for kind, rows in found.items():
        old_rows, new_rows = (frozenset(side) for side in zip(*rows, strict=True))
        yield TableChange(kind, len(rows), old_rows, new_rows)


def _permission(row: ConsentRow) -> int:
    return permission(row.do.partition(" ")[0], may_market=row.may_market)

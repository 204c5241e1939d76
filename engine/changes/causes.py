"""Which edits an effect comes from: down the graphs of both versions, along what really differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from engine.changes.edits import Edit, overlaps
from engine.changes.graph import Graph, Node
from engine.changes.observed import Observation
from engine.checked import CheckedSpec
from engine.compiler.context import variable
from engine.compiler.function import Probe, compile_probe
from engine.contacts import Contacts
from engine.text import Pointer

_UNKNOWN = object()


class Side:
    """One version: its graph, and its values for any record, compiled when first asked for."""

    def __init__(self, checked: CheckedSpec, contacts: Contacts, now: datetime) -> None:
        self.checked = checked
        self.graph = Graph(checked)
        # Of what stands once per element of a list, a function keeps the last only.
        self.repeated = frozenset(name for name, one in checked.names.items() if one.level)
        self._contacts = contacts
        self._now = now

    def values_of(self, record: Mapping[str, object]) -> Mapping[str, object]:
        """Give the values that stand once in a record, by variable, as far as it was mapped."""
        found: dict[str, object] = {}
        self._probe(record, self._contacts, self._now, found)
        return found

    @cached_property
    def _probe(self) -> Probe:
        return compile_probe(self.checked)


@dataclass(frozen=True, slots=True)
class Case:
    """One record in both versions: what it holds, and the consent rows that hit, from 0."""

    record: Mapping[str, object]
    rows: tuple[int | None, int | None]


class Causes:
    """Answers for one pair of versions; edits are told by their place in `edits`."""

    def __init__(self, old: Side, new: Side, edits: Sequence[Edit]) -> None:
        self._sides = (old, new)
        self._edits = edits
        self._repeated = old.repeated | new.repeated
        self._known: dict[tuple[str, ...], frozenset[int]] = {}

    def possible(self, roots: tuple[str, ...]) -> frozenset[int]:
        """Give the edits that anything coming from these nodes may depend on."""
        if roots not in self._known:
            self._known[roots] = self._search(roots, lambda _: True, None, frozenset())
        return self._known[roots]

    def of(self, seen: Observation, case: Case) -> frozenset[int]:
        """Give the edits that one difference of one record comes from."""
        possible = self.possible(seen.roots)
        if len(possible) <= 1:
            return possible
        values = [side.values_of(case.record) for side in self._sides]

        def differs(name: str) -> bool:
            old, new = (one.get(variable(name), _UNKNOWN) for one in values)
            is_known = old is not _UNKNOWN and new is not _UNKNOWN and name not in self._repeated
            return not is_known or old != new

        return self._search(seen.roots, differs, case, seen.rules) or possible

    def _search(
        self,
        roots: tuple[str, ...],
        differs: Callable[[str], bool],
        case: Case | None,
        rules: frozenset[str],
    ) -> frozenset[int]:
        found: set[int] = set()
        for number, side in enumerate(self._sides):
            met: set[str] = set()
            waiting = list(roots)
            while waiting:
                name = waiting.pop()
                node = side.graph.nodes.get(name)
                if name in met or node is None:
                    continue
                met.add(name)
                row = case.rows[number] if case is not None else None
                found |= self._touching(number, _lines_of(name, node, row))
                parts = node.parts
                if name.startswith("exception:"):
                    parts = _raising(side, node, rules)
                waiting += [part for part in parts if differs(part)]
            if "order" in roots:
                found |= {index for index, one in enumerate(self._edits) if one.new == ("send",)}
        return frozenset(found)

    def _touching(self, number: int, lines: Sequence[Pointer]) -> set[int]:
        return {
            index
            for index, edit in enumerate(self._edits)
            if not edit.is_wording
            and any(overlaps(edit.new if number else edit.old, line) for line in lines)
        }


def _lines_of(name: str, node: Node, row: int | None) -> tuple[Pointer, ...]:
    """Give a node's own lines; a decision of a known row comes from that row alone."""
    if row is None or not name.startswith("consent.") or name == "consent.evidence":
        return node.own
    return (("consent", "rows", row), ("consent", "facts"))


def _raising(side: Side, node: Node, rules: frozenset[str]) -> tuple[str, ...]:
    """Give what raised an exception, by the lines it cites; all that may, where none is cited."""
    if not rules:
        return node.parts
    line_of = side.checked.line_of
    return tuple(
        part
        for part in node.parts
        if any(line_of(pointer) in rules for pointer in _around(side.graph.nodes[part]))
    )


def _around(node: Node) -> set[Pointer]:
    """Give a node's own lines, and for what is only keys of a list, the list itself."""
    return {*node.own, *(pointer[:-1] for pointer in node.own if len(pointer) > 1)}

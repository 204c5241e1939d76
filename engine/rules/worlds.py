"""Worlds: what can be known of a person when calls are built, one for each case of the table.

A rule about calls asks of every world whether a condition can hold in it. So a guard is judged by
what it lets through, not by how it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from engine.names import ADDRESS_KINDS, YES_NO
from engine.rules.subject import Subject
from engine.spec.condition import Bound, Cell, Condition, NoneOf, When, alternatives_of

DECISION = "consent.decision"
MAY_MARKET = "consent.may_market"
ADDRESS = "address.kind"


@dataclass(frozen=True, slots=True)
class World:
    """One case: the value of each name that it settles (None: not there), and its facts."""

    values: Mapping[str, str | None]
    case: Mapping[str, str]

    @property
    def may_be_marketed_to(self) -> bool:
        """Whether it is a real address of somebody who agreed."""
        return self.values[MAY_MARKET] == "yes" and self.values[ADDRESS] == "real"


def make_worlds(subject: Subject) -> Iterator[World]:
    """Give every world in which calls are built; held records build none.

    Rows that are refused build none either. Without a table, anything can be.
    """
    consent = subject.spec.consent
    if consent is not None and not subject.consent_table and subject.problems.has_errors:
        return
    if consent is None or not subject.consent_table:
        decisions = ("add_subscribed", "add_unsubscribed", "leave")
        for decision, market, kind in product(decisions, YES_NO, ADDRESS_KINDS):
            yield World({DECISION: decision, MAY_MARKET: market, ADDRESS: kind}, {})
        return
    for values, index in subject.consent_table.items():
        row = consent.rows[index]
        if row.do.startswith("hold "):
            continue
        case = dict(zip(consent.facts, values, strict=True))
        settled: dict[str, str | None] = {consent.facts[fact]: case[fact] for fact in case}
        settled[DECISION] = row.do
        settled[MAY_MARKET] = "yes" if row.may_market else "no"
        settled["consent.status"] = row.do.removeprefix("add_") if row.do != "leave" else None
        yield World(settled, case)


def can_hold(subject: Subject, whens: Iterable[When | None], world: World) -> bool:
    """Whether conditions that must all hold can do so in a world."""
    return all(
        when is None
        or any(_alternative_can_hold(subject, one, world) for one in alternatives_of(when))
        for when in whens
    )


def _alternative_can_hold(subject: Subject, condition: Condition, world: World) -> bool:
    return all(_cell_can_hold(subject, name, cell, world) for name, cell in condition.items())


def _cell_can_hold(subject: Subject, name: str, cell: Cell, world: World) -> bool:
    if name not in world.values or isinstance(cell, Bound):
        return True
    value = world.values[name]
    if cell in ("given", "missing"):
        return (value is not None) == (cell == "given")
    if isinstance(cell, NoneOf):
        return value is not None and value not in words_of(subject, cell.none_of)
    return value in words_of(subject, cell)


def words_of(subject: Subject, said: object) -> list[str]:
    """Give the words of a cell: those that stand there, or those of its parameter."""
    if isinstance(said, str):
        said = subject.params.values.get(said[1:])
    return [str(one) for one in said] if isinstance(said, list) else [str(said)]

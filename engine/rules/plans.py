"""Plans: what the sends of one record do to one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from engine.rules.subject import Subject
from engine.rules.worlds import World, can_hold, make_worlds, words_of
from engine.spec.condition import Bound, Cell, Condition, NoneOf, alternatives_of
from engine.spec.send import LiteralValue, Send

_APART = "give them conditions that rule each other out, or make one of them"


def check_plans(subject: Subject) -> None:
    """Check that no send of a plan undoes another, or comes before what it needs."""
    worlds = list(make_worlds(subject))
    for (first, one), (second, other) in combinations(subject.spec.send.items(), 2):
        told = _tell_clash(subject, first, one, other)
        if told and _can_coincide(subject, worlds, one, other):
            subject.problems.report(
                "MD486",
                ("send", second),
                f'"{second}" {told}',
                effect="one of the two calls would be refused, left out or overwritten",
                help=_APART,
                at_key=True,
            )


def _tell_clash(subject: Subject, first: str, one: Send, other: Send) -> str:
    """Say what two sends of one plan would do to each other; the second stands further down."""
    known = subject.target.operations
    if one.operation not in known or other.operation not in known:
        return ""
    created = known[other.operation].creates_contact
    if created and known[one.operation].creates_contact:
        return f'creates the contact that "{first}" has created already'
    if created and known[one.operation].needs in ("contact", "contact_number"):
        return f'creates the contact that "{first}" needs, and has to stand above it'
    place = _place(subject, one)
    if place is not None and place == _place(subject, other):
        return f'replaces the record that "{first}" has written'
    return ""


def _place(subject: Subject, send: Send) -> object:
    """Give the collection that a send writes the record into, None when it writes none."""
    given = send.to.get("collection")
    if isinstance(given, LiteralValue):
        return given.literal
    return subject.params.values.get(given[1:]) if given is not None else None


def _can_coincide(subject: Subject, worlds: Sequence[World], one: Send, other: Send) -> bool:
    """Whether some record can become both calls."""
    pairs = product(alternatives_of(one.when) or [{}], alternatives_of(other.when) or [{}])
    return any(
        not any(_rules_out(subject, both)) and _can_both_hold(subject, worlds, *both)
        for both in pairs
    )


def _can_both_hold(
    subject: Subject, worlds: Sequence[World], one: Condition, other: Condition
) -> bool:
    return any(can_hold(subject, (one or None, other or None), world) for world in worlds)


def _rules_out(subject: Subject, both: tuple[Condition, Condition]) -> Iterator[bool]:
    """Give, for each name that both ask, whether no value of it satisfies the two."""
    one, other = both
    for name in one.keys() & other.keys():
        if one[name] == other[name]:
            continue
        if "missing" in (one[name], other[name]) and "given" in (one[name], other[name]):
            yield True
            continue
        first, second = (_values(subject, name, cell) for cell in (one[name], other[name]))
        yield first is not None and second is not None and first.isdisjoint(second)


def _values(subject: Subject, name: str, cell: Cell) -> frozenset[str] | None:
    """Give the values that satisfy a cell; None when they cannot be told."""
    if isinstance(cell, Bound):
        return None
    if cell in ("given", "missing"):
        return None if cell == "given" else frozenset()
    if isinstance(cell, NoneOf):
        named = subject.names.get(name)
        if named is None or named.values is None:
            return None
        return frozenset(named.values) - frozenset(words_of(subject, cell.none_of))
    return frozenset(words_of(subject, cell))

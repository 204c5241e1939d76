"""Coverage: what of a mapping one record shows, told in a few words each.

`outcome planned`, `consent row 6`, `exception NO_ADDRESS`, `send order_record`,
`lines.refunds.state REFUNDED` (a listed code that is read), `first_name null` (a value that is
missing or of another kind).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.checked import CheckedSpec
from engine.contacts import UNASKED
from engine.expressions.paths import PathError
from engine.inputs import NUMBERS, Input, Level, ListInput
from engine.mapping import compile_mapping
from engine.plan import Record
from engine.runtime.values import ABSENT, case_of, index_custom_fields


@dataclass(frozen=True, slots=True)
class Shown:
    """A record's plan in short: its key, and all that it shows of the mapping."""

    key: str
    features: frozenset[str]


class Observer:
    """Looks at what records show of one mapping, by a clock; nobody was asked about contacts."""

    def __init__(self, checked: CheckedSpec, now: datetime) -> None:
        self._inputs = checked.inputs
        self._mapping = compile_mapping(checked, masked=True)
        self._now = now

    def observe(self, record: Mapping[str, object]) -> Shown:
        """Give what a record shows."""
        plan = self._mapping.apply(record, UNASKED, self._now)
        features = frozenset((*_find_effects(plan), *self._find_inputs(record, ())))
        return Shown(str(plan["key"] or "(no key)"), features)

    def _find_inputs(self, element: object, level: Level) -> Iterator[str]:
        for one in self._inputs.reads_at(level):
            yield from _find_input(one, value_of(element, one))
        for each in self._inputs.lists_in(level):
            found = value_of(element, each)
            if not isinstance(found, list) or not found:
                yield f"{each.name} {case_of(found, 'list')}"
                continue
            for inner in found:
                yield from self._find_inputs(inner, each.level)


def _find_effects(plan: Record) -> Iterator[str]:
    yield f"outcome {plan['outcome']}"
    if plan["consent"] is not None:
        yield f"consent row {plan['consent']['row']}"
    yield from (f"exception {raised['code']}" for raised in plan["exceptions"])
    yield from (f"send {call['send']}" for call in plan["calls"])


def _find_input(one: Input, value: object) -> Iterator[str]:
    """Tell a code or a choice, or how a value is missing; other values show nothing."""
    if isinstance(value, str) and value.strip():
        if value in one.codes:
            yield f"{one.name} {value}"
        elif value in one.choices:
            yield f"{one.name} {one.choices[value]}"
        elif one.codes or one.choices:
            yield f"{one.name} unknown"
    elif value is ABSENT or value is None or isinstance(value, str):
        case = case_of(value, "number" if one.read.type in NUMBERS else "text")
        yield f"{one.name} {case}"


def value_of(element: object, one: Input | ListInput) -> object:
    """Give what stands where a read or a list looks; ABSENT when nothing does."""
    if isinstance(one, Input) and one.custom_list is not None:
        place = one.custom_list
        entries = element.get(place.list, ABSENT) if isinstance(element, Mapping) else ABSENT
        return index_custom_fields(entries, place.code, place.value).get(one.custom_code, ABSENT)
    if one.path is None or one.path.steps is None:
        return _select(element, one)
    for step in one.path.steps:
        element = element.get(step, ABSENT) if isinstance(element, Mapping) else ABSENT
    return element


def _select(element: object, one: Input | ListInput) -> object:
    try:
        return one.path.select(element) if one.path is not None else None
    except PathError:
        return None

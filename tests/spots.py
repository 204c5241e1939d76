"""Spots of a record: which inputs of a mapping stand where, told without the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.checked import CheckedSpec
from engine.inputs import Input, ListInput

Spot = tuple[Any, ...]
REMOVED = object()
TEXTS = {"text", "id", "code", "choice", "instant", "day", "currency", "email", "url", "ip"}


@dataclass(frozen=True, slots=True)
class Placed:
    """An input at one place of one record; `shown` is the place as exceptions tell it.

    `area` is what decides about it: its own spot, or that of all custom fields.
    """

    name: str
    one: Input | ListInput
    spot: Spot
    shown: str
    area: Spot

    def is_touched(self, spot: Spot) -> bool:
        """Whether a change at a spot can reach this input."""
        shorter = min(len(spot), len(self.area))
        return spot[:shorter] == self.area[:shorter]


def place_inputs(checked: CheckedSpec, record: Any) -> list[Placed]:
    """Give every input at every place where a record holds, or could hold, it."""
    return list(_place(checked, record, (), (), ""))


def _place(
    checked: CheckedSpec, record: Any, level: tuple[str, ...], at: Spot, shown: str
) -> Iterator[Placed]:
    for one in checked.inputs.reads_at(level):
        if one.path is not None:
            assert one.path.steps, one.path.text
            spot = (*at, *one.path.steps)
            yield Placed(one.name, one, spot, shown + one.path.text, spot)
        else:
            yield from _place_custom(one, record, at, shown)
    for one_list in checked.inputs.lists_in(level):
        assert one_list.path.steps
        spot = (*at, *one_list.path.steps)
        yield Placed(one_list.name, one_list, spot, shown + one_list.path.text, spot)
        elements = find(record, spot)
        for index, element in enumerate(elements if isinstance(elements, list) else ()):
            told = f"{shown}{one_list.path.text}[{index}]"
            if isinstance(element, dict):
                yield from _place(checked, record, one_list.level, (*spot, index), f"{told}.")
            else:
                yield Placed(one_list.name, one_list, (*spot, index), told, spot)


def _place_custom(one: Input, record: Any, at: Spot, shown: str) -> Iterator[Placed]:
    fields = one.custom_list
    assert fields is not None
    told = f"{shown}{fields.list}[{one.custom_code}]"
    area = (*at, fields.list)
    entries = find(record, area)
    rows = entries if isinstance(entries, list) else []
    own = [i for i, row in enumerate(rows) if isinstance(row, dict) and _has(row, one)]
    broken = [index for index, row in enumerate(rows) if not isinstance(row, dict)]
    # One entry that is none makes all of them unreadable.
    index = broken[0] if broken else own[0] if own else "(none)"
    yield Placed(one.name, one, (*area, index, fields.value), told, area)


def _has(row: Any, one: Input) -> bool:
    return one.custom_list is not None and row.get(one.custom_list.code) == one.custom_code


def find(record: Any, spot: Spot) -> Any:
    """Give what stands at a spot; REMOVED when nothing does, `(misplaced)` under a wrong type."""
    for step in spot:
        if record is None or record is REMOVED:
            return REMOVED
        if isinstance(step, int) and isinstance(record, list):
            record = record[step] if step < len(record) else REMOVED
        elif isinstance(record, dict):
            record = record.get(step, REMOVED)
        elif step == "(none)":
            return REMOVED if isinstance(record, list) else "(misplaced)"
        else:
            return "(misplaced)"
    return record


def case_at(placed: Placed, record: Any) -> str:
    """Give the case of an input in a record: absent, null, blank, unknown, or there."""
    holder, value = find(record, placed.spot[:-1]), find(record, placed.spot)
    in_list = isinstance(placed.one, ListInput)
    if placed.spot[-2:-1] != placed.area[-1:] and len(placed.spot) > len(placed.area):
        # An entry of the custom fields, which is there but may be none.
        holder = "(misplaced)" if holder is None else holder
    if not (holder is None or holder is REMOVED or isinstance(holder, dict | list)):
        return "unknown"
    if value is REMOVED or value is None:
        is_element = in_list and placed.spot != placed.area
        return "unknown" if is_element else "absent" if value is REMOVED else "null"
    if in_list and placed.spot == placed.area and isinstance(value, list):
        return "there" if value else "blank"
    return "unknown" if isinstance(placed.one, ListInput) else _case_of(placed.one, value)


def _case_of(one: Input, value: object) -> str:
    if one.read.type not in TEXTS:
        right = isinstance(value, bool) == (one.read.type == "boolean")
        return "there" if right and isinstance(value, int | float) else "unknown"
    if not isinstance(value, str):
        return "unknown"
    return "there" if value.strip() else "blank"


def list_spots(value: Any, at: Spot = ()) -> Iterator[Spot]:
    """Give the spot of everything in a record, outer before inner."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from list_spots(inner, (*at, key))


@contextmanager
def changed(record: Any, spot: Spot, value: object) -> Iterator[Any]:
    """Give the record with another value at a spot, or without it; then put it back."""
    holder = find(record, spot[:-1]) if spot[:-1] else record
    key, items = spot[-1], None
    if isinstance(holder, dict):
        items = list(holder.items())
    before = holder[key]
    if value is REMOVED:
        del holder[key]
    else:
        holder[key] = value
    yield record
    if items is not None:
        holder.clear()
        holder.update(items)
    elif value is REMOVED:
        holder.insert(key, before)
    else:
        holder[key] = before

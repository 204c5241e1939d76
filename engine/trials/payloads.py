"""Payloads of cases: a record taken from somewhere, with what the case changes in it."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping

from engine.spec.trial import Changed

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]")
_REMOVED = object()


class PlaceError(ValueError):
    """A place that the record does not have; the message says how far it goes."""


def change_payload(record: Mapping[str, object], changed: Changed) -> dict[str, object]:
    """Give the record with the changes of a case; the record itself stays as it is.

    Raises PlaceError when a place leads nowhere: only the last step of a place may be new.
    """
    made = copy.deepcopy(dict(record))
    for place, value in changed.changes.items():
        _put(made, place, copy.deepcopy(value))
    for place in changed.nulls:
        _put(made, place, None)
    for place in changed.without:
        _put(made, place, _REMOVED)
    return made


def _read_place(place: str) -> list[str | int]:
    """Give the steps of a place such as `order_lines[0].refunds`."""
    return [name or int(index) for name, index in _STEP.findall(place)]


def find_place(record: object, place: str) -> object:
    """Give what stands at a place; PlaceError when nothing does."""
    for step in _read_place(place):
        record = _member(record, step, place)
    return record


def _put(record: object, place: str, value: object) -> None:
    *outer, last = _read_place(place)
    holder = record
    for step in outer:
        holder = _member(holder, step, place)
    if isinstance(holder, dict) and isinstance(last, str):
        if value is _REMOVED:
            _member(holder, last, place)
            del holder[last]
        else:
            holder[last] = value
    elif isinstance(holder, list) and isinstance(last, int):
        _put_element(holder, last, value, place)
    else:
        raise PlaceError(f'the record has no place "{place}"')


def _put_element(holder: list[object], index: int, value: object, place: str) -> None:
    if index > len(holder) or (index == len(holder) and value is _REMOVED):
        raise PlaceError(f'the record has no place "{place}": the list has {len(holder)} elements')
    if value is _REMOVED:
        del holder[index]
    else:
        holder[index : index + 1] = [value]


def _member(holder: object, step: str | int, place: str) -> object:
    if isinstance(holder, dict) and isinstance(step, str) and step in holder:
        return holder[step]
    if isinstance(holder, list) and isinstance(step, int) and step < len(holder):
        return holder[step]
    raise PlaceError(f'the record has no place "{place}": there is no {step}')

"""Places: where an input of one element stands in a record, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.checked import CheckedSpec
from engine.expressions.paths import Path, PathError
from engine.inputs import Input, Level, ListInput
from engine.provenance.trace import Indexes
from engine.runtime.values import ABSENT, MISPLACED, object_or_marker

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An input in a record: its place as people write it, what stands there (or ABSENT).

    `steps` lead to it from the record; None when a path computes it. `asked` is the place as
    exceptions tell it.
    """

    at: str
    value: object
    steps: Steps | None
    asked: str


def find_input(
    checked: CheckedSpec, record: Mapping[str, object], one: Input, indexes: Indexes
) -> Found:
    """Find a read of one element."""
    outer = find_element(checked, record, one.level, indexes)
    head = f"{outer.at}." if outer.at else ""
    if one.path is not None:
        return _member(outer, head, one.path)
    fields = one.custom_list
    entries = object_or_marker(outer.value).get(fields.list, ABSENT) if fields else ABSENT
    asked = f"{head}{fields.list if fields else ''}[{one.custom_code}]"
    rows = entries if isinstance(entries, list) else []
    for index, row in enumerate(rows):
        if fields and isinstance(row, dict) and row.get(fields.code) == one.custom_code:
            steps = (
                (*outer.steps, fields.list, index, fields.value)
                if outer.steps is not None
                else None
            )
            at = f"{head}{fields.list}[{index}].{fields.value}"
            return Found(at, row.get(fields.value, ABSENT), steps, asked)
    steps = (*outer.steps, fields.list) if fields and outer.steps is not None else None
    return Found(asked, ABSENT, steps, asked)


def find_element(
    checked: CheckedSpec, record: Mapping[str, object], level: Level, indexes: Indexes
) -> Found:
    """Find one element of a list; the record itself when `level` is empty."""
    found = Found("", record, (), "")
    for depth in range(1, len(level) + 1):
        one = checked.inputs.lists[".".join(level[:depth])]
        listed = find_list(found, one)
        index = indexes[depth - 1]
        rows = listed.value if isinstance(listed.value, list) else []
        value = rows[index] if index < len(rows) else ABSENT
        steps = (*listed.steps, index) if listed.steps is not None else None
        found = Found(f"{listed.at}[{index}]", value, steps, f"{listed.at}[{index}]")
    return found


def find_list(outer: Found, one: ListInput) -> Found:
    """Find a list inside an element."""
    return _member(outer, f"{outer.at}." if outer.at else "", one.path)


def _member(outer: Found, head: str, path: Path) -> Found:
    at = head + path.text
    if path.steps is None:
        return Found(at, _select(path, outer.value), None, at)
    value: object = outer.value
    for step in path.steps:
        value = object_or_marker(value).get(step, ABSENT)
    steps = (*outer.steps, *path.steps) if outer.steps is not None else None
    return Found(at, value, steps, at)


def _select(path: Path, value: object) -> object:
    try:
        found = path.select(value)
    except PathError:
        return MISPLACED
    return ABSENT if found is None else found


def every_index(
    checked: CheckedSpec, record: Mapping[str, object], level: Level
) -> Iterator[Indexes]:
    """Give the indexes of every element of a list that the record holds, counted or not."""
    if not level:
        yield ()
        return
    for outer in every_index(checked, record, level[:-1]):
        listed = find_list(
            find_element(checked, record, level[:-1], outer), checked.inputs.lists[".".join(level)]
        )
        rows = listed.value if isinstance(listed.value, list) else []
        yield from ((*outer, index) for index in range(len(rows)))

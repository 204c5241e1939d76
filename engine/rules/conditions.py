"""Conditions: every name known and in sight, every value one that can occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.inputs import Level
from engine.names import TEXT, Named
from engine.nearest import suggest
from engine.rules.subject import Subject, listed
from engine.spec.condition import Bound, Cell, NoneOf, When
from engine.text import Pointer


def check_when(subject: Subject, when: When | None, pointer: Pointer) -> None:
    """Check a condition, or a list of alternatives; note a refused one, to judge nothing by it."""
    if when is None:
        return
    before = subject.problems.errors
    if isinstance(when, list):
        for index, one in enumerate(when):
            check_condition(subject, one, (*pointer, index))
    else:
        check_condition(subject, when, pointer)
    if subject.problems.errors > before:
        subject.unfit.add(pointer)


def check_condition(
    subject: Subject,
    condition: Mapping[str, Cell],
    pointer: Pointer,
    level: Level = (),
    *,
    stage: int = TEXT,
) -> None:
    """Check each name and cell of one condition, seen from an element of `level` at `stage`."""
    for reference, cell in condition.items():
        at = (*pointer, reference)
        named = subject.name(reference, at)
        seen = named is not None and subject.within(named, level, at)
        if named is not None and seen and subject.known_by(stage, named, at):
            _check_cell(subject, named, cell, at)


def _check_cell(subject: Subject, named: Named, cell: Cell, pointer: Pointer) -> None:
    if cell in ("given", "missing"):
        if not named.optional and not named.clearable:
            subject.problems.report(
                "MD414",
                pointer,
                f'"{named.name}" is always given, so this condition decides nothing',
            )
        return
    if isinstance(cell, Bound):
        if not cell.model_fields_set:
            subject.problems.report("MD414", pointer, "no bound is said, so this decides nothing")
        if not named.is_number:
            subject.problems.report("MD414", pointer, f'"{named.name}" is not a number')
        return
    if named.is_number:
        subject.problems.report(
            "MD414", pointer, f'"{named.name}" is a number: use above, at_least, below or at_most'
        )
        return
    where = (*pointer, "none_of") if isinstance(cell, NoneOf) else pointer
    given = cell.none_of if isinstance(cell, NoneOf) else cell
    # A parameter that does not fit a name is told once, wherever else both meet.
    pair = f"{named.name} {given}" if isinstance(given, str) else ""
    if pair in subject.doubted:
        return
    before = subject.problems.errors
    for value, at in cell_values(subject, cell, where):
        _check_value(subject, named, value, at)
    if pair and subject.problems.errors > before:
        subject.doubt(pair)


def cell_values(subject: Subject, cell: object, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Give the values of a cell with their places; a parameter's values stand where it is named."""
    if isinstance(cell, NoneOf):
        cell = cell.none_of
    if isinstance(cell, str):
        value = subject.param(cell, pointer)
        for one in value if isinstance(value, list) else [value] if value is not None else []:
            yield str(one), pointer
    elif isinstance(cell, list):
        for index, one in enumerate(cell):
            yield str(one), (*pointer, index)


def _check_value(subject: Subject, named: Named, value: str, pointer: Pointer) -> None:
    if named.values is None or value in named.values:
        return
    known = listed(sorted(named.values)) if len(named.values) <= 12 else "in the lock"  # noqa: PLR2004 - a line holds no more
    subject.problems.report(
        "MD414",
        pointer,
        f'"{named.name}" is never "{value}"{suggest(value, named.values)}',
        help=f"it is {known}",
        effect="the condition could never hold for this value",
    )

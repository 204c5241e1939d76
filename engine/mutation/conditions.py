"""Mutants of conditions: parts and alternatives dropped, values left out, turned round."""

from __future__ import annotations

from collections.abc import Iterator

from engine.mutation.mutant import Mutant, dropping, replacing
from engine.spec.condition import Bound, Cell, Condition, NoneOf, When
from engine.text import Pointer

_NEIGHBOURS = {
    "above": "at_least",
    "at_least": "above",
    "below": "at_most",
    "at_most": "below",
}


def mutate_when(pointer: Pointer, when: When | None, what: str) -> Iterator[Mutant]:
    """Change a condition with its alternatives; `what` says what it decides about."""
    if when is None:
        return
    yield dropping(
        pointer,
        f"{what} has no condition",
        f"a record for which {what} does not apply, expecting that it is left out",
    )
    if not isinstance(when, list):
        yield from mutate_condition(pointer, when, what)
        return
    for index, condition in enumerate(when):
        at: Pointer = (*pointer, index)
        if len(when) > 1:
            told = " and ".join(condition)
            yield dropping(
                at,
                f"{what} loses alternative {index + 1} of its condition",
                f"a record for which {what} applies only by {told}",
            )
        yield from mutate_condition(at, condition, what)


def mutate_condition(pointer: Pointer, condition: Condition, what: str) -> Iterator[Mutant]:
    """Change the parts of one condition."""
    for name, cell in condition.items():
        at: Pointer = (*pointer, name)
        if len(condition) > 1:
            yield dropping(
                at,
                f"{what} no longer asks for {name}",
                f"a record for which {what} does not apply because of {name} alone",
            )
        yield from _mutate_cell(at, name, cell, what)


def _mutate_cell(at: Pointer, name: str, cell: Cell, what: str) -> Iterator[Mutant]:
    test = f"two records that differ in {name}, one with {what} and one without"
    if cell in ("given", "missing"):
        other = "missing" if cell == "given" else "given"
        yield replacing(at, other, f"{what} asks that {name} is {other}", test)
    elif isinstance(cell, Bound):
        yield from _mutate_bound(at, name, cell, what)
    elif isinstance(cell, NoneOf):
        told = f"{what} asks {name} for what it must not be"
        yield replacing(at, cell.none_of, told, test)
        yield from _mutate_values((*at, "none_of"), name, cell.none_of, what)
    else:
        told = f"{what} asks {name} for anything else"
        yield replacing(at, {"none_of": cell}, told, test)
        yield from _mutate_values(at, name, cell, what)


def _mutate_values(at: Pointer, name: str, values: list[str] | str, what: str) -> Iterator[Mutant]:
    if isinstance(values, str) or len(values) == 1:
        return
    for index, value in enumerate(values):
        change = f"{what} leaves {value} out of what it asks of {name}"
        yield dropping((*at, index), change, f"a record in which {name} is {value}")


def _mutate_bound(at: Pointer, name: str, bound: Bound, what: str) -> Iterator[Mutant]:
    """Let each bound take its own value in, or leave it out."""
    limits = {word: getattr(bound, word) for word in _NEIGHBOURS}
    given = {word: limit for word, limit in limits.items() if limit is not None}
    for word, limit in given.items():
        neighbour = _NEIGHBOURS[word]
        if neighbour in given:
            continue
        kept = {**{one: other for one, other in given.items() if one != word}, neighbour: limit}
        change = f"{what} asks that {name} is {neighbour} {limit} instead of {word}"
        yield replacing(at, kept, change, f"a record in which {name} is exactly {limit}")

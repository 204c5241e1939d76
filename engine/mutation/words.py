"""Mutants that put another name of the mapping in the place of one."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.mutation.mutant import Mutant, replacing
from engine.names import Named
from engine.text import Pointer


def swap_code(checked: CheckedSpec, at: Pointer, code: str, test: str) -> Iterator[Mutant]:
    """Raise another exception: the next one in the mapping's list."""
    codes = list(checked.spec.exceptions)
    other = codes[(codes.index(code) + 1) % len(codes)]
    if other != code:
        yield replacing(
            at, other, f"{other} is raised instead of {code}", f"{test}, expecting {code}"
        )


def find_like(checked: CheckedSpec, name: str) -> str | None:
    """Give the next name that could stand where `name` does: of its type, level and optionality."""
    own = checked.names[name]
    names = [one for one in checked.names.values() if _is_like(own, one)]
    if len(names) <= 1:
        return None
    index = [one.name for one in names].index(name)
    return names[(index + 1) % len(names)].name


def are_like(checked: CheckedSpec, one: str, other: str) -> bool:
    """Say whether two names could stand in each other's place."""
    return _is_like(checked.names[one], checked.names[other])


def _is_like(own: Named, other: Named) -> bool:
    if other.name.startswith(("$", "param.")):
        return False
    mine = (own.type, own.level, own.optional, own.clearable, own.values)
    return mine == (other.type, other.level, other.optional, other.clearable, other.values)

"""Members, elements and the four ways JMESPath goes through a list or an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.expressions.calls import Select


def give_all(value: object) -> object:
    """Give the value itself (`@`)."""
    return value


def select_members(names: Sequence[str]) -> Select:
    """Compile a chain of members; None as soon as one is missing or its parent is no object."""
    if len(names) == 1:
        return _select_one(names[0])
    if len(names) == 2:  # noqa: PLR2004 - the commonest chain, without a loop
        return _select_two(names[0], names[1])
    head, last = tuple(names[:-1]), names[-1]

    def select(value: object) -> object:
        for name in head:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value.get(last) if isinstance(value, dict) else None

    return select


def _select_one(name: str) -> Select:
    return lambda value: value.get(name) if isinstance(value, dict) else None


def _select_two(outer: str, inner: str) -> Select:
    def select(value: object) -> object:
        if not isinstance(value, dict):
            return None
        found = value.get(outer)
        return found.get(inner) if isinstance(found, dict) else None

    return select


def select_element(index: int) -> Select:
    """Compile `[n]`: None outside the list; a negative index counts from the end."""

    def select(value: object) -> object:
        if not isinstance(value, list):
            return None
        try:
            element: object = value[index]
        except IndexError:
            return None
        return element

    return select


def select_slice(bounds: slice) -> Select:
    """Compile `[a:b:step]`, which gives None for anything but a list."""
    return lambda value: value[bounds] if isinstance(value, list) else None


def chain(selects: Sequence[Select]) -> Select:
    """Compile one after the other, leaving out those that change nothing."""
    steps = [select for select in selects if select is not give_all]
    if not steps:
        return give_all
    whole = steps[0]
    for step in steps[1:]:
        whole = _join(whole, step)
    return whole


def _join(first: Select, second: Select) -> Select:
    return lambda value: second(first(value))


def flatten(base: Select) -> Select:
    """Compile the `[]` that merges the lists inside a list, one level deep."""

    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, list):
            return None
        merged: list[object] = []
        for element in found:
            if isinstance(element, list):
                merged.extend(element)
            else:
                merged.append(element)
        return merged

    return select


def project(base: Select, right: Select) -> Select:
    """Compile a list projection: `right` of each element, nulls dropped."""
    if right is give_all:
        return _drop_nulls(base)

    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [each for each in map(right, found) if each is not None]

    return select


def _drop_nulls(base: Select) -> Select:
    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [each for each in found if each is not None]

    return select


def project_member(base: Select, name: str) -> Select:
    """Compile a list projection of one member (`[].name`), nulls dropped."""

    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [
            each
            for element in found
            if isinstance(element, dict) and (each := element.get(name)) is not None
        ]

    return select


def project_values(base: Select, right: Select) -> Select:
    """Compile an object wildcard: `right` of each value in the object's order, nulls dropped."""

    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, dict):
            return None
        return [each for each in map(right, found.values()) if each is not None]

    return select


def filter_elements(base: Select, passes: Select, right: Select) -> Select:
    """Compile `[?condition]`: `right` of each element that passes, nulls dropped.

    `passes` gives what Python takes for true. Lazily, so that condition and right side take turns
    and the first to raise is jmespath's first.
    """

    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [each for each in map(right, filter(passes, found)) if each is not None]

    return select


def filter_equal(base: Select, name: str, text: str, right: Select) -> Select:
    """Compile `[?name == 'text']`, the commonest filter."""

    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [
            each
            for element in found
            if isinstance(element, dict)
            and element.get(name) == text
            and (each := right(element)) is not None
        ]

    return select


def find_equal(base: Select, name: str, text: str, member: str) -> Select:
    """Compile `[?name == 'text'].member | [0]`, which may stop at the first find."""

    def select(value: object) -> object:
        found = base(value)
        if not isinstance(found, list):
            return None
        for element in found:
            if isinstance(element, dict) and element.get(name) == text:
                each: object = element.get(member)
                if each is not None:
                    return each
        return None

    return select

"""Replays: a record rebuilt from a few of its parts, everything else being left out or replaced.

What a mapping requires to be there is replaced by another valid value, so that nothing but the
parts kept can be what gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.checked import CheckedSpec
from engine.inputs import Input, ListInput

OTHERS: dict[str, list[Any]] = {
    "money": [7131.0, 8244.0],
    "integer": [41, 42],
    "boolean": [True, False],
    "text": ["other text", "another text"],
    "instant": ["2019-05-06T07:08:09Z", "2018-04-03T02:01:00Z"],
    "day": ["2019-05-06T07:08:09Z", "2018-04-03T02:01:00Z"],
    "currency": ["EUR", "USD"],
    "email": ["replaced@example.com", "replaced.too@example.com"],
    "url": ["https://replaced.example.com", "https://replaced.too.example.com"],
    "ip": ["203.0.113.1", "203.0.113.2"],
}


class Replay:
    """Rebuilds records of one mapping from the places in `kept`."""

    def __init__(self, checked: CheckedSpec, kept: set[str]) -> None:
        self._inputs = checked.inputs
        self._kept = kept
        self._made = 0
        self._first: dict[tuple[str, Any], Any] = {}
        identity = checked.spec.identity
        # A record is held without a person, and without any address.
        self._needed = set() if identity is None else {identity.person.from_, identity.address[-1]}

    def rebuild(self, element: Any, level: tuple[str, ...] = (), at: str = "") -> dict[str, Any]:
        """Give an element made of what is kept of it, and of what must be there."""
        made: dict[str, Any] = {}
        for one in self._inputs.reads_at(level):
            self._rebuild_read(one, element, made, at)
        for one_list in self._inputs.lists_in(level):
            self._rebuild_list(one_list, element, made, at)
        return made

    def _rebuild_read(self, one: Input, element: Any, made: dict[str, Any], at: str) -> None:
        if one.custom_list is not None:
            fields = one.custom_list
            for index, row in enumerate(element.get(fields.list) or []):
                place = f"{at}{fields.list}[{index}].{fields.value}"
                if row.get(fields.code) == one.custom_code and place in self._kept:
                    made.setdefault(fields.list, []).append(dict(row))
            return
        assert one.path is not None
        assert one.path.steps
        place = at + one.path.text
        if place in self._kept:
            found = get(element, one.path.steps)
            if found is not MISSING:
                put(made, one.path.steps, found)
        elif one.answers["absent"].kind == "fail" or one.name in self._needed:
            put(made, one.path.steps, self._other(one, get(element, one.path.steps)))

    def _rebuild_list(self, one: ListInput, element: Any, made: dict[str, Any], at: str) -> None:
        assert one.path.steps
        place = at + one.path.text
        found = get(element, one.path.steps)
        rows = found if isinstance(found, list) else []
        wanted = [n for n in range(len(rows)) if self._keeps(f"{place}[{n}]")]
        if not wanted and one.answers["blank"].kind == "fail":
            wanted = [0]
        if wanted and rows:
            kept = [
                self._rebuild_element(one, row, f"{place}[{n}]")
                for n, row in enumerate(rows[: wanted[-1] + 1])
            ]
            put(made, one.path.steps, kept)
        elif isinstance(found, list) and one.answers["absent"].kind == "fail":
            put(made, one.path.steps, [])

    def _rebuild_element(self, one: ListInput, row: Any, place: str) -> Any:
        key = self._inputs.reads.get(f"{one.name}.{one.each.key}")
        made = self.rebuild(row, one.level, f"{place}.")
        if key is None or key.path is None or f"{place}.{key.path.text}" not in self._kept:
            return made
        # What repeats another element must equal it, or the record is held.
        return self._first.setdefault((one.name, row.get(key.path.text)), made)

    def _keeps(self, place: str) -> bool:
        return any(one == place or one.startswith(f"{place}.") for one in self._kept)

    def _other(self, one: Input, value: Any) -> Any:
        self._made += 1
        if one.read.type == "id":
            return f"other-{self._made}"
        choices = [*one.codes] if one.read.type == "code" else OTHERS[one.read.type]
        return next(other for other in choices if other != value)


MISSING = object()


def get(element: Any, steps: tuple[str, ...]) -> Any:
    """Give what stands at the end of some members, or MISSING."""
    for step in steps:
        if not isinstance(element, dict) or step not in element:
            return MISSING
        element = element[step]
    return element


def put(element: dict[str, Any], steps: tuple[str, ...], value: Any) -> None:
    """Put a value at the end of some members."""
    for step in steps[:-1]:
        element = element.setdefault(step, {})
    element[steps[-1]] = value


def leaves(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Give every leaf of a call with its place; what an earlier call will answer is one leaf."""
    if isinstance(value, dict) and value and "$answer" not in value:
        for key, inner in value.items():
            yield from leaves(inner, f"{at}.{key}")
    elif isinstance(value, list) and value and is_named(value[0]):
        # Values told by name: which place each has depends on the ones before it.
        yield from ((f"{at.partition('.')[0]}.{one['name']}", one["value"]) for one in value)
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{at}[{index}]")
    else:
        yield at, value


def is_named(value: Any) -> bool:
    """Whether a member of a list is a value told by its name."""
    return isinstance(value, dict) and value.keys() == {"name", "value"}

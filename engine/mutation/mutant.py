"""A mutant: one small edit of a mapping, told in words, with the test that would notice it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from engine.text import Document, Json, Pointer

DROP: Final = object()
"""Stands for taking a key or an element out."""

Edit = tuple[Pointer, object]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit, made on the parsed document; `pointer` is the line that people are shown.

    `change` says what was done, `test` proposes the test that would notice it.
    """

    pointer: Pointer
    change: str
    test: str
    edits: tuple[Edit, ...]

    def apply(self, document: Document) -> Document:
        """Give the document with the edit; what it does not touch is shared."""
        data = document.data
        # From the end: taking out an element does not move those before it.
        for pointer, value in reversed(self.edits):
            data = _edit(data, pointer, value)
        return replace(document, data=data)


def replacing(pointer: Pointer, value: object, change: str, test: str) -> Mutant:
    """Give the mutant that puts another value at a place."""
    return Mutant(pointer, change, test, ((pointer, value),))


def dropping(pointer: Pointer, change: str, test: str) -> Mutant:
    """Give the mutant that takes out what stands at a place."""
    return Mutant(pointer, change, test, ((pointer, DROP),))


def _edit(data: Json, pointer: Pointer, value: object) -> Json:
    step, *rest = pointer
    if isinstance(data, dict) and isinstance(step, str):
        changed = {**data}
        if rest:
            changed[step] = _edit(changed[step], tuple(rest), value)
        elif value is DROP:
            del changed[step]
        else:
            changed[step] = value  # type: ignore[assignment]
        return changed
    if isinstance(data, list) and isinstance(step, int):
        listed = [*data]
        if rest:
            listed[step] = _edit(listed[step], tuple(rest), value)
        elif value is DROP:
            del listed[step]
        else:
            listed[step] = value  # type: ignore[call-overload]
        return listed
    raise KeyError(pointer)

"""A file of YAML as plain data, with the place of every key and value.

It is read as editors read it (YAML 1.2 core schema), within limits that keep hostile files
harmless; what can be read in two ways, or is not needed in a mapping, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.problem import Place, Problem
from engine.yaml12.characters import decode_text
from engine.yaml12.scalars import Json
from engine.yaml12.source import split_lines
from engine.yaml12.tree import Pointer, read_tree

__all__ = ["Document", "Json", "Pointer", "read_document"]


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read. `keys` and `values` tell where each stands; `()` is the whole."""

    path: str
    text: str = field(repr=False)
    data: Json
    keys: Mapping[Pointer, Place] = field(repr=False)
    values: Mapping[Pointer, Place] = field(repr=False)
    lines: list[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", split_lines(self.text))

    def place_of(self, pointer: Pointer) -> Place:
        """Give the place of a value, else of the nearest thing it would be in."""
        while pointer and pointer not in self.values:
            pointer = pointer[:-1]
        return self.values[pointer]

    def place_of_key(self, pointer: Pointer) -> Place:
        """Give the place of a value's key; list items and the whole have none: their own."""
        return self.keys.get(pointer) or self.place_of(pointer)

    def place_inside(self, pointer: Pointer, start: int, end: int) -> Place:
        """Give the place of the characters `start` to `end` of a text, the end exclusive.

        A text that is not written as it reads (escapes, folded lines) gives its whole place.
        """
        whole = self.place_of(pointer)
        value = self.value_at(pointer)
        if not isinstance(value, str):
            return whole
        end = max(0, min(end, len(value)))
        start = max(0, min(start, end))
        first = self._locate(value, start, whole)
        # Counted from the last character: after a line break comes the next line.
        last = self._locate(value, end - 1, whole) if end > start else first
        if first is None or last is None:
            return whole
        return Place(self.path, *first, last[0], last[1] + (end > start))

    def line(self, number: int) -> str:
        """Give the line of the source without its end, counted from 1; '' when there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def value_at(self, pointer: Pointer) -> Json:
        """Give the value at a pointer, None when there is none."""
        value = self.data
        for step in pointer:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
                value = value[step]
            else:
                return None
        return value

    def _locate(self, value: str, index: int, whole: Place) -> tuple[int, int] | None:
        """Give line and column of one character of a text, when it stands there unchanged."""
        written = self.line(whole.line)[whole.column - 1 :]
        if written.startswith("|"):
            return self._locate_in_block(value, index, whole)
        if whole.line != whole.end_line:
            return None
        written = written[: whole.end_column - whole.column]
        opening = 1 if written[:1] in {"'", '"'} else 0
        if written[opening : len(written) - opening] != value:
            return None
        return whole.line, whole.column + opening + index

    def _locate_in_block(self, value: str, index: int, whole: Place) -> tuple[int, int] | None:
        """Find a character of a `|` text, whose lines follow one by one, indented."""
        before = value[:index]
        row = before.count("\n")
        written, content = self.line(whole.line + 1 + row), value.split("\n")[row]
        if not written.endswith(content):
            return None
        indent = len(written) - len(content)
        return whole.line + 1 + row, indent + index - (before.rfind("\n") + 1) + 1


def read_document(raw: bytes, path: str) -> tuple[Document | None, list[Problem]]:
    """Read the bytes of a file; `path` is how places name it.

    Gives the document and no problem, or None and all problems found, in the order of the file.
    """
    source, problems = decode_text(raw, path)
    if problems:
        return None, problems
    tree, problems = read_tree(source)
    if problems:
        return None, sorted(problems, key=lambda problem: problem.place)
    return Document(path, source.text, tree.data, tree.keys, tree.values), []

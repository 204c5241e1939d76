"""A document with indexes into its text: where keys and values are written, and every comment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.problem import Place
from engine.text import Document, Pointer

_HASH = re.compile(r"(?:(?<=\s)|(?<![^\n]))#[^\r\n]*")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the text, the end exclusive."""

    start: int
    end: int


@dataclass(slots=True)
class Marks:
    """Where everything in a document is written."""

    document: Document
    text: str = field(init=False)
    _starts: list[int] = field(init=False)
    _comments: list[Span] | None = None

    def __post_init__(self) -> None:
        self.text = self.document.text
        self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]

    @property
    def comments(self) -> list[Span]:
        """Every comment, in order; found when first asked for, for it takes a while."""
        if self._comments is None:
            self._comments = self._find_comments()
        return self._comments

    @property
    def newline(self) -> str:
        """The end of a line as this file writes it."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def key(self, at: Pointer) -> Span:
        """Give where a key is written."""
        return self._span(self.document.keys[at])

    def value(self, at: Pointer) -> Span:
        """Give where a value is written, from its first character to its last."""
        return self._span(self.document.values[at])

    def is_flow(self, at: Pointer) -> bool:
        """Whether a mapping or list is written in braces or brackets."""
        return self.text[self.value(at).start : self.value(at).start + 1] in ("{", "[")

    def place_of(self, span: Span) -> Place:
        """Give the place of a stretch within one line."""
        start = self.line_start(span.start)
        line = self.text.count("\n", 0, start) + 1
        column, end = span.start - start + 1, span.end - start + 1
        return Place(self.document.path, line, column, line, end)

    def line_start(self, index: int) -> int:
        """Give where the line of a character begins."""
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Give where the line of a character ends, its line break not counted."""
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        return end - (self.text[end - 1 : end] == "\r" and end > index)

    def next_line(self, index: int) -> int:
        """Give where the line after that of a character begins, or the end of the text."""
        end = self.text.find("\n", index)
        return len(self.text) if end < 0 else end + 1

    def comments_in(self, start: int, end: int) -> list[str]:
        """Give the comments that begin in a stretch of the text."""
        return [self.text[one.start : one.end] for one in self.comments if start <= one.start < end]

    def find_outside_comments(self, character: str, start: int, end: int) -> int:
        """Give where a character stands first in a stretch, comments aside, or -1."""
        index = self.text.find(character, start, end)
        while index >= 0:
            inside = next((one for one in self.comments if one.start <= index < one.end), None)
            if inside is None:
                return index
            index = self.text.find(character, inside.end, end)
        return -1

    def _span(self, place: Place) -> Span:
        start = self._starts[place.line - 1] + place.column - 1
        return Span(start, self._starts[place.end_line - 1] + place.end_column - 1)

    def _find_comments(self) -> list[Span]:
        """Give every comment: a `#` after a blank that is in no key and in no scalar."""
        scalars = [self._span(place) for place in self.document.keys.values()]
        for at, place in self.document.values.items():
            if not isinstance(self.document.value_at(at), dict | list):
                scalars.append(self._without_header(self._span(place)))
        taken = sorted(scalars, key=lambda one: one.start)
        found: list[Span] = []
        index = start = 0
        while match := _HASH.search(self.text, start):
            while index < len(taken) and taken[index].end <= match.start():
                index += 1
            if index < len(taken) and taken[index].start <= match.start():
                # A comment may stand behind the scalar, in the same line.
                start = taken[index].end
                continue
            found.append(Span(*match.span()))
            start = match.end()
        return found

    def _without_header(self, scalar: Span) -> Span:
        """Leave out the first line of a block text, which may end in a comment."""
        if _BLOCK_HEADER.match(self.text, scalar.start):
            return Span(min(self.next_line(scalar.start), scalar.end), scalar.end)
        return scalar

"""A text with its path and lines: turns indexes and events into places, places into problems."""

from __future__ import annotations

from dataclasses import dataclass, field

from yaml.events import Event, ScalarEvent

from engine.problem import Place, Problem

_BLOCK_STYLES = ("|", ">")


def split_lines(text: str) -> list[str]:
    """Give the lines without their ends; only LF and CRLF end a line."""
    return [line.removesuffix("\r") for line in text.split("\n")]


@dataclass(frozen=True, slots=True)
class Source:
    """What stands in the file at `path`."""

    path: str
    text: str
    lines: list[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", split_lines(self.text))

    def place(self, start: int, end: int) -> Place:
        """Give the place of the characters `start` to `end` of the text, the end exclusive."""
        return Place(self.path, *self._locate(start), *self._locate(max(start, end)))

    def place_of(self, event: Event) -> Place:
        """Give the place of an event of the parser, without the blank lines after a block text."""
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return self.place(0, 0)
        if max(start.line, end.line) >= len(self.lines):
            # libyaml counts a line that no line break ends as if one did.
            return self.place(min(start.index, len(self.text)), len(self.text))
        if isinstance(event, ScalarEvent) and event.style in _BLOCK_STYLES:
            written = self.text[start.index : end.index].rstrip()
            return self.place(start.index, start.index + len(written))
        return Place(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def problem(self, code: str, message: str, place: Place, way_out: str = "") -> Problem:
        """Give the error at a place, with its source line; `way_out` is the problem's help."""
        line = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        return Problem(code, message, place, help=way_out, source=line)

    def _locate(self, index: int) -> tuple[int, int]:
        index = min(index, len(self.text))
        line_start = self.text.rfind("\n", 0, index) + 1
        return self.text.count("\n", 0, index) + 1, index - line_start + 1

"""The picture of a flow laid out: boxes, arrows and lines of text, in two widths.

A page shows the wide one where there is room and on paper, the narrow one on a phone. Texts are
measured by a table of letter widths, on the generous side, since no font is at hand here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from engine.handbook.flow import Flow, Outlet, Step
from engine.report.findings import printable

WIDE, NARROW = 860, 340
_TITLE, _DETAIL, _LEADING = 15, 13, 19
_PADDING, _GAP = 14, 30
_MOST_LINES = 5
# Letters from here on are mostly pictures, which are set as wide as they are high.
_PICTURES = 0xFFFF
_THIN, _THICK = frozenset("iljtfrI.,:;'|!()[] "), frozenset("mwMW@%")


@dataclass(frozen=True, slots=True)
class Box:
    """A box; `look` is its class in the stylesheet."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text that begins at a point of its baseline."""

    x: float
    y: float
    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A straight arrow; `dashed` is the way of what is held."""

    x1: float
    y1: float
    x2: float
    y2: float
    dashed: bool = False

    @property
    def head(self) -> str:
        """Give the points of its head."""
        x, y = self.x2, self.y2
        if self.y1 == self.y2:
            return f"{x},{y} {x - 8},{y - 4} {x - 8},{y + 4}"
        return f"{x},{y} {x - 4},{y - 8} {x + 4},{y - 8}"


@dataclass(slots=True)
class Figure:
    """A laid out picture."""

    width: int
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def write(self, box: Box, title: str, lines: Iterable[str]) -> None:
        """Draw a box with its texts."""
        self.boxes.append(box)
        y = box.y + _PADDING + _TITLE
        for text in _wrap(title, box.width - 2 * _PADDING, _TITLE * 1.06):
            self.labels.append(Label(box.x + _PADDING, y, text, "title"))
            y += _LEADING
        for line in lines:
            self.labels.append(Label(box.x + _PADDING, y, line, "detail"))
            y += _LEADING


def lay_out(flow: Flow, width: int) -> Figure:
    """Give the picture of a flow in `WIDE` or `NARROW`."""
    figure = Figure(width)
    column = width if width == NARROW else (width - 2 * _GAP) * 0.46
    before = _place(figure, flow.source, flow.source_detail, Box(0, 0, column, 0, "end"))
    for number, step in enumerate(flow.steps, 1):
        before = _step(figure, number, step, before)
    _target(figure, flow, before)
    return figure


def _place(figure: Figure, title: str, detail: str, box: Box) -> Box:
    lines = _wrap(detail, box.width - 2 * _PADDING, _DETAIL)
    height = box.height or _height(title, lines, box.width)
    placed = Box(box.x, box.y, box.width, height, box.look)
    figure.write(placed, title, lines)
    return placed


def _height(title: str, lines: list[str], width: float) -> float:
    titles = _wrap(title, width - 2 * _PADDING, _TITLE * 1.06)
    return 2 * _PADDING + _LEADING * (len(titles) + len(lines)) - 4


def _step(figure: Figure, number: int, step: Step, before: Box) -> Box:
    """Draw a step below the one before; beside it, or in it on a phone, what may hold a record."""
    top = before.y + before.height + _GAP
    if step.holds and figure.width == WIDE:
        top = max(top, _bottom(figure, "held") + 12)
    held = "; ".join(step.holds)
    narrow = figure.width == NARROW
    detail = f"{step.detail}. May be held: {held}" if held and narrow else step.detail
    title = f"{number}. {step.title}"
    box = _place(figure, title, detail, Box(0, top, before.width, 0, "step"))
    middle = box.width / 2
    figure.arrows.append(Arrow(middle, before.y + before.height, middle, top))
    if step.holds and not narrow:
        x = box.width + 2 * _GAP
        beside = _place(figure, "May be held", held, Box(x, top, figure.width - x, 0, "held"))
        y = top + min(box.height, beside.height) / 2
        figure.arrows.append(Arrow(box.width, y, x, y, dashed=True))
    return box


def _bottom(figure: Figure, look: str) -> float:
    return max((box.y + box.height for box in figure.boxes if box.look == look), default=0)


def _target(figure: Figure, flow: Flow, before: Box) -> None:
    """Draw the target as a frame around the calls."""
    top = max(before.y + before.height + _GAP, _bottom(figure, "held") + 16)
    middle = before.width / 2
    figure.arrows.append(Arrow(middle, before.y + before.height, middle, top))
    columns = 1 if figure.width == NARROW else min(3, len(flow.outlets))
    width = (figure.width - _PADDING * (columns + 1)) / columns
    y = top + _PADDING + _LEADING + 10
    frame_at = len(figure.boxes)
    for row in _rows_of(flow.outlets, columns):
        detail = [_wrap(one.detail, width - 2 * _PADDING, _DETAIL) for one in row]
        height = max(_height(one.title, own, width) for one, own in zip(row, detail, strict=True))
        for place, one in enumerate(row):
            x = _PADDING + place * (width + _PADDING)
            _place(figure, one.title, one.detail, Box(x, y, width, height, "call"))
        y += height + _PADDING
    figure.boxes.insert(frame_at, Box(0, top, figure.width, y - top, "frame"))
    figure.labels.append(Label(_PADDING, top + _PADDING + _TITLE, flow.target, "title"))
    figure.height = y + 1


def _rows_of(outlets: tuple[Outlet, ...], columns: int) -> Iterator[tuple[Outlet, ...]]:
    for start in range(0, len(outlets), columns):
        yield outlets[start : start + columns]


def _wrap(text: str, width: float, size: float) -> list[str]:
    """Give a text in lines that fit a width; what does not fit the last line is cut off."""
    lines = [""]
    for word in printable(" ".join(text.split())).split(" "):
        for part in _pieces(word, width, size):
            joined = f"{lines[-1]} {part}" if lines[-1] else part
            if measure(joined, size) <= width:
                lines[-1] = joined
            else:
                lines.append(part)
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1] = lines[_MOST_LINES - 1][:-2] + "…"
    return lines[:_MOST_LINES]


def _pieces(word: str, width: float, size: float) -> Iterator[str]:
    """Break a word that is wider than a line."""
    piece = ""
    for letter in word:
        if piece and measure(piece + letter, size) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece


def measure(text: str, size: float) -> float:
    """Give about how wide a text is set in a letter size, rather too wide than too narrow."""
    return size * sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> float:
    if letter in _THIN:
        return 0.34
    if letter in _THICK or letter.isupper():
        return 0.92 if letter in _THICK else 0.72
    is_wide = east_asian_width(letter) in "WF" or ord(letter) > _PICTURES
    return 1.05 if is_wide else 0.58

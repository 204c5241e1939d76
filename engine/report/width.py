"""How wide a report is: as wide as the terminal, within reason; 96 columns where nobody looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextvars import ContextVar
from textwrap import wrap

_USUAL, _LEAST = 96, 40
_COLUMNS: ContextVar[int] = ContextVar("columns", default=_USUAL)
# What stands before the text of a line: its indent, and a label with a gap behind it.
_GAP, _MOST_GAPS = re.compile(r"(?<=\S) {2,}(?=\S)"), 3
_LABEL = re.compile(r" *(?:\S+(?: \S+)* {2,})?")


def fit_reports(columns: int) -> None:
    """Let reports be as wide as a terminal of so many columns, from 40 to 96."""
    _COLUMNS.set(max(_LEAST, min(columns, _USUAL)))


def wrap_text(text: str, first: str = "", rest: str = "") -> list[str]:
    """Give a text in lines, `first` and `rest` before the first and all others."""
    return wrap(text, _COLUMNS.get(), initial_indent=first, subsequent_indent=rest)


def fold_lines(text: str) -> str:
    """Give a report whose lines fit, rows of tables aside; what goes on stands under its text."""
    return "".join(f"{part}\n" for line in text.splitlines() for part in _fold(line))


def _fold(line: str) -> Iterator[str]:
    width = _COLUMNS.get()
    # A row of a table would be none any more.
    if len(line) <= width or len(_GAP.findall(line)) >= _MOST_GAPS:
        yield line
        return
    found = _LABEL.match(line)
    label = found[0] if found else ""
    if len(label) > width // 2:
        label = line[: len(line) - len(line.lstrip(" "))]
    under = " " * len(label)
    yield from wrap(
        line[len(label) :],
        width,
        initial_indent=label,
        subsequent_indent=under,
        break_long_words=False,
        break_on_hyphens=False,
    )

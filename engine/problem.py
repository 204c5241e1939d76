"""What can be wrong with a user's file (a problem) and what stops us (a failure).

A `Problem` is a value: it is collected, sorted and printed, never raised.
A `Failure` is an exception: the command cannot go on, and one line says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

LONGEST_TEXT = 600
_LONGEST_QUOTE = 80
# Every quote, so that what stands between two of them is never taken for one.
_QUOTE = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of a file; lines and columns count from 1, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file.

    `code` is permanent (see `engine.codes`); `message` says what is wrong, lower case, no full
    stop; `effect` what would happen if it ran; `help` the way out; `example` a record that shows
    it; `source` the offending line. What they quote of a file is shortened in its middle, so that
    no file makes its problems long.
    """

    code: str
    message: str
    place: Place
    severity: Severity = "error"
    effect: str = ""
    help: str = ""
    example: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("message", "effect", "help", "example"):
            object.__setattr__(self, name, _shorten(getattr(self, name)))


def _shorten(text: str) -> str:
    if len(text) <= _LONGEST_QUOTE:
        return text
    short = _QUOTE.sub(lambda quoted: f'"{_cut(quoted[1], _LONGEST_QUOTE)}"', text)
    return _cut(short, LONGEST_TEXT)


def _cut(text: str, longest: int) -> str:
    """Give a text whose middle is left out when it is longer."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}…{text[1 + half - longest :]}"


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Give the problems once each, in the order of the files they stand in."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.place, p.code, p.message))


class Failure(Exception):  # noqa: N818 - a problem is the other kind; neither is an "error"
    """The command cannot go on: a wrong call or setting, told in one line."""

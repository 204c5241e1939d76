"""Proposing: a test file as it would be if what came were expected, edited at the marks.

Nothing is ever accepted here: the change is shown as a diff, for a person to read and apply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import unified_diff

from engine.text import Document, Pointer
from engine.trials.matching import MISSING, Difference
from engine.trials.running import Result
from engine.yaml12.scalars import read_plain

# A plain scalar that means itself in every place, inside brackets too.
_PLAIN = re.compile(r"\(?[A-Za-z0-9_][A-Za-z0-9_./@+%()-]*( [A-Za-z0-9_./@+%()-]+)*")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The diff of one test file, and the differences that only a person can settle."""

    diff: str
    left: tuple[Difference, ...]


def propose(document: Document, results: Iterable[Result]) -> Proposal:
    """Put what came in the place of what was expected, wherever that is one value of the file.

    A call that is not made, or is made although it must not be, is no value: it is left alone.
    """
    differences = [one for result in results for one in result.differences]
    edits = [one for one in differences if _is_value(document, one)]
    left = tuple(one for one in differences if one not in edits)
    text = document.text
    # From the end, so that no edit moves the place of another.
    for one in sorted(edits, key=lambda one: _span(document, one.pointer), reverse=True):
        start, end = _span(document, one.pointer)
        column = document.place_of(one.pointer).column
        text = text[:start] + _write(text[start:end], one.got, column) + text[end:]
    return Proposal(_diff(document, text), left)


def _is_value(document: Document, one: Difference) -> bool:
    steps = [step for step in one.pointer if isinstance(step, str)]
    if one.pointer not in document.values or {"lacks", "must_not_send"} & set(steps[-1:]):
        return False
    if steps[-1] in ("row", "decision") and one.got == MISSING:
        return False
    return steps[-2:-1] != ["calls"]


def _span(document: Document, pointer: Pointer) -> tuple[int, int]:
    place = document.values[pointer]
    starts = [0]
    for line in document.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts[place.line - 1] + place.column - 1, starts[
        place.end_line - 1
    ] + place.end_column - 1


def _write(old: str, value: object, column: int) -> str:
    """Write a value as the old one was written: a list under dashes stays one."""
    if isinstance(value, list) and value and old.startswith("- "):
        return f"\n{' ' * (column - 1)}".join(f"- {_flow(one)}" for one in value)
    return _flow(value)


def _flow(value: object) -> str:
    """Give a value on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, str) and _is_plain(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    try:
        return _PLAIN.fullmatch(text) is not None and isinstance(read_plain(text), str)
    except ValueError:
        return False


def _diff(document: Document, text: str) -> str:
    lines = unified_diff(
        document.text.splitlines(keepends=True),
        text.splitlines(keepends=True),
        fromfile=document.path,
        tofile=document.path,
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )

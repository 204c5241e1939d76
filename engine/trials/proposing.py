"""Proposing: a test file as it would be if what came were expected, edited at the marks.

Nothing is ever accepted here: the change is shown as a diff, for a person to read and apply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

from engine.text import Document, Pointer
from engine.trials.matching import MISSING, Difference
from engine.trials.running import Result
from engine.yaml12.scalars import read_plain

# A plain scalar that means itself in every place, inside brackets too.
_PLAIN = re.compile(r"\(?[A-Za-z0-9_][A-Za-z0-9_./@+%()-]*( [A-Za-z0-9_./@+%()-]+)*")
_COMMENT = re.compile(r"\s#")

Edit = tuple[int, int, str]
"""Characters of a text, the end exclusive, and what comes in their place."""


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
    settled = [one for one in differences if _is_value(document, one)]
    left = tuple(one for one in differences if one not in settled)
    text = document.text
    edits = [edit for one in settled for edit in _edits(document, one)]
    # From the end, so that no edit moves the place of another.
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return Proposal(_diff(document, text), left)


def _is_value(document: Document, one: Difference) -> bool:
    if one.pointer not in document.values:
        return False
    steps = [step for step in one.pointer if isinstance(step, str)]
    if steps[-1] in ("lacks", "must_not_send") or steps[-2:-1] == ["calls"]:
        return False
    if steps[-1] in ("row", "decision") and one.got == MISSING:
        return False
    start, end = _span(document, one.pointer)
    # What is put in brackets anew would lose the remarks that stand between them.
    in_brackets = document.text[start] in "[{"
    return not (in_brackets and _COMMENT.search(document.text, start, end))


def _edits(document: Document, one: Difference) -> Iterator[Edit]:
    """Give what changes in the text; of a list under dashes only the elements that differ."""
    start, end = _span(document, one.pointer)
    wanted = document.value_at(one.pointer)
    if isinstance(one.got, list) and one.got and document.text.startswith("- ", start):
        yield from _element_edits(document, one.pointer, (wanted, one.got))
    else:
        yield start, end, _flow(one.got)


def _element_edits(
    document: Document, pointer: Pointer, lists: tuple[object, list[object]]
) -> Iterator[Edit]:
    old = [json.dumps(one) for one in lists[0]] if isinstance(lists[0], list) else []
    new = [json.dumps(one) for one in lists[1]]
    indent = " " * (document.values[pointer].column - 1)
    for word, start, end, first, last in SequenceMatcher(None, old, new).get_opcodes():
        if word == "equal":
            continue
        came, gone = lists[1][first:last], range(start, end)
        for index, value in zip(gone, came, strict=False):
            yield (*_span(document, (*pointer, index)), _flow(value))
        for index in gone[len(came) :]:
            yield (*_lines_of(document, (*pointer, index)), "")
        more = "".join(f"{indent}- {_flow(value)}\n" for value in came[len(gone) :])
        if more:
            # After the last element that stays; before the first one when none does.
            before = _lines_of(document, (*pointer, max(end - 1, 0)))
            spot = before[1] if end else before[0]
            yield spot, spot, more if spot <= len(document.text) else f"\n{more}"


def _span(document: Document, pointer: Pointer) -> tuple[int, int]:
    place = document.values[pointer]
    starts = _line_starts(document)
    start = starts[place.line - 1] + place.column - 1
    return start, starts[place.end_line - 1] + place.end_column - 1


def _lines_of(document: Document, pointer: Pointer) -> tuple[int, int]:
    """Give the whole lines that a value stands on."""
    place = document.values[pointer]
    starts = _line_starts(document)
    return starts[place.line - 1], starts[place.end_line]


def _line_starts(document: Document) -> list[int]:
    starts = [0]
    for line in document.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


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

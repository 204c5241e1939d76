"""Ignores: `# miradot: ignore[CODE] reason`, written where a warning was looked at and accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.codes import CODES
from engine.nearest import suggest
from engine.problem import Place, Problem, Severity
from engine.text import Document
from engine.yaml12.source import split_lines

_MARK = re.compile(r"(?:^|(?<=\s))#\s*miradot:(?P<said>.*)$")
_IGNORE = re.compile(r"\s*ignore\[(?P<codes>[^\]]*)\]\s*(?P<reason>.*)")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code that is ignored on one line, with the place of the comment that says so."""

    code: str
    line: int
    place: Place
    source: str


def apply_ignores(document: Document, problems: list[Problem]) -> list[Problem]:
    """Leave out the warnings that a comment ignores, and tell comments that do nothing.

    A comment beside a line means that line, one on a line of its own the next one. Errors are
    never ignored, and every ignore needs its reason.
    """
    told: list[Problem] = []
    ignores = list(_read_ignores(document, told))
    if not ignores:
        return [*problems, *told]
    wanted = {(one.code, one.line) for one in ignores}
    kept = [one for one in problems if one.severity == "error" or _key(one) not in wanted]
    met = {_key(one): one.severity for one in problems}
    for one in ignores:
        severity = met.get((one.code, one.line))
        if severity == "error":
            told.append(_tell(one, "MD491", f"{one.code} is an error here and cannot be ignored"))
        elif severity is None:
            told.append(_tell(one, "MD492", f"there is no {one.code} to ignore on this line"))
    return [*kept, *told]


def _key(problem: Problem) -> tuple[str, int]:
    return problem.code, problem.place.line


def _tell(one: Ignore, code: str, message: str) -> Problem:
    severity: Severity = "warning" if code == "MD492" else "error"
    return Problem(code, message, one.place, severity=severity, source=one.source)


def _read_ignores(document: Document, told: list[Problem]) -> Iterator[Ignore]:
    lines = split_lines(document.text)
    for number, line in enumerate(lines, 1):
        found = _MARK.search(line) if "miradot:" in line else None
        if found is None or _is_in_text(document, number, found.start() + 1):
            continue
        place = Place(document.path, number, found.start() + 1, number, len(line) + 1)
        said = _IGNORE.fullmatch(found["said"])
        codes = [code.strip() for code in said["codes"].split(",")] if said else []
        unknown = [code for code in codes if code not in CODES]
        if said is None or unknown or not said["reason"].strip():
            told.append(_explain(place, line, unknown, is_ignore=said is not None))
            continue
        alone = not line[: found.start()].strip()
        meant = _next_line(lines, number) if alone else number
        yield from (Ignore(code, meant, place, line) for code in codes)


def _explain(place: Place, line: str, unknown: list[str], *, is_ignore: bool) -> Problem:
    if not is_ignore:
        message = "the comment is no ignore that can be read"
    elif unknown:
        message = f'no diagnostic "{unknown[0]}"{suggest(unknown[0], CODES)}'
    else:
        message = "an ignore needs its reason"
    return Problem(
        "MD491", message, place, help="write # miradot: ignore[CODE] reason", source=line
    )


def _next_line(lines: list[str], number: int) -> int:
    """Give the number of the next line that holds more than a comment."""
    for later in range(number, len(lines)):
        text = lines[later].strip()
        if text and not text.startswith("#"):
            return later + 1
    return number


def _is_in_text(document: Document, line: int, column: int) -> bool:
    """Say whether a place lies inside a text of the document, so that it is no comment."""
    spot = (line, column)
    for pointer, place in document.values.items():
        start, end = (place.line, place.column), (place.end_line, place.end_column)
        if start <= spot < end and not isinstance(document.value_at(pointer), dict | list):
            return True
    return False

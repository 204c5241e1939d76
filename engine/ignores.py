"""Ignores: `# miradot: ignore[CODE] reason`, written where a warning was looked at and accepted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from engine.codes import CODES
from engine.nearest import suggest
from engine.problem import Place, Problem, Severity
from engine.text import Document

MOST_IGNORES = 200
_Spot = tuple[int, int]
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
    lines = document.lines
    marks = list(islice(_find_marks(document), MOST_IGNORES + 1))
    after = _next_lines(lines) if marks else []
    for count, (number, found) in enumerate(marks):
        line = lines[number - 1]
        place = Place(document.path, number, found.start() + 1, number, len(line) + 1)
        if count == MOST_IGNORES:
            message = f"more than {MOST_IGNORES} ignores in one file"
            told.append(Problem("MD491", message, place, source=line))
            break
        said = _IGNORE.fullmatch(found["said"])
        codes = [code.strip() for code in said["codes"].split(",")] if said else []
        unknown = [code for code in codes if code not in CODES]
        if said is None or unknown or not said["reason"].strip():
            told.append(_explain(place, line, unknown, is_ignore=said is not None))
            continue
        alone = not line[: found.start()].strip()
        meant = after[number] if alone else number
        yield from (Ignore(code, meant, place, line) for code in dict.fromkeys(codes))


def _find_marks(document: Document) -> Iterator[tuple[int, re.Match[str]]]:
    """Give the comments that begin with our name, each with the number of its line."""
    texts: list[tuple[_Spot, _Spot]] | None = None
    for number, line in enumerate(document.lines, 1):
        found = _MARK.search(line) if "miradot:" in line else None
        if found is None:
            continue
        if texts is None:
            texts = _find_texts(document)
        if not _is_in_text(texts, (number, found.start() + 1)):
            yield number, found


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


def _next_lines(lines: list[str]) -> list[int]:
    """Give for each line the number of the next one that holds more than a comment, else its own.

    Lines count from 1; the first entry is of no line.
    """
    after = list(range(len(lines) + 1))
    following = 0
    for number in range(len(lines), 0, -1):
        after[number] = following or number
        text = lines[number - 1].strip()
        if text and not text.startswith("#"):
            following = number
    return after


def _find_texts(document: Document) -> list[tuple[_Spot, _Spot]]:
    """Give where each text begins and ends, in the order of the file; none lies in another."""
    return sorted(
        ((place.line, place.column), (place.end_line, place.end_column))
        for pointer, place in document.values.items()
        if not isinstance(document.value_at(pointer), dict | list)
    )


def _is_in_text(texts: list[tuple[_Spot, _Spot]], spot: _Spot) -> bool:
    """Say whether a place lies inside a text, so that it is no comment."""
    index = bisect_right(texts, spot, key=lambda text: text[0])
    return index > 0 and spot < texts[index - 1][1]

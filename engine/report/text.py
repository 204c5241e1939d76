"""Problems as a person reads them: the line, a caret under the words, the effect, the way out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from unicodedata import category, east_asian_width

from engine.problem import Problem
from engine.report.findings import Findings, printable, remarks

_WINDOW = 96
_COLOURS = {"error": "31", "warning": "33", "caret": "36", "dim": "2", "bold": "1"}


def render_text(findings: Findings) -> str:
    """Give every problem with its source line, then the figures."""
    lines: list[str] = []
    codes: dict[str, None] = {}
    for file in findings.by_file():
        for problem in file.shown:
            codes[problem.code] = None
            lines += [*_problem_lines(problem, findings), ""]
        if file.hidden:
            lines += [f"{_paint(findings, printable(file.path), 'bold')}  {file.more()}", ""]
    if codes:
        asked = next(iter(codes)) if len(codes) == 1 else "CODE"
        hint = f"more about {', '.join(codes)}: miradot explain {asked}"
        lines.append(_paint(findings, hint, "dim"))
    lines.append(findings.summary())
    return "\n".join(lines) + "\n"


def _problem_lines(problem: Problem, findings: Findings) -> Iterator[str]:
    place = _paint(findings, printable(str(problem.place)), "bold")
    severity = _paint(findings, f"{problem.severity} {problem.code}", problem.severity)
    yield f"{place}  {severity}  {printable(problem.message)}"
    if problem.source:
        source, caret = _window(problem)
        number = str(problem.place.line)
        yield f"  {number} | {source}"
        yield f"  {' ' * len(number)} | {_paint(findings, caret, 'caret')}"
    for label, text in remarks(problem):
        yield f"    {label}: {printable(text)}"


def _window(problem: Problem) -> tuple[str, str]:
    """Give the part of the source line around the place, and the carets under it."""
    start, end = _stretch(problem)
    # Measuring all of a line of 256 KiB for each of its problems would take minutes.
    cut = max(0, start - _WINDOW)
    near = problem.source[cut : start + _WINDOW].replace("\t", " ")
    # Where each letter begins on the screen, and where the last one ends.
    edges = [0, *accumulate(_width(printable(letter)) for letter in near)]
    start, end = min(start - cut, len(near)), min(end - cut, len(near))
    wanted = 0 if edges[end] <= _WINDOW else edges[start] - _WINDOW // 3
    first = max(0, bisect_right(edges, wanted) - 1)
    last = bisect_right(edges, edges[first] + _WINDOW) - 1
    head = "…" if cut + first else ""
    tail = "…" if cut + last < len(problem.source) else ""
    before = len(head) + edges[start] - edges[first]
    under = max(1, edges[min(end, last)] - edges[start])
    return f"{head}{printable(near[first:last])}{tail}", " " * before + "^" * under


def _stretch(problem: Problem) -> tuple[int, int]:
    """Give where the place starts and ends in its first line, counting from 0."""
    place, length = problem.place, len(problem.source)
    start = min(place.column - 1, length)
    end = place.end_column - 1 if place.end_line == place.line else length
    return start, max(start, min(end, length))


def _width(text: str) -> int:
    """Give the columns a text takes on a terminal."""
    return sum(
        0 if category(letter) in ("Mn", "Me") else 2 if east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _paint(findings: Findings, text: str, style: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if findings.colour else text

"""Problems as a person reads them: the line, a caret under the words, the effect, the way out."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import combining, east_asian_width

from engine.problem import Problem
from engine.report.findings import Findings, printable

_WINDOW = 96
_COLOURS = {"error": "31", "warning": "33", "caret": "36", "dim": "2", "bold": "1"}


def render_text(findings: Findings) -> str:
    """Give every problem with its source line, then the figures."""
    lines: list[str] = []
    for problem in findings.problems:
        lines += [*_problem_lines(problem, findings), ""]
    codes = list(dict.fromkeys(problem.code for problem in findings.problems))
    if codes:
        shown = " ".join(codes[:6])
        lines.append(
            _paint(findings, f"more about a code: miradot explain {shown.split()[0]}", "dim")
        )
    lines.append(findings.summary())
    return "\n".join(lines) + "\n"


def _problem_lines(problem: Problem, findings: Findings) -> Iterator[str]:
    place = _paint(findings, str(problem.place), "bold")
    severity = _paint(findings, f"{problem.severity} {problem.code}", problem.severity)
    yield f"{place}  {severity}  {printable(problem.message)}"
    if problem.source:
        source, caret = _window(problem)
        number = str(problem.place.line)
        yield f"  {number} | {source}"
        yield f"  {' ' * len(number)} | {_paint(findings, caret, 'caret')}"
    for word, text in (("effect", problem.effect), ("help", problem.help)):
        if text:
            yield f"    {word}: {printable(text)}"


def _window(problem: Problem) -> tuple[str, str]:
    """Give the part of the source line around the place, and the carets under it."""
    source = printable(problem.source).replace("\t", " ")
    start = problem.place.column - 1
    same_line = problem.place.end_line == problem.place.line
    end = min(problem.place.end_column - 1 if same_line else len(source), len(source))
    end = max(end, start + 1)
    first = 0 if end <= _WINDOW else max(0, start - _WINDOW // 3)
    shown = source[first : first + _WINDOW]
    head, tail = ("…" if first else ""), ("…" if first + _WINDOW < len(source) else "")
    before = _width(head + source[first:start])
    under = max(1, _width(source[start : min(end, first + _WINDOW)]))
    return f"{head}{shown}{tail}", " " * before + "^" * under


def _width(text: str) -> int:
    """Give the columns a text takes on a terminal."""
    return sum(
        0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text
    )


def _paint(findings: Findings, text: str, style: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if findings.colour else text

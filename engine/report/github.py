"""Problems as GitHub workflow commands, which become annotations.

The escapes are those that `ActionCommand.cs` of actions/runner undoes.
"""

from __future__ import annotations

from engine.problem import Problem
from engine.report.findings import Findings, full_message, printable


def render_github(findings: Findings) -> str:
    """Give one workflow command a problem, and one for those of a file that are not shown."""
    lines: list[str] = []
    for file in findings.by_file():
        lines += [_command(problem) for problem in file.shown]
        if file.hidden:
            lines.append(f"::notice file={_property(file.path)}::{_data(file.more())}\n")
    return "".join(lines)


def _command(problem: Problem) -> str:
    place = problem.place
    properties = {
        "file": place.path,
        "line": str(place.line),
        "col": str(place.column),
        "endLine": str(place.end_line),
        "endColumn": str(place.end_column),
        "title": problem.code,
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{problem.severity} {listed}::{_data(full_message(problem))}\n"


def _data(text: str) -> str:
    """Escape what the runner unescapes, then what would steer the terminal of its log."""
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    """Escape also what ends a property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")

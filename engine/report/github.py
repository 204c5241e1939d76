"""Problems as GitHub workflow commands, which become annotations."""

from __future__ import annotations

from engine.problem import Problem
from engine.report.findings import Findings


def render_github(findings: Findings) -> str:
    """Give one workflow command a problem."""
    return "".join(_command(problem) for problem in findings.problems)


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
    message = problem.message + (f"; {problem.help}" if problem.help else "")
    return f"::{problem.severity} {listed}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

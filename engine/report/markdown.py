"""Problems as Markdown, for step summaries and comments."""

from __future__ import annotations

import re
from itertools import groupby

from engine.problem import Problem
from engine.report.findings import Findings, printable

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|@~&-])")


def render_markdown(findings: Findings) -> str:
    """Give the figures, then a list of problems under each file."""
    lines = [f"### miradot: {findings.summary()}", ""]
    for path, problems in groupby(findings.problems, key=lambda one: one.place.path):
        lines += [f"**{_escape(path)}**", "", *(_item(problem) for problem in problems), ""]
    return "\n".join(lines)


def _item(problem: Problem) -> str:
    place = f"{problem.place.line}:{problem.place.column}"
    text = f"- {problem.severity} {problem.code} at {place}: {_escape(problem.message)}"
    return text + (f" — {_escape(problem.help)}" if problem.help else "")


def _escape(text: str) -> str:
    """Keep what a file wrote from becoming markup, links or mentions."""
    flat = " ".join(printable(text).split())
    return _SPECIAL.sub(r"\\\1", flat).replace("\\@", "&#64;")

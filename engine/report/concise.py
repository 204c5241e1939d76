"""Problems one a line, as editors and grep read them."""

from __future__ import annotations

from engine.report.findings import Findings, printable


def render_concise(findings: Findings) -> str:
    """Give `path:line:col: CODE message` for each problem."""
    return "".join(
        f"{printable(str(problem.place))}: {problem.code} {printable(problem.message)}\n"
        for problem in findings.problems
    )

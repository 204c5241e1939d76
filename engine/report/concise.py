"""Problems one a line, as editors and grep read them."""

from __future__ import annotations

from engine.report.findings import Findings, printable


def render_concise(findings: Findings) -> str:
    """Give `path:line:col: CODE message` for each problem."""
    lines: list[str] = []
    for file in findings.by_file():
        lines += [
            f"{printable(str(problem.place))}: {problem.code} {printable(problem.message)}"
            for problem in file.shown
        ]
        if file.hidden:
            lines.append(f"{printable(file.path)}: {file.more()}")
    return "".join(f"{line}\n" for line in lines)

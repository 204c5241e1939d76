"""Problems as Markdown, for step summaries and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.problem import Problem
from engine.report.findings import Findings, printable, remarks


def render_markdown(findings: Findings) -> str:
    """Give the figures, then a list of problems under each file."""
    lines = [f"### miradot: {findings.summary()}", ""]
    for file in findings.by_file():
        lines += [code_span(file.path), ""]
        lines += [line for problem in file.shown for line in _item_lines(problem)]
        if file.hidden:
            lines.append(f"- {file.more()}")
        lines.append("")
    return "\n".join(lines)


def _item_lines(problem: Problem) -> Iterator[str]:
    place = f"line {problem.place.line}:{problem.place.column}"
    yield f"- {place} {problem.severity} **{problem.code}** {code_span(problem.message)}"
    for label, text in remarks(problem):
        yield f"  - {label}: {code_span(text)}"


def table_row(cells: list[str]) -> str:
    """Give one line of a table, each cell as plain text; a bar would begin the next cell."""
    return "| " + " | ".join(code_span(cell).replace("|", "\\|") for cell in cells) + " |"


def code_span(text: str) -> str:
    """Give a code span: GitHub reads no markup, link, mention or issue number in one.

    Only its own row of backticks ends a span, so the row is longer than any in the text.
    """
    shown = printable(text) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    # A space inside each end is not shown; it keeps a backtick of the text off the row.
    pad = " " if "`" in shown or shown != shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"

"""The plan of a change as one comment on a pull request.

Whatever comes from an order or a mapping stands in a code span: GitHub reads no markup, mention
or link in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from engine.changes.document import ChangesDocument, EffectView, FindingView, MappingChanges
from engine.report.changes.sayings import (
    EMPTY,
    cost_cells,
    effect_says,
    example_lines,
    headline,
    status_line,
    summary_line,
    unseen_edits,
)
from engine.report.markdown import code_span, table_row

# GitHub refuses a comment of more than 65,536 characters.
MOST_CHARACTERS = 60_000
_MOST_LINES = 8
_CUT = "The rest is left out, because a comment may not be longer: run `miradot plan` to read it."


def render_changes_markdown(document: ChangesDocument) -> str:
    """Give the comment; what would make it too long is left out, and said so."""
    blocks = ["### miradot plan"]
    if not document["mappings"]:
        blocks.append(EMPTY.format(base=code_span(document["base"])))
    for one in document["mappings"]:
        blocks += _mapping_blocks(one)
    return "\n\n".join(_fitting(blocks)) + "\n"


def _fitting(blocks: Iterable[str]) -> Iterator[str]:
    """Give as many whole blocks as a comment may hold."""
    left = MOST_CHARACTERS
    for block in blocks:
        left -= len(block) + 2
        if left < 0:
            yield _CUT
            return
        yield block


def _mapping_blocks(view: MappingChanges) -> Iterator[str]:
    yield f"#### {code_span(headline(view))}"
    yield f"**{summary_line(view)}**"
    yield "  \n".join(code_span(line) for line in status_line(view))
    findings = [line for one in view["findings"] for line in _finding_lines(one)]
    if findings:
        yield "\n".join(findings)
    for heading, effects in groupby(view["effects"], key=lambda one: one["heading"]):
        yield from _heading_blocks(heading, list(effects))
    unseen = unseen_edits(view)
    if unseen:
        listed = (
            f"- {one['kind']} {code_span(one['part'])} {code_span(one['line'])}" for one in unseen
        )
        yield "**changed, not shown by any sample**\n\n" + "\n".join(listed)
    rows = cost_cells(view)
    if rows:
        yield "**cost**\n\n" + _table(rows)


def _finding_lines(finding: FindingView) -> Iterator[str]:
    word = f"**{finding['severity']} {finding['code']}**"
    yield f"- {word} {code_span(finding['message'])} {code_span(finding['line'])}"
    for label, text in (("effect", finding["effect"]), ("help", finding["help"])):
        if text:
            yield f"  - {label}: {code_span(text)}"


def _heading_blocks(heading: str, effects: list[EffectView]) -> Iterator[str]:
    rows = [["", "effect", "lines"]]
    rows += [[one["severity"], effect_says(one), _lines(one["lines"])] for one in effects]
    yield f"**{heading}**\n\n{_table(rows)}"
    examples = [
        "\n".join(
            [f"- {code_span(one['says'])}", *(f"  - {code_span(e)}" for e in example_lines(one))]
        )
        for one in effects
        if one["examples"]
    ]
    if examples:
        told = "\n".join(examples)
        yield f"<details><summary>examples</summary>\n\n{told}\n\n</details>"


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *map(table_row, body)]
    return "\n".join(lines)


def _lines(lines: list[str]) -> str:
    more = len(lines) - _MOST_LINES
    return ", ".join(lines[:_MOST_LINES]) + (f" and {more} more" if more > 0 else "")

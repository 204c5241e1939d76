"""A handbook as Markdown, as GitHub shows it: tables, links within the page, a Mermaid picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.handbook.blocks import (
    Block,
    Bullets,
    Definitions,
    Handbook,
    Heading,
    Paragraph,
    Row,
    Section,
    Span,
    Table,
    Text,
)
from engine.handbook.flow import Flow
from engine.report.findings import printable
from engine.report.markdown import code_span

# What GitHub would read as markup, a picture, a link, mathematics or an emoji.
_MARKUP = re.compile(
    r"[\\`*<>&~|\[\]{}$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[#:@!](?=\S)|(?<=[wW]{3})\."
)
_OPENING = re.compile(r"([0-9]*)([-+=.)#])")


def render_handbook_markdown(handbook: Handbook) -> str:
    """Give the whole handbook."""
    lines = [f"# {_plain(handbook.title)}", "", _text(handbook.lead), ""]
    lines += ["| | |", "| --- | --- |"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in handbook.facts]
    lines += ["", "Contents:", ""]
    lines += [f"- [{one.title}](#{one.anchor})" for one in handbook.sections]
    for section in handbook.sections:
        lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {_plain(section.title)}"
    for block in section.blocks:
        yield ""
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _open(_text(block.text))
    elif isinstance(block, Bullets):
        yield from (f"- {_open(_text(item))}" for item in block.items)
    elif isinstance(block, Definitions):
        yield from (f"- **{_term(term)}**: {_text(said)}" for term, said in block.items)
    elif isinstance(block, Heading):
        name = f" ({code_span(block.name)})" if block.name else ""
        yield f'<a id="{block.anchor}"></a>'
        yield ""
        yield f"### {_plain(block.title)}{name}"
    elif isinstance(block, Table):
        yield from _table(block)
    else:
        yield from _mermaid(block)


def _table(table: Table) -> Iterator[str]:
    yield f"**{_plain(table.caption)}**"
    yield ""
    yield "| " + " | ".join(_plain(column) for column in table.columns) + " |"
    rules = ("---:" if index in table.figures else "---" for index in range(len(table.columns)))
    yield "| " + " | ".join(rules) + " |"
    yield from (_row(row) for row in table.rows)


def _row(row: Row) -> str:
    cells = [_cell(cell) for cell in row.cells]
    if row.anchor:
        cells[0] = f'<a id="{row.anchor}"></a>{cells[0]}'
    return "| " + " | ".join(cells) + " |"


def _cell(text: Text) -> str:
    """Give a text inside a table, where a bar ends a cell even in code."""
    return "".join(
        _span(span).replace("|", "\\|") if span.kind == "code" else _span(span) for span in text
    )


def _text(text: Text) -> str:
    return "".join(_span(span) for span in text)


def _term(text: Text) -> str:
    return "".join(
        _span(Span(span.text, "code" if span.kind == "code" else "plain")) for span in text
    )


def _span(span: Span) -> str:
    if span.kind == "code":
        told = code_span(span.text)
    else:
        told = f"**{_plain(span.text)}**" if span.kind == "strong" else _plain(span.text)
    return f"[{told}](#{span.to})" if span.to else told


def _plain(text: str) -> str:
    """Give a text that is shown as typed, in one line."""
    flat = printable(text.replace("\n", " "))
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", flat)


def _open(line: str) -> str:
    """Keep the first letters of a line from beginning a list, a rule or code."""
    bare = line.lstrip(" ")
    found = _OPENING.match(bare)
    return f"{found[1]}&#{ord(found[2])};{bare[found.end() :]}" if found else bare


def _mermaid(flow: Flow) -> Iterator[str]:
    """Draw the flow; GitHub shows it as a picture, and any reader as text."""
    yield "```mermaid"
    yield "flowchart TB"
    yield f"  source([{_label(flow.source, flow.source_detail)}])"
    before = "source"
    for number, step in enumerate(flow.steps, 1):
        yield f"  step{number}[{_label(f'{number}. {step.title}', step.detail)}]"
        yield f"  {before} --> step{number}"
        if step.holds:
            yield f"  step{number} -.-> held{number}([{_label('Held', *step.holds)}])"
        before = f"step{number}"
    yield f"  subgraph target [{_label(flow.target)}]"
    for number, outlet in enumerate(flow.outlets, 1):
        yield f"    call{number}[{_label(outlet.title, outlet.detail)}]"
    yield "  end"
    for number in range(1, len(flow.outlets) + 1):
        yield f"  {before} --> call{number}"
    yield "```"


def _label(title: str, *lines: str) -> str:
    told = [_mermaid_text(title), *(_mermaid_text(line) for line in lines)]
    return '"' + "<br/>".join(told) + '"'


def _mermaid_text(text: str) -> str:
    """Give a text as Mermaid shows it: letters and marks by which it is steered as numbers."""
    flat = printable(text.replace("\n", " "))
    return re.sub(r"[^\w .,()=+/-]", lambda found: f"#{ord(found[0])};", flat)

"""The plan of a change: in the terminal, as one comment on a pull request, and for programs."""

from __future__ import annotations

from engine.changes.document import ChangesDocument
from engine.report.changes.markdown import render_changes_markdown
from engine.report.changes.text import render_changes_text
from engine.report.json_text import write_json


def render_changes(document: ChangesDocument, output_format: str, *, colour: bool) -> str:
    """Give the document as `text`, `markdown` or `json`."""
    if output_format == "json":
        return write_json(document)
    if output_format == "markdown":
        return render_changes_markdown(document)
    return render_changes_text(document, colour=colour)

"""The formats of problems, written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from engine.report.concise import render_concise
from engine.report.document import render_document
from engine.report.findings import Findings
from engine.report.github import render_github
from engine.report.markdown import render_markdown
from engine.report.sarif import render_sarif
from engine.report.text import render_text


def _render_both(findings: Findings) -> str:
    """Give annotations and text: GitHub shows ten annotations a step, the rest must not hide.

    The runner obeys `##[command]` anywhere in a line, even in a quoted source line, so it is told
    not to listen to the text. The token that ends this is the text's own hash: it cannot be in it.
    """
    text = render_text(findings)
    token = sha256(text.encode()).hexdigest()
    return f"{render_github(findings)}::stop-commands::{token}\n{text}::{token}::\n"


FORMATS: Mapping[str, Callable[[Findings], str]] = {
    "text": render_text,
    "concise": render_concise,
    "json": render_document,
    "github": render_github,
    "sarif": render_sarif,
    "markdown": render_markdown,
    "github and text": _render_both,
}


def resolve_format(name: str, environment: Mapping[str, str]) -> str:
    """Give the format that `auto` means here: text, and annotations as well on GitHub."""
    if name != "auto":
        return name
    return "github and text" if environment.get("GITHUB_ACTIONS") == "true" else "text"


__all__ = ["FORMATS", "Findings", "resolve_format"]

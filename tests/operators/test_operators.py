"""The handbook for operators shows what really happens, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.operators import PAGES, render
from tests.rehearsal import ROOT

NAMES = sorted(page.name for page in PAGES.glob("*.md"))
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_prints_what_the_page_shows(name: str) -> None:
    text = (PAGES / name).read_text(encoding="utf-8")
    assert render(text) == text, f"python -m tests.operators {name.removesuffix('.md')}"


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    for path, anchor in _LINK.findall((PAGES / name).read_text(encoding="utf-8")):
        there = (PAGES / path).resolve() if path else PAGES / name
        assert there.is_file(), path
        assert ROOT in there.parents
        if anchor and there.suffix == ".md":
            assert anchor[1:] in anchors(there), (path, anchor)


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page, as GitHub makes them of its headings."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in heads}

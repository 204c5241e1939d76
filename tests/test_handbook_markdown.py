"""The Markdown of a handbook, read as GitHub reads it: texts stay texts, tables stay tables."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

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
)
from engine.handbook.flow import Flow, Outlet, Step
from engine.report.findings import printable
from engine.report.handbook_markdown import render_handbook_markdown
from tests.handbooks import HOSTILE, SHIPPED, hostile_handbook, shipped_handbook

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Blanks at the ends of a text mean nothing in Markdown, and runs of them are one.
TEXTS = st.one_of(
    st.text(st.sampled_from("`*_[]()<>!|#~&;:\\-+=. \n1aW@$\"'{}/"), min_size=1, max_size=30),
    st.text(min_size=1, max_size=30),
    st.sampled_from(["- a", "1. a", "# a", "> a", "===", "---", "www.example.com", "&amp;", "a\\"]),
).filter(lambda text: bool(text.strip()))


class Cells(HTMLParser):
    """Gathers the texts of some elements, and every element's name."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.texts: list[str] = []
        self.names: set[str] = set()
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        self.names.add(tag)
        if tag == self.wanted:
            self._inside = True
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != self.wanted

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data


def read(markdown: str, wanted: str) -> Cells:
    cells = Cells(wanted)
    cells.feed(READER.render(markdown))
    return cells


def book(*blocks: Block) -> Handbook:
    return Handbook("m", "1.0.0", "Title", (Span("lead"),), (), (Section("One", blocks),))


def flat(text: str) -> str:
    """Give a text with runs of blanks as one: that is how any reader shows them."""
    return " ".join(part for part in text.split(" ") if part)


def typed(text: str) -> str:
    """Give what people should see of a text."""
    return flat(printable(text.replace("\n", " ")))


@given(TEXTS)
def test_a_text_is_read_as_it_was_typed(text: str) -> None:
    spans = (Span(text),)
    blocks = (
        Paragraph(spans),
        Bullets((spans,)),
        Table("c", ("a", "b"), (Row((spans, (Span("x"),))),)),
    )
    markdown = render_handbook_markdown(book(*blocks))
    assert typed(text) in [flat(one) for one in read(markdown, "p").texts]
    assert typed(text) in [flat(one) for one in read(markdown, "li").texts]
    assert typed(text) in [flat(one) for one in read(markdown, "td").texts]


@given(TEXTS)
def test_a_word_of_machines_is_read_as_it_was_typed(text: str) -> None:
    spans = (Span(text, "code"),)
    table = Table("c", ("a", "b"), (Row((spans, (Span("x"),))),))
    cells = read(render_handbook_markdown(book(table)), "code")
    assert [flat(one) for one in cells.texts] == [flat(printable(text))]


@given(TEXTS, TEXTS)
def test_a_picture_holds_its_texts_in_its_own_lines(title: str, detail: str) -> None:
    flow = Flow(
        title, detail, (Step(title, detail, (detail,)),), title, (Outlet(title, detail, ""),), ""
    )
    lines = render_handbook_markdown(book(flow)).partition("```mermaid\n")[2].splitlines()
    fence = lines.index("```")
    assert len(lines[:fence]) == 9
    texts = re.findall(r'"(.*?)"', "\n".join(lines[:fence]))
    assert len(texts) == 5
    assert [
        text
        for text in texts
        if re.search(r"[`{}\[\]<>](?!br/>|$)|;(?<!\d;)", text.replace("<br/>", ""))
    ] == []


def test_a_heading_shows_its_name_as_a_word_of_machines() -> None:
    markdown = render_handbook_markdown(book(Heading("Call", "call-a", "a_b")))
    assert read(markdown, "h3").texts == ["Call (a_b)"]


def test_a_term_stands_out_from_what_it_means() -> None:
    pair = ((Span("a*b"),), (Span("c_d"),))
    assert read(render_handbook_markdown(book(Definitions((pair,)))), "strong").texts == ["a*b"]


def test_hostile_sentences_become_no_markup() -> None:
    markdown = render_handbook_markdown(hostile_handbook())
    found = read(markdown, "td")
    assert HOSTILE in found.texts
    assert found.names & {"script", "b", "img", "em"} == set()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_row_has_the_cells_of_its_table(name: str) -> None:
    widths: set[int] = set()
    for token in READER.parse(render_handbook_markdown(shipped_handbook(name))):
        if token.type == "tr_open":
            cells = 0
        elif token.type in ("td_open", "th_open"):
            cells += 1
        elif token.type == "tr_close":
            widths.add(cells)
        elif token.type == "table_close":
            assert len(widths) == 1
            widths.clear()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_link_leads_to_an_anchor_or_a_heading(name: str) -> None:
    markdown = render_handbook_markdown(shipped_handbook(name))
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', markdown))
    headings = re.findall(r"^## (.+)$", markdown, re.MULTILINE)
    # As GitHub makes an anchor of a heading.
    anchors |= {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings}
    links = set(re.findall(r"\]\(#([^)]+)\)", markdown))
    assert links - anchors == set()
    assert len(links) > 10

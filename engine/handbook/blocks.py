"""What a handbook is made of: sections of blocks, blocks of texts, texts of spans.

Whatever a mapping says stands in a span as plain text, so it cannot become markup anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from engine.handbook.flow import Flow


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text; with `to`, it leads to that anchor of the same page."""

    text: str
    kind: Literal["plain", "code", "strong"] = "plain"
    to: str = ""


Text = tuple[Span, ...]
Sayable = Text | Span | str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: Text


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of points."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms, each with what it means."""

    items: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; links may lead to its anchor. Its first cell names it."""

    cells: tuple[Text, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `figures` are the columns that hold amounts, `total` says the last row is a sum."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    figures: frozenset[int] = frozenset()
    total: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the section's own; `name` is how the mapping calls what follows."""

    title: str
    anchor: str
    name: str = ""


Block = Paragraph | Bullets | Definitions | Table | Heading | Flow


@dataclass(frozen=True, slots=True)
class Section:
    """A section; its anchor is what GitHub makes of its title."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        """Give the anchor that links lead to."""
        return re.sub(r"[^a-z0-9 -]", "", self.title.lower()).replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Handbook:
    """A whole handbook, or another page of its look: `kind` says which stands above the title.

    `facts` is what tells one version of the mapping from another.
    """

    mapping: str
    version: str
    title: str
    lead: Text
    facts: tuple[tuple[str, Text], ...]
    sections: tuple[Section, ...]
    kind: str = "Operating handbook"


def say(pattern: str, *parts: Sayable) -> Text:
    """Give a text: each `{}` of the pattern is one of the parts, and a part is never a pattern."""
    pieces = pattern.split("{}")
    spans = [Span(pieces[0])]
    for part, piece in zip(parts, pieces[1:], strict=True):
        spans += [*as_text(part), Span(piece)]
    return _merge(spans)


def as_text(part: Sayable) -> Text:
    """Give a text of whatever can be said."""
    if isinstance(part, str):
        return (Span(part),)
    return (part,) if isinstance(part, Span) else part


def code(word: str, to: str = "") -> Span:
    """Give a word as machines write it."""
    return Span(word, "code", to)


def strong(text: str) -> Span:
    """Give a text that stands out."""
    return Span(text, "strong")


def enumerate_words(parts: Iterable[Sayable], last: str = "and") -> Text:
    """Give `a, b and c`, each once."""
    texts = list(dict.fromkeys(as_text(part) for part in parts))
    spans: list[Span] = []
    for number, text in enumerate(texts):
        if number:
            spans.append(Span(f" {last} " if number == len(texts) - 1 else ", "))
        spans += text
    return _merge(spans)


def join_texts(parts: Iterable[Sayable], between: str) -> Text:
    """Give the texts one after the other, with the same words between any two."""
    spans: list[Span] = []
    for number, part in enumerate(parts):
        spans += [Span(between)] if number else []
        spans += as_text(part)
    return _merge(spans)


def sentence(text: Sayable) -> Text:
    """Give a text with a capital at its beginning and a full stop at its end."""
    spans = [span for span in as_text(text) if span.text]
    if not spans:
        return ()
    ended = spans[-1].kind != "plain" or spans[-1].text[-1] not in ".!?:"
    return capital(_merge([*spans, Span(".")] if ended else spans))


def capital(text: Sayable) -> Text:
    """Give a text with a capital at its beginning; a word of machines stays as it is."""
    spans = as_text(text)
    if not spans or spans[0].kind != "plain":
        return spans
    first = spans[0]
    return (replace(first, text=first.text[:1].upper() + first.text[1:]), *spans[1:])


def plain(text: Text) -> str:
    """Give the letters of a text."""
    return "".join(span.text for span in text)


def texts_of(blocks: Iterable[Block]) -> Iterator[Text]:
    """Give every text of blocks, pictures aside."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.items
        elif isinstance(block, Definitions):
            for pair in block.items:
                yield from pair
        elif isinstance(block, Table):
            for row in block.rows:
                yield from row.cells
        elif isinstance(block, Heading):
            yield (Span(f"{block.title} {block.name}"),)


def _merge(spans: Iterable[Span]) -> Text:
    merged: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if merged and (merged[-1].kind, merged[-1].to) == (span.kind, span.to) == ("plain", ""):
            merged[-1] = Span(merged[-1].text + span.text)
        else:
            merged.append(span)
    return tuple(merged)

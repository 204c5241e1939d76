"""What YAML offers and mappings do not use: directives, anchors, aliases, tags.

All of them make a text mean something else than it shows, or grow when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.events import AliasEvent, CollectionStartEvent, NodeEvent, ScalarEvent

from engine.problem import Place, Problem
from engine.yaml12.characters import quote
from engine.yaml12.source import Source

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_ANCHOR = re.compile(r"&[^\s,\[\]{}]*")
_TAG = re.compile(r"![^\s,\[\]{}]*")
_LITERAL = "delete it, or put a text that is meant literally in quotes"


def refuse_directives(source: Source) -> Iterator[Problem]:
    """Refuse `%` lines before the document; the parser tells of some of them only."""
    for number, line in enumerate(source.lines, start=1):
        if line.startswith("%"):
            place = Place(source.path, number, 1, number, len(line) + 1)
            yield source.problem("MD107", "directives are not used here", place, "delete the line")
        elif line.strip() and not line.lstrip().startswith("#"):
            return


def refuse_properties(event: NodeEvent, source: Source) -> Iterator[Problem]:
    """Refuse an alias, and what stands before a value: an anchor, a tag."""
    if isinstance(event, AliasEvent):
        told = f"alias {quote(f'*{event.anchor}')} is not used here"
        way_out = "write the value out, or put a text that is meant literally in quotes"
        yield source.problem("MD109", told, source.place_of(event), way_out)
        return
    if event.anchor is not None:
        place, written = _find(_ANCHOR, event, source)
        told = f"anchor {quote(written)} is not used here"
        yield source.problem("MD109", told, place, _LITERAL)
    if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
        place, written = _find(_TAG, event, source)
        told = f"tag {quote(written)} is not used here"
        yield source.problem("MD111", told, place, _LITERAL)


def refuse_half_characters(event: ScalarEvent, source: Source) -> Iterator[Problem]:
    r"""Refuse escapes like `\ud83d`, which PyYAML's own parser lets through."""
    if _HALF_CHARACTER.search(event.value):
        way_out = "write the character as it is"
        told = "an escape stands for half a character"
        yield source.problem("MD106", told, source.place_of(event), way_out)


def _find(written: re.Pattern[str], event: NodeEvent, source: Source) -> tuple[Place, str]:
    """Give a property's place and text; the event's own place may begin with the other one."""
    start = event.start_mark.index if event.start_mark else 0
    found = written.search(source.text, start)
    return (source.place(*found.span()), found[0]) if found else (source.place_of(event), "")

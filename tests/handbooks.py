"""Handbooks for tests: of the shipped mappings, and of one whose every text is hostile."""

from __future__ import annotations

import re
from functools import cache

from engine.check import check_mapping
from engine.commands.docs import write_handbook
from engine.handbook.blocks import Handbook
from engine.handbook.document import build_handbook
from tests.shipped import NOW, ORDERS, ROOT

SHIPPED = ("orders", "shipments", "catalogue")
# Markup of every kind, a word without end, a picture; what steers writing is refused on reading.
HOSTILE = (
    "<script>alert(1)</script> {{ 7 * 7 }} `code` **bold** | cell [a](https://example.com) "
    f"$x$ :smile: @someone #12 &amp; <b> _it_ {'W' * 90} \U0001f600"
)
# A row's `do` stands deeper than an exception's, and is no sentence.
_SENTENCE = re.compile(r"^( *(?:title|about|because)|    do): [^{\s].*$", re.MULTILINE)


@cache
def shipped_handbook(name: str) -> Handbook:
    """Give the handbook of a shipped mapping."""
    written = write_handbook(ROOT / f"mappings/debenhams/{name}.yaml")
    assert written.handbook is not None
    return written.handbook


@cache
def hostile_handbook() -> Handbook:
    """Give the handbook of the orders mapping with a hostile text in every sentence it may hold."""
    text = _SENTENCE.sub(rf"\1: '{HOSTILE}'", ORDERS.read_text(encoding="utf-8"))
    checked = check_mapping(text.encode(), "hostile.yaml", {})
    assert checked.spec is not None, [one.message for one in checked.problems]
    return build_handbook(checked.spec, (), NOW)

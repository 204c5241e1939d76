"""A document as programs read it."""

from __future__ import annotations

import orjson


def write_json(document: object) -> str:
    """Give a document as indented JSON text, with an end of line."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"

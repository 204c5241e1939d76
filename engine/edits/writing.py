"""Values written as YAML 1.2, plain where that is safe and quoted where it is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from engine.text import Json
from engine.yaml12.scalars import read_plain

_PLAIN = re.compile(r"[A-Za-z0-9_$/](?:[A-Za-z0-9_$/ .@+-]*[A-Za-z0-9_$/.+-])?")


def write_flow(value: Json) -> str:
    """Give a value in one line, `{a: 1, b: [c]}`."""
    if isinstance(value, dict):
        entries = (f"{write_flow(key)}: {write_flow(one)}" for key, one in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        return f"[{', '.join(write_flow(one) for one in value)}]"
    if not isinstance(value, str):
        return json.dumps(value)
    return value if _is_plain(value) else json.dumps(value, ensure_ascii=not value.isprintable())


def write_block(key: str, value: Json) -> Iterator[str]:
    """Give the lines of a key with its value, without indent; lists in one line."""
    if not isinstance(value, dict) or not value:
        yield f"{write_flow(key)}: {write_flow(value)}"
        return
    yield f"{write_flow(key)}:"
    for inner, one in value.items():
        yield from (f"  {line}" for line in write_block(inner, one))


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text):
        return False
    try:
        return read_plain(text) == text
    except ValueError:
        return False

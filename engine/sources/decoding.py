"""JSON texts decoded without losing anything: a key that stands twice is found, not overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterable

import orjson

# The deepest value that can be written out again, and so compared with its text.
_MOST_DEEP = 254


class DecodeError(ValueError):
    """A text that is no JSON, or nests too deeply; the message names places, never content."""


class Doubled(dict[str, object]):
    """An object in whose text the keys of `doubled` stand more than once."""

    doubled: tuple[str, ...] = ()


def decode(raw: bytes) -> tuple[object, bool]:
    """Give the value of a JSON text, and whether some object in it is `Doubled`.

    Raises DecodeError. A decoder keeps the last of two equal keys in silence; then fewer colons
    stand in the value, written out again, than in the text, for no other part of it gains or loses
    one unless it is escaped.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise DecodeError(_reason(error)) from None
    try:
        written = orjson.dumps(value)
    except TypeError:
        raise DecodeError(f"it nests deeper than {_MOST_DEEP} levels") from None
    if raw.count(b":") == written.count(b":") and b"\\u003" not in raw:
        return value, False
    return json.loads(raw, object_pairs_hook=_keep_doubled), True


def find_doubled(value: object) -> str:
    """Give a key that stands twice in an object anywhere in a value; empty when none does."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Doubled):
            return one.doubled[0]
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return ""


def _keep_doubled(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    doubled: list[str] = []
    for key, value in pairs:
        doubled += [key] if key in found else []
        found[key] = value
    if not doubled:
        return found
    marked = Doubled(found)
    marked.doubled = tuple(doubled)
    return marked


def _reason(error: orjson.JSONDecodeError) -> str:
    """Give the decoder's reason; it names places, never content."""
    return f"{error.msg} at column {error.colno}" if error.lineno == 1 else str(error.msg)

"""The orders of an answer, each as the text that Mirakl sent.

The text is cut out, not written again: a decoder that keeps numbers as floats may lose digits of
one that is longer than any price, and what was landed should be what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from engine.connections.words import plain
from engine.sources.decoding import DecodeError, Doubled, decode, find_doubled

_ENVELOPE = "orders"
_OPENING = re.compile(rf'"{_ENVELOPE}"\s*:\s*\[\s*')
_BETWEEN = re.compile(r"\s*,?\s*")
_LONGEST_KEY = 200


class PageError(ValueError):
    """An answer that is no page of orders; the message says why and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class OrderText:
    """One order: its JSON text as it came, decoded, its id, and why it cannot be read.

    `key` is empty without a usable `order_id`; `fault` is empty unless the value is no object or a
    key stands twice in it. Faulty orders are landed like any other, and held.
    """

    text: bytes
    value: object
    key: str
    fault: str = ""


def cut_orders(body: bytes) -> tuple[OrderText, ...]:
    """Give every order of an answer, in its order; PageError when the answer is no page."""
    try:
        page, doubled = decode(body)
    except DecodeError as error:
        shown = "it is HTML" if body.lstrip()[:1] == b"<" else str(error)
        raise PageError(f"its answer is not JSON: {shown}") from None
    if not isinstance(page, dict):
        raise PageError("its answer is not a JSON object")
    if isinstance(page, Doubled):
        raise PageError(f'"{plain(page.doubled[0], 40)}" stands twice in its answer')
    values = page.get(_ENVELOPE)
    if not isinstance(values, list):
        raise PageError(f"its answer has no list of orders{_error_of(page)}")
    texts = _cut(body, values)
    return tuple(
        _order(text, value, doubled=doubled) for text, value in zip(texts, values, strict=True)
    )


def _cut(body: bytes, values: list[object]) -> list[bytes]:
    """Cut the texts out; where they are not those of the values, these are written again."""
    try:
        texts = list(_scan(body.decode(), len(values)))
        if all(decode(text)[0] == value for text, value in zip(texts, values, strict=True)):
            return texts
    except ValueError:
        pass
    return [orjson.dumps(value) for value in values]


def _scan(text: str, number: int) -> Iterator[bytes]:
    """Give the texts of so many elements of the first list of orders; raises ValueError."""
    # This decoder tells where a value ends; what it makes of it is let go.
    decoder, found = json.JSONDecoder(), _OPENING.search(text)
    at = found.end() if found is not None else len(text)
    for _ in range(number):
        _, end = decoder.raw_decode(text, at)
        yield text[at:end].encode()
        between = _BETWEEN.match(text, end)
        at = between.end() if between is not None else end


def _order(text: bytes, value: object, *, doubled: bool) -> OrderText:
    if not isinstance(value, dict):
        return OrderText(text, value, "", "an order is an object, this is none")
    key = value.get("order_id")
    usable = isinstance(key, str) and 0 < len(key) <= _LONGEST_KEY and key.isprintable()
    twice = find_doubled(value) if doubled else ""
    if isinstance(value, Doubled) and "order_id" in value.doubled:
        usable = False
    fault = f'the key "{plain(twice, 40)}" stands twice in one object' if twice else ""
    return OrderText(text, value, str(key) if usable else "", fault)


def _error_of(page: dict[str, object]) -> str:
    said = plain(page.get("message"), 200)
    return f": {said}" if said else ""

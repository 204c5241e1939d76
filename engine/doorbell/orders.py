"""The ids of orders in what a sender sent; nothing else of it is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_IDS = 100
# How deep the envelopes of senders are opened.
_DEEPEST = 4
_ENVELOPES = ("payload", "data")
# No comma, which separates ids in Mirakl's query, and nothing that an address is made of.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}")


class NoOrders(ValueError):  # noqa: N818 - an answer to the sender
    """No orders can be taken from a body; the message says why, and nothing that it holds."""


def find_order_ids(body: object) -> list[str]:
    """Give the ids that a decoded body names, once each, in its order; NoOrders without any.

    They stand in `order_id`, `order_ids` or `orders`, at the top or within `payload` or `data`.
    """
    found: list[str] = []
    for one in _walk(body):
        if not isinstance(one, str) or not _ID.fullmatch(one):
            raise NoOrders("an order id is a text of 1 to 64 letters, digits and . _ : / # -")
        found.append(one)
    ids = list(dict.fromkeys(found))
    if not ids:
        raise NoOrders("no order_id, order_ids or orders was found")
    if len(ids) > MOST_IDS:
        raise NoOrders(f"more than {MOST_IDS} orders: send them in several messages")
    return ids


def _walk(body: object) -> Iterator[object]:
    """Give whatever stands where ids do."""
    level: list[object] = [body]
    for _ in range(_DEEPEST):
        inner: list[object] = []
        for node in level:
            if isinstance(node, list):
                inner += node
            if not isinstance(node, dict):
                continue
            if "order_id" in node:
                yield node["order_id"]
            yield from _list(node.get("order_ids"))
            for order in _list(node.get("orders")):
                yield order.get("order_id") if isinstance(order, dict) else order
            inner += [node[key] for key in _ENVELOPES if key in node]
        level = inner


def _list(value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise NoOrders("order_ids and orders are lists")
    return value

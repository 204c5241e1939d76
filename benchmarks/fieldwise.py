"""The same inputs read with jmespath.py, one expression per field: what a generic mapper does.

It reads and prints only; types, money, identity and consent are left out, in its favour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import jmespath
import orjson

RECORD = [
    "order_id",
    "last_updated_date",
    "created_date",
    "order_state",
    "currency_iso_code",
    "order_tax_mode",
    "total_price",
    "customer.customer_id",
    "customer.firstname",
    "customer.lastname",
    "customer_notification_email",
    "order_additional_fields[?code=='contact-email'].value | [0]",
    "order_additional_fields[?code=='marketing-optin'].value | [0]",
    "order_additional_fields[?code=='marketing-optin-url'].value | [0]",
    "order_additional_fields[?code=='marketing-optin-ip'].value | [0]",
    "order_additional_fields[?code=='marketing-optin-agent'].value | [0]",
    "shipping_company",
    "shipping_tracking_url",
    "shipping_type_label",
    "order_lines[].order_line_id",
    "order_lines[].order_line_state",
    "order_lines[].product_title",
    "order_lines[].offer_sku",
    "order_lines[].product_sku",
    "order_lines[].category_code",
    "order_lines[].quantity",
    "order_lines[].price_unit",
    "order_lines[].total_price",
    "order_lines[].shipped_date",
    "order_lines[].order_line_additional_fields[?code=='brand'].value | [0]",
    "order_lines[].taxes[].amount",
    "order_lines[].shipping_taxes[].amount",
    "order_lines[].refunds[].id",
    "order_lines[].refunds[].refund_state",
    "order_lines[].refunds[].amount",
    "order_lines[].refunds[].shipping_amount",
    "order_lines[].refunds[].fees[].amount",
    "order_lines[].cancelations[].id",
    "order_lines[].cancelations[].amount",
    "order_lines[].cancelations[].shipping_amount",
    "order_lines[].cancelations[].fees[].amount",
]


def map_texts(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Read every field of every order and print them, from JSON text to JSON text."""
    compiled: list[tuple[str, Any]] = [(text, jmespath.compile(text)) for text in RECORD]
    for text in texts:
        order = orjson.loads(text)
        yield orjson.dumps({name: path.search(order) for name, path in compiled})

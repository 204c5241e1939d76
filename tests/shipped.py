"""The shipped mapping, ready for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.contacts import UNASKED, Contacts
from engine.mapping import Mapping, compile_mapping

ROOT = Path(__file__).parent.parent
ORDERS = ROOT / "mappings/debenhams/orders.yaml"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def checked(path: Path = ORDERS, **params: Any) -> CheckedSpec:
    """Give a shipped mapping, checked, with parameter values."""
    result = check_mapping(path.read_bytes(), str(path), params)
    assert result.spec is not None, [str(problem.place) for problem in result.problems]
    return result.spec


@cache
def orders_mapping(*, masked: bool = False) -> Mapping:
    """Give the orders mapping at its defaults."""
    return compile_mapping(checked(), masked=masked)


def plan(order: dict[str, Any], contacts: Contacts = UNASKED, **params: Any) -> Any:
    """Give the plan record of one order."""
    mapping = compile_mapping(checked(**params), masked=False) if params else orders_mapping()
    return mapping.apply(order, contacts, NOW)


def line(**changes: Any) -> dict[str, Any]:
    """Give an order line that is right, with changes."""
    return {
        "order_line_id": "A-1",
        "order_line_state": "SHIPPED",
        "product_title": "Example Dress",
        "offer_sku": "DRESS-M",
        "product_sku": "P1",
        "category_code": "FA_DRESSES",
        "quantity": 1,
        "price_unit": 50.0,
        "price": 50.0,
        "shipping_price": 0.0,
        "total_price": 50.0,
        "shipped_date": "2026-02-28T12:00:00Z",
        "order_line_additional_fields": [{"code": "brand", "type": "STRING", "value": "Example"}],
        "taxes": [],
        "shipping_taxes": [],
        "cancelations": [],
        "refunds": [],
        "fees": [],
    } | changes


def order(**changes: Any) -> dict[str, Any]:
    """Give an order that is right, with changes; its total follows its lines."""
    made: dict[str, Any] = {
        "order_id": "DBN-1-A",
        "commercial_id": "DBN-1",
        "created_date": "2026-02-27T10:00:00Z",
        "last_updated_date": "2026-02-28T13:00:00Z",
        "order_state": "SHIPPED",
        "order_tax_mode": "TAX_INCLUDED",
        "currency_iso_code": "GBP",
        "customer": {"customer_id": "C-77", "firstname": "Ada", "lastname": "Thornbury"},
        "customer_notification_email": "ada@example.com",
        "order_additional_fields": [],
        "shipping_company": "Parcel Example",
        "shipping_tracking_url": "https://track.example.com/1",
        "shipping_type_label": "Standard",
        "order_lines": [line()],
    } | changes
    kept = [one for one in made["order_lines"] if one["order_line_state"] != "REFUSED"]
    for member in ("price", "shipping_price", "total_price"):
        made.setdefault(member, round(sum(one[member] for one in kept), 2))
    return made


def refund(amount: float | None, **changes: Any) -> dict[str, Any]:
    """Give a refund that is right, with changes."""
    return {
        "id": "R-1",
        "refund_state": "REFUNDED",
        "amount": amount,
        "shipping_amount": None,
        "fees": [],
        "taxes": [],
        "shipping_taxes": [],
    } | changes


PROOF = {
    "marketing-optin-url": "https://shop.example.com/checkout",
    "marketing-optin-ip": "192.0.2.7",
    "marketing-optin-agent": "Example Browser",
}


def opted(answer: str | None, *, without: str = "") -> list[dict[str, Any]]:
    """Give the order's custom fields with an answer to the opt-in box, and its proof."""
    fields = {"marketing-optin": answer, **PROOF}
    given = {code: value for code, value in fields.items() if code != without}
    made = [{"code": code, "type": "STRING", "value": value} for code, value in given.items()]
    return [] if answer is None else made

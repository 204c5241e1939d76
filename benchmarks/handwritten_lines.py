"""The money and products of an order, written by hand."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

REFUND_STATES = frozenset(
    {"WAITING_REFUND_TAX_CONFIRMATION", "WAITING_REFUND", "WAITING_REFUND_PAYMENT", "REFUNDED"}
)


class Held(Exception):  # noqa: N818 - not an error: the order waits
    """The order must wait."""


def pence(value: object) -> int:
    """Give an amount in pence; Held when it is not exact."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise Held
    amount = round(value * 100)
    if amount / 100 != value:
        raise Held
    return amount


def money_text(amount: int) -> str:
    """Give pence as text."""
    return f"{amount // 100}.{amount % 100:02d}"


def add_up(holder: Json, *members: str) -> int:
    """Give the sum of `amount` over lists of a holder."""
    total = 0
    for member in members:
        for entry in holder.get(member) or ():
            total += pence(entry["amount"])
    return total


def part_amount(part: Json, *, taxed: bool) -> int:
    """Give what a refund or cancelation amounts to."""
    total = pence(part.get("amount") or 0) + pence(part.get("shipping_amount") or 0)
    total += add_up(part, "fees")
    return total + add_up(part, "taxes", "shipping_taxes") if taxed else total


def custom(entries: list[Json] | None) -> dict[str, Any]:
    """Give custom field values by code."""
    return {entry["code"]: entry.get("value") for entry in entries or ()}


def map_lines(order: Json, *, taxed: bool) -> tuple[Json, list[Json]]:
    """Give the order's amounts in pence and its products."""
    listed = worth = refused = cancelled = refunded = settled = goods = delivery = 0
    products = []
    seen: set[str] = set()
    for line in order["order_lines"]:
        line_worth = pence(line["total_price"])
        if line["order_line_state"] != "REFUSED":
            listed += line_worth
            goods += pence(line["price"]) + (add_up(line, "taxes") if taxed else 0)
            delivery += pence(line["shipping_price"])
            delivery += add_up(line, "shipping_taxes") if taxed else 0
        if taxed:
            line_worth += add_up(line, "taxes", "shipping_taxes")
        line_refused = line_worth if line["order_line_state"] == "REFUSED" else 0
        for part in line.get("cancelations") or ():
            cancelled += part_amount(part, taxed=taxed)
        line_refunded = 0
        for part in line.get("refunds") or ():
            if part["id"] in seen:
                continue
            seen.add(part["id"])
            if part["refund_state"] not in REFUND_STATES:
                raise Held
            amount = part_amount(part, taxed=taxed)
            line_refunded += amount
            if part["refund_state"] == "REFUNDED":
                settled += amount
        worth += line_worth
        refused += line_refused
        refunded += line_refunded
        products.append(map_product(line, line_refunded, line_worth - line_refused - line_refunded))
    return {
        "listed": listed,
        "goods": goods,
        "delivery": delivery,
        "placed": worth + cancelled,
        "cancelled": cancelled,
        "refused": refused,
        "refunded": refunded,
        "settled": settled,
        "net": worth - refused - refunded,
    }, products


def map_product(line: Json, refunded: int, net: int) -> Json:
    """Give one product of the order record."""
    product: Json = {
        "name": (line.get("product_title") or "").strip() or "(untitled)",
        "sku": line["offer_sku"],
    }
    if line.get("product_sku"):
        product["product_id"] = line["product_sku"]
    product["price"] = pence(line["price_unit"]) / 100
    product["qty"] = line["quantity"]
    brand = custom(line.get("order_line_additional_fields")).get("brand")
    if brand:
        product["brand"] = brand.strip()
    if line.get("category_code"):
        product["category"] = line["category_code"].strip()
    product["line_status"] = line["order_line_state"]
    product["refunded"] = refunded / 100
    product["net"] = net / 100
    return product

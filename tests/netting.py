"""What an order is worth, worked out a second time: plain decimals, Mirakl's rules."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


def net_order(text: bytes | str, basis: str = "requested") -> dict[str, str]:
    """Give currency, placed, cancelled, refused, refunded, settled and net as decimal text."""
    order = json.loads(text, parse_float=Decimal)
    taxed = order["order_tax_mode"] == "TAX_EXCLUDED"
    current = refused = cancelled = refunded = settled = ZERO
    refunds_seen: set[str] = set()
    cancelations_seen: set[str] = set()
    for line in order["order_lines"]:
        worth = Decimal(line["total_price"]) + tax_of(line, taxed=taxed)
        if line["order_line_state"] == "REFUSED":
            refused += worth
        else:
            current += worth
        for cancelation in line["cancelations"]:
            if cancelation["id"] in cancelations_seen:
                continue
            cancelations_seen.add(cancelation["id"])
            cancelled += amount_of(cancelation, taxed=taxed)
        for refund in line["refunds"]:
            if refund["id"] in refunds_seen:
                continue
            refunds_seen.add(refund["id"])
            amount = amount_of(refund, taxed=taxed)
            refunded += amount
            if refund["refund_state"] == "REFUNDED":
                settled += amount
    placed = current + cancelled + refused
    net = placed - cancelled - refused - (settled if basis == "settled" else refunded)
    amounts = {
        "placed": placed,
        "cancelled": cancelled,
        "refused": refused,
        "refunded": refunded,
        "settled": settled,
        "net": net,
    }
    currency = order["currency_iso_code"]
    digits = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return {"currency": currency} | {
        name: str(amount.quantize(digits)) for name, amount in amounts.items()
    }


def amount_of(part: dict[str, Any], *, taxed: bool) -> Decimal:
    """Give what a refund or a cancelation amounts to."""
    goods = Decimal(part.get("amount") or 0) + Decimal(part.get("shipping_amount") or 0)
    fees = sum((Decimal(fee["amount"]) for fee in part.get("fees") or []), ZERO)
    return goods + fees + tax_of(part, taxed=taxed)


def tax_of(part: dict[str, Any], *, taxed: bool) -> Decimal:
    """Give the tax on top, which exists in the mode TAX_EXCLUDED only."""
    if not taxed:
        return ZERO
    taxes = [*(part.get("taxes") or []), *(part.get("shipping_taxes") or [])]
    return sum((Decimal(tax["amount"]) for tax in taxes), ZERO)

"""A line of an order as Mirakl's seller API shows it, with its cancelations and refunds."""

from __future__ import annotations

from datetime import datetime

from engine.sandbox.service import Json
from engine.sandbox.world.orders import REFUND_STEPS, Cancelation, Line, Order, Refund

CARRIED = ("SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED")
_TAX_PARTS = 6


def instant(moment: datetime) -> str:
    """Give a moment as Mirakl writes it: UTC, milliseconds only where there are some."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    thousandths = moment.microsecond // 1000
    return f"{text}.{thousandths:03d}Z" if thousandths else f"{text}Z"


def custom_field(code: str, value: str) -> Json:
    """Give a custom field as orders and lines carry it."""
    return {"code": code, "type": "STRING", "value": value}


def show_line(order: Order, line: Line, *, taxed: bool) -> Json:
    """Give a line as OR11 shows it; `taxed`: amounts without tax, and the tax beside them."""
    product = line.product
    goods, goods_tax = split_tax(line.due_goods, taxed=taxed)
    delivery, delivery_tax = split_tax(line.due_delivery, taxed=taxed)
    unit, _ = split_tax(product.price, taxed=taxed)
    fee = (goods + delivery) // 5
    return {
        "can_refund": order.state in CARRIED,
        "cancelations": [_cancelation(one, taxed=taxed) for one in line.cancelations],
        "category_code": product.category,
        "category_label": product.category_label,
        "commission_fee": pounds(fee),
        "commission_rate_vat": 20.0,
        "commission_taxes": [{"amount": pounds(fee // 5), "code": "VAT", "rate": 20.0}],
        "commission_vat": pounds(fee // 5),
        "created_date": instant(order.created),
        "debited_date": None,
        "description": None,
        "fees": [],
        "last_updated_date": instant(line.changed or order.created),
        "offer_id": product.offer_id,
        "offer_sku": product.sku,
        "offer_state_code": "11",
        "order_line_additional_fields": [custom_field("brand", product.brand)],
        "order_line_id": line.id,
        "order_line_index": line.index,
        "order_line_state": line.state,
        "order_line_state_reason_code": None,
        "order_line_state_reason_label": None,
        "origin_unit_price": pounds(unit),
        "price": pounds(goods),
        "price_additional_info": None,
        "price_unit": pounds(unit),
        "product_medias": [
            {"media_url": f"/media/{product.sku}.jpg", "mime_type": "JPG", "type": "LARGE"}
        ],
        "product_shop_sku": product.sku,
        "product_sku": product.product_sku,
        "product_title": product.title,
        "promotions": [],
        "quantity": line.units,
        "received_date": None,
        "refunds": [_refund(one, taxed=taxed) for one in line.refunds],
        "shipped_date": None if line.shipped is None else instant(line.shipped),
        "shipping_price": pounds(delivery),
        "shipping_price_additional_unit": None,
        "shipping_price_unit": None,
        "shipping_taxes": _taxes(delivery_tax),
        "taxes": _taxes(goods_tax),
        "total_commission": pounds(fee + fee // 5),
        "total_price": pounds(goods + delivery),
    }


def _cancelation(one: Cancelation, *, taxed: bool) -> Json:
    return {
        **_moved(one.goods, one.delivery, taxed=taxed),
        "created_date": instant(one.created),
        "id": one.id,
        "quantity": one.units,
        "reason_code": "16",
    }


def _refund(one: Refund, *, taxed: bool) -> Json:
    old_state = REFUND_STEPS[1] if one.state == REFUND_STEPS[0] else one.state
    return {
        **_moved(one.goods, one.delivery, taxed=taxed),
        "commission_tax_amount": 0.0,
        "created_date": instant(one.created),
        "id": one.id,
        "order_refund_id": f"{one.id}-B",
        "quantity": None,
        "reason_code": "17",
        "refund_state": one.state,
        "state": old_state,
        "transaction_date": None,
        "transaction_number": None,
    }


def _moved(goods: int, delivery: int, *, taxed: bool) -> Json:
    """Give what a refund and a cancelation say of their amounts."""
    amount, tax = split_tax(goods, taxed=taxed)
    shipping, shipping_tax = split_tax(delivery, taxed=taxed)
    return {
        "amount": pounds(amount),
        "commission_amount": 0.0,
        "commission_taxes": [],
        "commission_total_amount": 0.0,
        "fees": [],
        "shipping_amount": pounds(shipping) if delivery else None,
        "shipping_taxes": _taxes(shipping_tax),
        "taxes": _taxes(tax),
    }


def split_tax(whole: int, *, taxed: bool) -> tuple[int, int]:
    """Give an amount and the tax beside it: a sixth of it is tax where tax is a fifth on top."""
    tax = round(whole / _TAX_PARTS) if taxed else 0
    return whole - tax, tax


def _taxes(tax: int) -> list[Json]:
    if not tax:
        return []
    rule = {"code": "VAT", "rate": 20.0, "tax_calculation_rule": "PROPORTIONAL_TO_AMOUNT"}
    return [{"amount": pounds(tax), **rule}]


def pounds(pence: int) -> float:
    """Give pence as the number Mirakl shows."""
    return pence / 100

"""An order or offer as Mirakl's seller API shows it (OR11, OF21).

Cancelations are out of quantities and amounts, refunds are not; a refused line keeps its amounts
and the order's total leaves it out. In TAX_EXCLUDED mode amounts are shown without tax, and the
tax beside them. Addresses are open once the order is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from engine.sandbox.mirakl.lines import CARRIED, custom_field, instant, pounds, show_line
from engine.sandbox.service import Json
from engine.sandbox.world.goods import Product
from engine.sandbox.world.orders import Order, TaxMode

_HIDDEN = ("STAGING", "WAITING_ACCEPTANCE")
_PROOF = {
    "url": "https://shop.example.com/checkout",
    "ip": "192.0.2.7",
    "agent": "Example Browser 1.0",
}


def show_order(order: Order, mode: TaxMode) -> Json:
    """Give an order as OR11 shows it in a tax mode; without tax known, both modes are alike."""
    taxed = order.taxed and mode == "TAX_EXCLUDED"
    lines = [show_line(order, line, taxed=taxed) for line in order.lines]
    kept = [one for one in lines if one["order_line_state"] != "REFUSED"]
    goods = sum(line.due_goods for line in order.kept_lines)
    back = sum(one.goods for line in order.kept_lines for one in line.refunds)
    carried = order.state in CARRIED
    parcel = f"PE{order.id[4:10]}GB"
    return {
        "acceptance_decision_date": None if order.state in _HIDDEN else instant(order.created),
        "can_cancel": order.state == "SHIPPING",
        "can_shop_ship": order.state == "SHIPPING",
        "channel": None,
        "commercial_id": order.id[:-2],
        "created_date": instant(order.created),
        "currency_iso_code": "GBP",
        "customer": _customer(order),
        "customer_debited_date": None,
        "customer_directly_pays_seller": False,
        "customer_notification_email": order.relay,
        "delivery_date": {
            "earliest": instant(order.created + timedelta(days=3)),
            "latest": instant(order.created + timedelta(days=5)),
        },
        "fulfillment": {"center": {"code": "DEFAULT"}},
        "fully_refunded": bool(back) and back == goods,
        "has_customer_message": False,
        "has_incident": False,
        "has_invoice": False,
        "last_updated_date": instant(order.changed),
        "leadtime_to_ship": 2,
        "order_additional_fields": _custom_fields(order),
        "order_id": order.id,
        "order_lines": lines,
        "order_state": order.state,
        "order_state_reason_code": None,
        "order_state_reason_label": None,
        "order_tax_mode": mode,
        "paymentType": "CREDIT_CARD",
        "payment_type": "CREDIT_CARD",
        "payment_workflow": "PAY_ON_ACCEPTANCE",
        "price": _total(kept, "price"),
        "promotions": {"applied_promotions": [], "total_deduced_amount": 0.0},
        "quote_id": None,
        "shipping_company": "Parcel Example" if carried else None,
        "shipping_price": _total(kept, "shipping_price"),
        "shipping_tracking": parcel if carried else None,
        "shipping_tracking_url": f"https://track.example.com/{parcel}" if carried else None,
        "shipping_type_code": "STD",
        "shipping_type_label": "Standard Delivery",
        "shipping_zone_code": "GB1",
        "shipping_zone_label": "United Kingdom",
        "total_commission": _total(kept, "total_commission"),
        "total_price": _total(kept, "total_price"),
        "transaction_date": None,
        "transaction_number": None,
    }


def show_offer(product: Product) -> Json:
    """Give an offer as OF21 shows it."""
    price: Json = {
        "channel_code": None,
        "discount_end_date": None,
        "discount_start_date": None,
        "price": pounds(product.price),
        "unit_discount_price": None,
        "unit_origin_price": pounds(product.price),
        "volume_prices": [],
    }
    return {
        "active": True,
        "all_prices": [price],
        "applicable_pricing": price,
        "category_code": product.category,
        "category_label": product.category_label,
        "channels": [],
        "currency_iso_code": "GBP",
        "description": None,
        "fulfillment": {"center": {"code": "DEFAULT"}},
        "inactivity_reasons": [],
        "leadtime_to_ship": 2,
        "logistic_class": {"code": "S", "label": "Small"},
        "max_order_quantity": None,
        "min_order_quantity": None,
        "min_quantity_alert": None,
        "min_shipping_price": 3.95,
        "min_shipping_price_additional": 0.0,
        "min_shipping_type": "STD",
        "min_shipping_zone": "GB1",
        "offer_additional_fields": [],
        "offer_id": product.offer_id,
        "package_quantity": None,
        "price": pounds(product.price),
        "product_brand": product.brand,
        "product_references": [],
        "product_sku": product.product_sku,
        "product_title": product.title,
        "quantity": 25,
        "shipping_deadline": None,
        "shop_sku": product.sku,
        "state_code": "11",
        "total_price": pounds(product.price + 395),
    }


def _customer(order: Order) -> Json:
    shopper = order.shopper
    address = None
    if order.state not in _HIDDEN:
        address = {
            "city": "Exampleton",
            "civility": None,
            "company": None,
            "company_2": None,
            "country": "United Kingdom",
            "country_iso_code": "GBR",
            "firstname": shopper.first_name,
            "lastname": shopper.last_name,
            "phone": "07700 900123",
            "phone_secondary": None,
            "state": "Devonshire",
            "street_1": "1 Sample Street",
            "street_2": None,
            "zip_code": "ZZ1 9ZZ",
        }
    return {
        "accounting_contact": None,
        "billing_address": address,
        "civility": None,
        "customer_id": shopper.customer_id,
        "delivery_contact": None,
        "firstname": shopper.first_name,
        "lastname": shopper.last_name,
        "locale": "en_GB",
        "organization": None,
        "shipping_address": {**address, "additional_info": None} if address else None,
    }


def _custom_fields(order: Order) -> list[Json]:
    shopper = order.shopper
    fields = [custom_field("sales-app", "web")]
    if shopper.hands_over:
        fields.append(custom_field("contact-email", shopper.email))
    if shopper.answer is not None:
        answer = custom_field("marketing-optin", "true" if shopper.answer else "false")
        fields.append({**answer, "type": "BOOLEAN"})
        if shopper.proved:
            fields += [
                custom_field(f"marketing-optin-{part}", value) for part, value in _PROOF.items()
            ]
    return fields


def _total(lines: Iterable[Json], member: str) -> float:
    return pounds(sum(round(line[member] * 100) for line in lines))

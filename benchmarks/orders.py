"""Realistic fictional Mirakl orders, from a seed: every state, refund, tax mode and gap.

`python -m benchmarks.orders COUNT` prints them, one a line or as a page. Amounts obey Mirakl's
rules: cancelations are out of a line's amounts, refunds are not, a refused line keeps its total.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
import orjson

Json = dict[str, object]

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
STATES = (
    ["SHIPPED"] * 30
    + ["RECEIVED"] * 24
    + ["SHIPPING"] * 16
    + ["CLOSED"] * 12
    + ["TO_COLLECT"] * 3
    + ["STAGING", "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT"]
    + ["WAITING_ACCEPTANCE"] * 4
    + ["CANCELED"] * 4
    + ["REFUSED"] * 4
)
REFUND_STATES = [
    "REFUNDED",
    "REFUNDED",
    "WAITING_REFUND_PAYMENT",
    "WAITING_REFUND",
    "WAITING_REFUND_TAX_CONFIRMATION",
]
PROOF = {
    "url": "https://shop.example.com/checkout",
    "ip": "192.0.2.7",
    "agent": "Example Browser 1.0",
}
PEOPLE = [
    ("Ada", "Thornbury"),
    ("Grace", "O'Malley"),
    ("Zoë", "Harker"),
    ("Imran", "Siddiqui-Vale"),
    ("Mabel", "Ashdown"),
    ("Rhys", "Penhallow"),
    ("Chidi", "Okonkwo-Marsh"),
    ("Freya", "Lindqvist"),
]
GOODS = [
    ("Pleated Midi Dress", "Mantaray Test", "FA_DRESSES", 4500),
    ("Linen Blend Shirt", "Maine Sample", "FA_TOPS", 2899),
    ("Stoneware Mug, Set of 4", "Home Example", "HO_KITCHEN", 1950),
    ("Feather & Down Pillow", "Home Example", "HO_BEDDING", 3200),
    ("Leather Ankle Boots", "Faith Sample", "FA_SHOES", 8999),
    ("Vitamin C Serum 30ml", "Glow Example", "BE_SKINCARE", 1599),
]
TOWNS = [("Exampleton", "Devonshire"), ("Sampleford", "Kent"), ("Mockham", "Norfolk")]


def make_orders(count: int, seed: int) -> Iterator[Json]:
    """Give `count` orders, the same for the same seed, oldest first."""
    maker = _Maker(random.Random(seed))  # noqa: S311 - fiction, not secrets
    return (maker.order(number) for number in range(count))


def _pounds(pence: int) -> float:
    return pence / 100


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._customers: list[Json] = []

    def _often(self, share: float) -> bool:
        return self._chance.random() < share

    def _instant(self, moment: datetime) -> str:
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{text}.{self._chance.randrange(1, 999):03d}Z" if self._often(0.2) else f"{text}Z"

    def order(self, number: int) -> Json:
        """Make one order."""
        state = self._chance.choice(STATES)
        placed = START + timedelta(minutes=11 * number, seconds=self._chance.randrange(59))
        taxed = self._often(0.12)
        key = f"DBN-{104000 + number}-{'A' if self._often(0.9) else 'B'}"
        count = self._chance.choice([1, 1, 1, 2, 2, 3, 4, 6])
        lines = [self._line(key, index, state, placed, taxed) for index in range(1, count + 1)]
        kept = [line for line in lines if line["order_line_state"] != "REFUSED"]
        order: Json = {
            "acceptance_decision_date": None if state == "STAGING" else self._instant(placed),
            "can_cancel": state == "SHIPPING",
            "can_shop_ship": state == "SHIPPING",
            "channel": None,
            "commercial_id": key[:-2],
            "created_date": self._instant(placed),
            "currency_iso_code": "GBP",
            "customer": self._customer(state),
            "customer_debited_date": None,
            "customer_directly_pays_seller": False,
            "customer_notification_email": self._address(),
            "delivery_date": {
                "earliest": self._instant(placed + timedelta(days=3)),
                "latest": (placed + timedelta(days=5)).strftime("%Y-%m-%dT23:59:59.999Z"),
            },
            "fulfillment": {"center": {"code": "DEFAULT"}},
            "fully_refunded": False,
            "has_customer_message": self._often(0.05),
            "has_incident": False,
            "has_invoice": False,
            "last_updated_date": self._instant(placed + timedelta(hours=30)),
            "leadtime_to_ship": 2,
            "order_additional_fields": self._order_fields(),
            "order_id": key,
            "order_lines": lines,
            "order_state": state,
            "order_state_reason_code": None,
            "order_state_reason_label": None,
            "order_tax_mode": "TAX_EXCLUDED" if taxed else "TAX_INCLUDED",
            "paymentType": "CREDIT_CARD",
            "payment_type": "CREDIT_CARD",
            "payment_workflow": "PAY_ON_ACCEPTANCE",
            "price": _sum(kept, "price"),
            "promotions": {"applied_promotions": [], "total_deduced_amount": 0},
            "quote_id": None,
            "shipping_price": _sum(kept, "shipping_price"),
            **self._shipping(number, state),
            "total_commission": 0.0,
            "total_price": _sum(kept, "total_price"),
            "transaction_date": None,
            "transaction_number": None,
        }
        return order

    def _shipping(self, number: int, state: str) -> Json:
        parcel = f"PE{number:010d}GB"
        return {
            "shipping_company": "Parcel Example" if state != "SHIPPING" else None,
            "shipping_tracking": parcel if state != "SHIPPING" else None,
            "shipping_tracking_url": (
                f"https://track.example.com/{parcel}" if self._often(0.6) else None
            ),
            "shipping_type_code": "STD",
            "shipping_type_label": "Standard Delivery",
            "shipping_zone_code": "GB1",
            "shipping_zone_label": "United Kingdom",
        }

    def _order_fields(self) -> list[Json]:
        fields: list[Json] = [{"code": "sales-app", "type": "STRING", "value": "web"}]
        if self._often(0.7):
            answer = "true" if self._often(0.4) else "false"
            fields.append({"code": "marketing-optin", "type": "BOOLEAN", "value": answer})
            fields += [
                {"code": f"marketing-optin-{part}", "type": "STRING", "value": value}
                for part, value in PROOF.items()
                if self._often(0.9)
            ]
        return fields

    def _address(self) -> str | None:
        if self._often(0.03):
            return self._chance.choice([None, ""])
        if self._often(0.2):
            first, last = self._chance.choice(PEOPLE)
            plain = f"{first}.{last}".encode("ascii", "ignore").decode().replace("'", "").lower()
            return f"{plain}{self._chance.randrange(900)}@example.com"
        letters = "".join(self._chance.choices("abcdefghjkmnpqrstuvwxyz23456789", k=19))
        host = "us.notification.mirakl.net" if self._often(0.1) else "notification.mirakl.net"
        return f"r{letters[:10]}.{letters[10:]}@{host}"

    def _customer(self, state: str) -> Json:
        if self._customers and self._often(0.3):
            return self._chance.choice(self._customers)
        first, last = self._chance.choice(PEOPLE)
        number = self._chance.randrange(10**7)
        key = str(number) if self._often(0.7) else f"shopper{number}@example.com"
        address = None if state in ("STAGING", "WAITING_ACCEPTANCE") else self._place(first, last)
        customer: Json = {
            "accounting_contact": None,
            "billing_address": address,
            "civility": None,
            "customer_id": key,
            "delivery_contact": None,
            "firstname": first,
            "lastname": last,
            "locale": "en_GB" if self._often(0.5) else None,
            "organization": None,
            "shipping_address": {**address, "additional_info": None} if address else None,
        }
        self._customers.append(customer)
        return customer

    def _place(self, first: str, last: str) -> Json:
        town, county = self._chance.choice(TOWNS)
        return {
            "city": town,
            "civility": None,
            "company": None,
            "company_2": None,
            "country": "United Kingdom",
            "country_iso_code": "GBR",
            "firstname": first,
            "lastname": last,
            "phone": f"07700 900{self._chance.randrange(1000):03d}",
            "phone_secondary": None,
            "state": county,
            "street_1": f"{self._chance.randrange(1, 200)} Sample Street",
            "street_2": None,
            "zip_code": f"ZZ{self._chance.randrange(1, 99)} 9ZZ",
        }

    def _line(self, key: str, index: int, state: str, placed: datetime, taxed: bool) -> Json:  # noqa: FBT001
        title, brand, category, unit = self._chance.choice(GOODS)
        ordered = self._chance.choice([1, 1, 1, 2, 3])
        line_state, cancelled = self._line_state(state, ordered)
        quantity = ordered - cancelled
        fee = self._chance.choice([0, 0, 0, 0, 99])
        shipping = self._chance.choice([0, 0, 395, 499]) if quantity else 0
        fee = fee if quantity else 0
        goods = unit * quantity
        total = goods + shipping + fee
        shipped = state in ("SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED")
        brand_field = [{"code": "brand", "type": "STRING", "value": brand}]
        sku = f"{category[:2]}-{unit}-{'SML'[index % 3]}"
        return {
            "can_refund": shipped,
            "cancelations": self._cancelations(key, index, unit * cancelled, taxed),
            "category_code": category,
            "category_label": category[3:].title(),
            **_commission(total),
            "created_date": self._instant(placed),
            "debited_date": None,
            "description": None,
            "fees": [{"amount": _pounds(fee), "code": "SERVICE"}] if fee else [],
            "last_updated_date": self._instant(placed + timedelta(hours=30)),
            "offer_id": 2000 + unit,
            "offer_sku": sku,
            "offer_state_code": "11",
            "order_line_additional_fields": brand_field if self._often(0.7) else [],
            "order_line_id": f"{key}-{index}",
            "order_line_index": index,
            "order_line_state": line_state,
            "order_line_state_reason_code": None,
            "order_line_state_reason_label": None,
            "origin_unit_price": _pounds(unit),
            "price": _pounds(goods),
            "price_additional_info": None,
            "price_unit": _pounds(unit),
            "product_medias": [
                {"media_url": f"/media/{sku}.jpg", "mime_type": "JPG", "type": "LARGE"}
            ],
            "product_shop_sku": sku,
            "product_sku": f"P{unit}",
            "product_title": f"{brand} {title}",
            "promotions": [],
            "quantity": quantity,
            "received_date": None,
            "refunds": self._refunds(key, index, total, shipping, taxed)
            if shipped and line_state != "REFUSED"
            else [],
            "shipped_date": self._instant(placed + timedelta(hours=26)) if shipped else None,
            "shipping_price": _pounds(shipping),
            "shipping_price_additional_unit": None,
            "shipping_price_unit": None,
            "shipping_taxes": _tax(shipping) if taxed else [],
            "taxes": _tax(goods) if taxed else [],
            "total_price": _pounds(total),
        }

    def _line_state(self, state: str, ordered: int) -> tuple[str, int]:
        """Give the line's state and how many units of it were cancelled."""
        if state == "CANCELED":
            return "CANCELED", ordered
        if state != "REFUSED" and self._often(0.05):
            return "REFUSED", 0
        if self._often(0.06):
            cancelled = self._chance.randrange(1, ordered + 1)
            return ("CANCELED" if cancelled == ordered else state), cancelled
        return state, 0

    def _cancelations(self, key: str, index: int, amount: int, taxed: bool) -> list[Json]:  # noqa: FBT001
        if not amount:
            return []
        shipping = self._chance.choice([None, 0, 395])
        return [
            {
                "amount": _pounds(amount),
                "commission_amount": 0.0,
                "commission_taxes": [],
                "commission_total_amount": 0.0,
                "created_date": "2026-02-01T09:00:00Z",
                "id": f"{key}-{index}-C",
                "quantity": None,
                "reason_code": "16",
                "shipping_amount": None if shipping is None else _pounds(shipping),
                "shipping_taxes": _tax(shipping or 0) if taxed else [],
                "taxes": _tax(amount) if taxed else [],
            }
        ]

    def _refunds(self, key: str, index: int, total: int, shipping: int, taxed: bool) -> list[Json]:  # noqa: FBT001
        left = total - shipping
        refunds: list[Json] = []
        if not self._often(0.18):
            return refunds
        for number in range(self._chance.choice([1, 1, 1, 2, 3])):
            amount = self._chance.choice([None, 0, left, left // 2, left // 3])
            back = shipping if not refunds and self._often(0.4) else 0
            left -= amount or 0
            state = self._chance.choice(REFUND_STATES)
            refunds.append(
                {
                    "amount": None if amount is None else _pounds(amount),
                    "commission_amount": 0.0,
                    "commission_tax_amount": 0.0,
                    "commission_taxes": [],
                    "commission_total_amount": 0.0,
                    "created_date": "2026-02-03T09:00:00Z",
                    "fees": [],
                    "id": f"{key}-{index}-R{number}",
                    "order_refund_id": f"{key}-B{number}",
                    "quantity": self._chance.choice([None, 0, 1]),
                    "reason_code": "17",
                    "refund_state": state,
                    "shipping_amount": _pounds(back) if back else None,
                    "shipping_taxes": _tax(back) if taxed else [],
                    "state": state if state in REFUND_STATES[:4] else "WAITING_REFUND",
                    "taxes": _tax(amount or 0) if taxed else [],
                    "transaction_date": None,
                    "transaction_number": None,
                }
            )
        return refunds


def _commission(total: int) -> Json:
    """Give a fifth of a line as commission, with tax on it."""
    return {
        "commission_fee": _pounds(total // 5),
        "commission_rate_vat": 20.0,
        "commission_taxes": [{"amount": _pounds(total // 25), "code": "VAT", "rate": 20.0}],
        "commission_vat": _pounds(total // 25),
        "total_commission": _pounds(total // 5 + total // 25),
    }


def _tax(amount: int) -> list[Json]:
    """Give a fifth of an amount as tax."""
    if not amount:
        return []
    return [
        {
            "amount": _pounds(amount // 5),
            "code": "VAT",
            "rate": 20.0,
            "tax_calculation_rule": "PROPORTIONAL_TO_AMOUNT",
        }
    ]


def _sum(lines: list[Json], member: str) -> float:
    return _pounds(sum(round(float(str(line[member])) * 100) for line in lines))


@click.command()
@click.argument("count", type=int)
@click.option("--seed", default=1, help="The same seed gives the same orders.")
@click.option("--form", type=click.Choice(["ndjson", "page"]), default="ndjson", help="The form.")
def main(count: int, seed: int, form: str) -> None:
    """Print fictional orders."""
    output = sys.stdout.buffer
    orders = make_orders(count, seed)
    if form == "page":
        output.write(orjson.dumps({"orders": list(orders), "total_count": count}))
        return
    output.writelines(orjson.dumps(order, option=orjson.OPT_APPEND_NEWLINE) for order in orders)


if __name__ == "__main__":
    main()

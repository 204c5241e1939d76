"""The shipped orders mapping written by hand: Python and orjson, as a careful engineer would.

It is the yardstick of `benchmarks.compare` and a second implementation for the tests: for every
order that is not malformed it must print the same bytes as the compiled mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from benchmarks.handwritten_lines import Held, Json, custom, map_lines, money_text, pence

LONDON = ZoneInfo("Europe/London")
SALES = frozenset({"SHIPPING", "SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED"})
SHIPPED = frozenset({"SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED"})
JOURNEY = frozenset({"SHIPPED", "TO_COLLECT", "RECEIVED"})
STATES = SALES | {
    "STAGING",
    "WAITING_ACCEPTANCE",
    "WAITING_DEBIT",
    "WAITING_DEBIT_PAYMENT",
    "REFUSED",
    "CANCELED",
    "WAITING_REFUND",
    "WAITING_REFUND_PAYMENT",
}
ANSWERS = {"true": "TICKED", "yes": "TICKED", "false": "NOT_TICKED", "no": "NOT_TICKED"}
TWO_WEEKS = timedelta(days=14)
PROOF = ("marketing-optin-url", "marketing-optin-ip", "marketing-optin-agent")
PROVED = "the box was ticked at checkout, and where, when and by whom is on record"
UNPROVED = "a tick without its page, IP address and browser proves no consent"
RELAYED = "a relay address belongs to the marketplace and is never marketed to"
ROWS = {
    "PROVED": (1, "add_subscribed", True, PROVED),
    "TICKED": (2, "add_unsubscribed", False, UNPROVED),
    "NOT_TICKED": (3, "add_unsubscribed", False, "the box was left empty at checkout"),
    "NOT_ASKED": (4, "add_unsubscribed", False, "silence is not consent"),
    "UNCLEAR": (5, "add_unsubscribed", False, "an answer we cannot read is not consent"),
    "RELAY": (6, "add_unsubscribed", False, RELAYED),
}


def is_relay(address: str) -> bool:
    """Tell relay addresses."""
    domain = address.rpartition("@")[2].lower()
    return domain == "notification.mirakl.net" or domain.endswith(".notification.mirakl.net")


def mask(text: str) -> str:
    """Mask a personal text."""
    name, at, domain = text.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return "https://***" if text.startswith("http") else f"{text[:1]}***"


def said(answer: str | None, proof: list[str | None]) -> str:
    """Give what was said at the opt-in box."""
    box = ANSWERS.get(answer.strip(), "UNCLEAR") if answer else "NOT_ASKED"
    return "PROVED" if box == "TICKED" and all(proof) else box


def consent_record(placed_at: str, proof: list[str | None]) -> Json:
    """Give the proof of an opt-in."""
    url, address, agent = (mask(part or "") for part in proof)
    return {
        "text": "Yes, please send me offers by e-mail",
        "dateTimeConsented": placed_at,
        "url": url,
        "ipAddress": address,
        "userAgent": agent,
    }


def joined(products: list[Json], member: str) -> str | None:
    """Give the distinct values of a member as one text."""
    values = dict.fromkeys(product[member] for product in products if member in product)
    return ", ".join(values)[:1000] or None


class OrderMapper:
    """Maps orders as `mappings/debenhams/orders.yaml` does, without Dotdigital's answers."""

    def __init__(self, rules: dict[str, str], now: datetime) -> None:
        self.rules = rules
        self.now = now

    def map(self, order: Json) -> Json:
        """Give the plan record of one order; raises Held when it must wait."""
        key, version = order["order_id"], order["last_updated_date"]
        placed_at = datetime.fromisoformat(order["created_date"])
        if order["order_state"] not in STATES:
            raise Held
        amounts, products = map_lines(order, taxed=order["order_tax_mode"] == "TAX_EXCLUDED")
        if amounts["listed"] != pence(order["total_price"]) or amounts["net"] < 0:
            raise Held
        fields = custom(order.get("order_additional_fields"))
        customer = order["customer"]
        address = fields.get("contact-email") or order.get("customer_notification_email")
        if not address or not customer.get("customer_id"):
            raise Held
        relay = is_relay(address)
        person = sha256(f"debenhams\n{customer['customer_id']}".encode()).hexdigest()[:32]
        proof = [fields.get(code) for code in PROOF]
        row = ROWS["RELAY" if relay else said(fields.get("marketing-optin"), proof)]
        consent = {
            "decision": row[1],
            "row": row[0],
            "because": row[3],
            "may_market": row[2],
            "rule": self.rules[f"row{row[0]}"],
        }
        record: Json = {
            "key": key,
            "order_version": version,
            "outcome": "planned",
            "money": {"currency": order["currency_iso_code"]}
            | {
                name: money_text(amounts[name])
                for name in ("placed", "cancelled", "refused", "refunded", "settled", "net")
            },
            "identity": {
                "person": person,
                "email": mask(address),
                "email_masked": relay,
                "contact": "not_asked",
            },
            "consent": consent,
            "calls": [],
            "left_out": [],
            "exceptions": [],
        }
        if order["order_state"] not in SALES:
            raise Held
        self.add_contact(record, order, products, amounts["net"], address)
        if row[1] == "add_subscribed":
            record["calls"][0]["body"]["consentRecords"] = [
                consent_record(order["created_date"], proof)
            ]
        self.add_records(record, order, products, amounts, placed_at)
        self.add_journey(
            record, order, may_market=row[2] and not relay, net=amounts["net"], placed_at=placed_at
        )
        return record

    def add_contact(
        self, record: Json, order: Json, products: list[Json], net: int, address: str
    ) -> None:
        """Add the creation of the contact."""
        customer, consent = order["customer"], record["consent"]
        first = (customer.get("firstname") or "").strip()
        last = (customer.get("lastname") or "").strip()
        fields: Json = {}
        if first:
            fields["FIRSTNAME"] = mask(first)
        if last:
            fields["LASTNAME"] = mask(last)
        if first and last:
            fields["FULLNAME"] = mask(f"{first} {last}")
        fields["MIRAKL_PERSON"] = record["identity"]["person"]
        fields["MKT_FIRST_ORDER"] = fields["MKT_LAST_ORDER"] = order["created_date"]
        fields["MKT_ORDERS"] = 1
        fields["MKT_NET_VALUE"] = net / 100
        fields["MKT_CURRENCY"] = order["currency_iso_code"]
        for name, member in (
            ("MKT_LAST_BRANDS", "brand"),
            ("MKT_LAST_SKUS", "sku"),
            ("MKT_LAST_CATEGORIES", "category"),
        ):
            text = joined(products, member)
            if text is not None:
                fields[name] = text
        lists = [1002, 1001] if consent["may_market"] else [1002]
        record["calls"].append(
            {
                "id": f"contact_create:{record['identity']['person']}",
                "send": "contact_create",
                "operation": "contacts.create",
                "lane": "event",
                "method": "POST",
                "path": "/contacts/v3",
                "query": {},
                "body": {
                    "identifiers": {"email": mask(address)},
                    "channelProperties": {
                        "email": {"status": consent["decision"].removeprefix("add_")}
                    },
                    "dataFields": fields,
                    "lists": lists,
                },
                "idempotent": True,
                "because": [self.rules["contact_create"], consent["rule"]],
            }
        )
        record["left_out"].append(self.left_out("contact_update"))

    def left_out(self, send: str) -> Json:
        """Give the reason why a send does not apply."""
        return orjson.loads(self.rules[f"left_out:{send}"])  # type: ignore[no-any-return]

    def add_records(
        self, record: Json, order: Json, products: list[Json], amounts: Json, placed_at: datetime
    ) -> None:
        """Add the order record and the shipment event."""
        key, version = record["key"], record["order_version"]
        address = record["calls"][0]["body"]["identifiers"]["email"]
        base = f"/insightData/v3/contacts/email/{quote(address, safe='*')}"
        body: Json = {
            "id": key,
            "order_status": order["order_state"],
            "purchase_date": order["created_date"],
            "purchase_day": placed_at.astimezone(LONDON).date().isoformat(),
            "currency": order["currency_iso_code"],
            "order_total": amounts["net"] / 100,
            "order_subtotal": amounts["goods"] / 100,
            "delivery_total": amounts["delivery"] / 100,
            "placed_total": amounts["placed"] / 100,
            "cancelled_total": amounts["cancelled"] / 100,
            "refused_total": amounts["refused"] / 100,
            "refunded_total": amounts["refunded"] / 100,
            "settled_total": amounts["settled"] / 100,
        }
        if order.get("shipping_type_label"):
            body["delivery_method"] = order["shipping_type_label"].strip()
        body["products"] = products
        record["calls"].append(
            self.put("order_record", f"{key}@{version}", f"{base}/Orders/{key}", body)
        )
        if order["order_state"] not in SHIPPED:
            record["left_out"].append(self.left_out("shipment"))
            return
        event: Json = {"order_id": key, "order_status": order["order_state"]}
        if order.get("shipping_company"):
            event["carrier"] = order["shipping_company"].strip()
        if order.get("shipping_tracking_url"):
            event["tracking_url"] = mask(order["shipping_tracking_url"])
        event["items"] = [map_item(line) for line in order["order_lines"]]
        record["calls"].append(
            self.put("shipment", f"{key}@{version}", f"{base}/Shipments/{key}", event)
        )

    def put(self, send: str, effect: str, path: str, body: Json) -> Json:
        """Give the call that writes one record."""
        return {
            "id": f"{send}:{effect}",
            "send": send,
            "operation": "insight.put",
            "lane": "event",
            "method": "PUT",
            "path": path,
            "query": {},
            "body": body,
            "idempotent": True,
            "because": [self.rules[send]],
        }

    def add_journey(
        self,
        record: Json,
        order: Json,
        *,
        may_market: bool,
        net: int,
        placed_at: datetime,
    ) -> None:
        """Add the enrolment, or the reason why there is none."""
        reason = ""
        if not may_market:
            reason = "may_market" if not record["consent"]["may_market"] else "address"
        elif order["order_state"] not in JOURNEY:
            reason = "state"
        elif net <= 0:
            reason = "net"
        elif self.now - placed_at > TWO_WEEKS:
            reason = "age"
        if reason:
            record["left_out"].append(self.left_out(f"post_purchase:{reason}"))
            return
        person = record["identity"]["person"]
        record["calls"].append(
            {
                "id": f"post_purchase:{person}:{record['key']}",
                "send": "post_purchase",
                "operation": "programmes.enrol",
                "lane": "event",
                "method": "POST",
                "path": "/v2/programs/enrolments",
                "query": {},
                "body": {
                    "programId": 2001,
                    "contacts": [{"$answer": "contact_create.contactId"}],
                },
                "idempotent": False,
                "because": [self.rules["post_purchase"], record["consent"]["rule"]],
            }
        )


def map_item(line: Json) -> Json:
    """Give one item of the shipment event."""
    item: Json = {"sku": line["offer_sku"], "qty": line["quantity"]}
    if line.get("shipped_date"):
        item["shipped_at"] = line["shipped_date"]
    return item


def map_texts(mapper: OrderMapper, texts: Iterable[bytes]) -> Iterator[bytes | None]:
    """Map orders from JSON text to JSON text; None stands for one that is held."""
    for text in texts:
        try:
            yield orjson.dumps(mapper.map(orjson.loads(text)), option=orjson.OPT_APPEND_NEWLINE)
        except Held:
            yield None

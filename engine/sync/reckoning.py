"""What one order is worth on each side: to Mirakl, to our ledger, and in Dotdigital's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from engine.connections.listings import InsightRecord
from engine.contacts import UNASKED
from engine.problem import Failure
from engine.spec.send import LiteralValue, Send
from engine.state.surveys import Decided
from engine.sync.flow import Flow, PayloadError, read_payload


@dataclass(frozen=True, slots=True)
class Worth:
    """An amount in a currency, which may be unknown ('')."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Counted:
    """An order as the mapping counts it on its payload now.

    `worth` is None where the mapping cannot tell it, and `codes` say why. `is_sale`: it counts as a
    sale. `placed_at` is None where it cannot be read.
    """

    worth: Worth | None
    codes: tuple[str, ...]
    is_sale: bool
    placed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How the worth of an order is found: the mapping's `total`, and where its record holds it.

    `placed` is the read that tells when the customer ordered, `placed_member` where the record
    holds that; both '' where the mapping has none.
    """

    flow: Flow
    total: str
    collection: str
    member: str
    currency_member: str
    placed: str
    placed_member: str
    line: str

    def count(self, payload: str, now: datetime) -> Counted:
        """Give what an order is worth by the mapping's own money section."""
        try:
            probed = self.flow.mapping.apply(read_payload(payload), UNASKED, now)
        except PayloadError:
            return Counted(None, ("UNREADABLE_ORDER",), is_sale=True, placed_at=None)
        plan, values = probed.plan, probed.values
        codes = tuple(one["code"] for one in plan["exceptions"] if one["level"] != "note")
        money = plan["money"]
        worth = None
        if money is not None and self.total in money:
            worth = Worth(Decimal(money[self.total]), money["currency"])
        return Counted(
            worth=worth,
            codes=codes,
            # What cannot be read may be a sale: it is told, not passed over.
            is_sale=values.get("record.counts", "yes") == "yes",
            placed_at=_read_moment(values.get(self.placed)),
        )

    def read_decided(self, row: Decided) -> Worth | None:
        """Give what our ledger says; None where it says nothing."""
        money = orjson.loads(row.money)
        if not isinstance(money, dict) or self.total not in money:
            return None
        return Worth(Decimal(money[self.total]), str(money.get("currency", "")))

    def placed_of(self, row: Decided) -> datetime | None:
        """Give when the customer ordered, by our ledger, where it keeps that."""
        share = orjson.loads(row.share)
        return _read_moment(share.get(self.placed)) if isinstance(share, dict) else None

    def read_record(self, record: InsightRecord) -> Worth | None:
        """Give what Dotdigital's record says; None where it holds no amount."""
        amount = record.json.get(self.member)
        if isinstance(amount, bool) or not isinstance(amount, int | float | str):
            return None
        try:
            value = Decimal(str(amount))
        except InvalidOperation:
            return None
        currency = record.json.get(self.currency_member)
        return Worth(value, currency if isinstance(currency, str) else "")

    def placed_of_record(self, record: InsightRecord) -> datetime | None:
        """Give when the customer ordered, by Dotdigital's record."""
        return _read_moment(record.json.get(self.placed_member))

    def write(self, worth: Worth | None) -> str:
        """Give an amount as decimal text with its currency's digits, or more where it has them."""
        if worth is None:
            return ""
        digits = self.flow.mapping.checked.source.digits.get(worth.currency, 2)
        fitting = worth.value.quantize(Decimal(1).scaleb(-digits))
        return format(fitting if fitting == worth.value else worth.value, "f")


def make_reckoning(flow: Flow) -> Reckoning:
    """Find where a mapping puts the worth of an order; Failure where it puts it nowhere."""
    checked = flow.mapping.checked
    money = checked.spec.money
    if money is None:
        raise Failure(f"the mapping {flow.name} has no money section: nothing to reconcile")
    placed = next((name for name, one in checked.inputs.reads.items() if one.given), "")
    total = _pick_total(flow)
    for name, send in checked.spec.send.items():
        member = _member_of(send, total)
        if checked.target.operations[send.operation].fields == "record" and member:
            return Reckoning(
                flow=flow,
                total=total,
                collection=_collection_of(flow, send),
                member=member,
                currency_member=_member_of(send, money.currency),
                placed=placed,
                placed_member=_member_of(send, placed),
                line=checked.line_of(("send", name, "fields", member)),
            )
    raise Failure(f"no record of the mapping {flow.name} carries its total {total}")


def _pick_total(flow: Flow) -> str:
    """Give the total that a person's value is made of, else the last one that is reported."""
    spec = flow.mapping.checked.spec
    figures = spec.lifetime.figures.values() if spec.lifetime is not None else ()
    summed = [one.of for one in figures if one.kind == "total" and one.of is not None]
    if summed:
        return summed[0]
    report = spec.money.report if spec.money is not None else []
    if not report:
        raise Failure(f"the mapping {flow.name} reports no total: nothing to reconcile")
    return report[-1]


def _member_of(send: Send, name: str) -> str:
    return next((member for member, value in send.fields.items() if value == name), "")


def _collection_of(flow: Flow, send: Send) -> str:
    value = send.to.get("collection")
    if isinstance(value, LiteralValue):
        return str(value.literal)
    return str(flow.mapping.checked.params.values[str(value).removeprefix("$")])


def _read_moment(value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None

"""The answers of Mirakl's accounts: the transaction log (TL02) and the billing cycles (SBC11).

As documented: pages by a token beside which nothing else counts, at most 2000 and 1000 in one, the
log 20 times a minute and 60 an hour, the cycles once a day and as many times as they have pages.
"""

from __future__ import annotations

import base64
import binascii
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import orjson

from engine.sandbox.clock import SandboxClock
from engine.sandbox.mirakl.asking import error, pick_range, read_moment, within
from engine.sandbox.mirakl.books import Booked, Cycle, book, close_cycles
from engine.sandbox.mirakl.lines import instant, pounds
from engine.sandbox.service import Answer, Json, Parts, Refused, Request
from engine.sandbox.world.life import World

_PAGE, _LARGEST_LOG_PAGE, _LARGEST_CYCLE_PAGE = 10, 2000, 1000
_MOST_VALUES = 100
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SALES = ("ORDER_AMOUNT", "ORDER_SHIPPING_AMOUNT")
_REFUNDS = ("REFUND_ORDER_AMOUNT", "REFUND_ORDER_SHIPPING_AMOUNT")
_CREDITS = ("MANUAL_CREDIT", "MANUAL_CREDIT_VAT")
_INVOICES = ("MANUAL_INVOICE", "MANUAL_INVOICE_VAT")
_CHOICES = ("transaction_type", "order_id", "payment_state", "seller_billing_cycle_id")
Row = TypeVar("Row", Booked, Cycle)


@dataclass(slots=True)
class Meter:
    """Calls of the last while; each limit is a number of calls and a time."""

    limits: Sequence[tuple[int, timedelta]]
    _calls: deque[datetime] = field(default_factory=deque)

    def take(self, now: datetime) -> None:
        """Count a call; Refused with 429 where it is one too many."""
        for most, time in self.limits:
            recent = [one for one in self._calls if one > now - time]
            if len(recent) >= most:
                wait = int((recent[-most] + time - now).total_seconds()) + 1
                raise Refused(error(429, "Too many requests", {"Retry-After": str(wait)}))
        self._calls.append(now)
        while self._calls[0] <= now - _DAY:
            self._calls.popleft()


@dataclass(slots=True)
class Accounts:
    """The accounts of the shop of a world."""

    world: World
    clock: SandboxClock
    _log_calls: Meter = field(default_factory=lambda: Meter([(20, _MINUTE), (60, _HOUR)]))
    _cycle_calls: Meter = field(default_factory=lambda: Meter([(1, _DAY)]))

    def list_log(self, request: Request, _parts: Parts) -> Answer:
        """Answer TL02."""
        self._log_calls.take(self.clock.now())
        asked, after = _read_token(request)
        stamp = _stamp_of(asked)
        booked = book(self.world)
        cycles = {line.id: one.id for one in close_cycles(self.world, booked) for line in one.lines}
        is_wanted = _chooser(asked, self.world.now)
        lines = [one for one in booked if is_wanted(one, _cycle_of(one, cycles))]
        lines.sort(key=lambda one: (stamp(one), one.id), reverse=asked.value("order") != "asc")

        def show(one: Booked) -> Json:
            return _show_booked(one, _cycle_of(one, cycles))

        return _page(asked, after, lines, _LARGEST_LOG_PAGE, show)

    def list_cycles(self, request: Request, _parts: Parts) -> Answer:
        """Answer SBC11."""
        if not request.value("page_token"):
            self._cycle_calls.take(self.clock.now())
        asked, after = _read_token(request)
        created = pick_range(asked.value("start_date"), asked.value("end_date"))
        ids, currencies = asked.values("id"), asked.values("currency")
        cycles = [
            one
            for one in close_cycles(self.world, book(self.world))
            if within(one.closed, created)
            and (not ids or one.id in ids)
            and (not currencies or "GBP" in currencies)
        ]
        return _page(asked, after, cycles, _LARGEST_CYCLE_PAGE, _show_cycle)


def _read_token(request: Request) -> tuple[Request, str]:
    """Give what was asked for first, and behind which id it goes on; '' at the beginning."""
    token = request.value("page_token")
    if not token:
        return request, ""
    try:
        kept = orjson.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, orjson.JSONDecodeError):
        raise Refused(error(400, "page_token is not one of ours")) from None
    return Request("GET", request.path, kept["query"]), str(kept["after"])


def _page(
    asked: Request,
    after: str,
    rows: Sequence[Row],
    largest: int,
    show: Callable[[Row], Json],
) -> Answer:
    try:
        limit = int(asked.value("limit", str(_PAGE)))
    except ValueError:
        limit = 0
    if not 0 < limit <= largest:
        raise Refused(error(400, f"limit is 1 to {largest}"))
    start = next((place for place, one in enumerate(rows, 1) if one.id == after), 0)
    data = [show(one) for one in rows[start : start + limit]]
    body: Json = {"data": data}
    if start + limit < len(rows):
        kept = {"query": {key: list(one) for key, one in asked.query.items()}}
        text = orjson.dumps({**kept, "after": data[-1]["id"]})
        body["next_page_token"] = base64.urlsafe_b64encode(text).decode()
    return Answer(200, body)


def _stamp_of(asked: Request) -> Callable[[Booked], datetime]:
    if asked.value("sort", "dateCreated") == "lastUpdated":
        return lambda one: one.updated
    return lambda one: one.created


def _cycle_of(one: Booked, cycles: Mapping[str, str]) -> str:
    return one.cycle or cycles.get(one.id, "")


def _chooser(asked: Request, now: datetime) -> Callable[[Booked, str], bool]:
    """Give whether a line, in a cycle, is one that was asked for."""
    created = pick_range(asked.value("date_created_from"), asked.value("date_created_to"))
    updated = (read_moment(asked.value("last_updated_from")), None)
    chosen = {name: set(asked.values(name)) for name in _CHOICES}
    for name, values in chosen.items():
        if len(values) > _MOST_VALUES:
            raise Refused(error(400, f"{name} takes at most {_MOST_VALUES} values"))

    def is_wanted(one: Booked, cycle: str) -> bool:
        order = one.order.id if one.order is not None else ""
        told = (one.type, order, _state(one, cycle), cycle)
        return (
            one.created <= now
            and within(one.created, created)
            and within(one.updated, updated)
            and all(
                not chosen[name] or value in chosen[name]
                for name, value in zip(_CHOICES, told, strict=True)
            )
        )

    return is_wanted


def _state(one: Booked, cycle: str) -> str:
    if cycle:
        return "PAID"
    return "PENDING" if one.payable is None else "PAYABLE"


def _show_booked(one: Booked, cycle: str) -> Json:
    entities: Json = {}
    if one.order is not None:
        entities["order"] = {
            "id": one.order.id,
            "commercial_id": one.order.id[:-2],
            "creation_date": instant(one.order.created),
        }
    for name, part in (("order_line", one.line), ("refund", one.refund)):
        if part is not None:
            entities[name] = {"id": part.id}
    if one.adjustment is not None:
        made = instant(one.adjustment.made)
        entities["manual_accounting_document"] = {
            "number": one.adjustment.id,
            "emission_date": made,
        }
    shown: Json = {
        "id": one.id,
        "type": one.type,
        "amount": pounds(one.pence),
        "amount_credited": pounds(max(one.pence, 0)),
        "amount_debited": pounds(max(-one.pence, 0)),
        "currency_iso_code": "GBP",
        "date_created": instant(one.created),
        "last_updated": instant(one.updated),
        "payment_state": _state(one, cycle),
        "entities": entities,
    }
    return {**shown, "seller_billing_cycle_id": cycle} if cycle else shown


def _show_cycle(one: Cycle) -> Json:
    def with_tax(types: Sequence[str]) -> tuple[str, ...]:
        return (*types, *(f"{name}_TAX" for name in types))

    sums = {
        "total_payable_orders_excl_tax": one.total(*_SALES),
        "total_payable_orders_incl_tax": one.total(*with_tax(_SALES)),
        "total_refund_orders_excl_tax": one.total(*_REFUNDS),
        "total_refund_orders_incl_tax": one.total(*with_tax(_REFUNDS)),
        "total_commissions_excl_tax": one.total("COMMISSION_FEE"),
        "total_commissions_incl_tax": one.total("COMMISSION_FEE", "COMMISSION_VAT"),
        "total_refund_commissions_excl_tax": one.total("REFUND_COMMISSION_FEE"),
        "total_refund_commissions_incl_tax": one.total(
            "REFUND_COMMISSION_FEE", "REFUND_COMMISSION_VAT"
        ),
        "total_other_credits_excl_tax": one.total(_CREDITS[0]),
        "total_other_credits_incl_tax": one.total(*_CREDITS),
        "total_other_invoices_excl_tax": one.total(_INVOICES[0]),
        "total_other_invoices_incl_tax": one.total(*_INVOICES),
    }
    return {
        "id": one.id,
        "date_created": instant(one.closed),
        "currency_iso_code": "GBP",
        "amount_transferred_to_seller": pounds(one.total()),
        "pay_out": {"state": "PAID", "reference": f"PAY-{one.closed:%Y%m%d}"},
        "summary": {name: pounds(pence) for name, pence in sums.items()},
    }

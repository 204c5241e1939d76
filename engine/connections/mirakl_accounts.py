"""What Mirakl's accounts hold of a shop: the transaction log (TL02) and billing cycles (SBC11).

Read page by page by a token, as its published description says; amounts are exact decimals, signed
as the seller sees them: below zero where the seller is debited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar

import orjson

from engine.connections.mirakl import MiraklSource, SourceFailed
from engine.connections.moments import write_moment

LOG_TIER = "transaction log"
_LOG, _CYCLES = "/api/sellerpayment/transactions_logs", "/api/seller-billing-cycles"
_LOG_PAGE, _CYCLES_PAGE, _MOST_CYCLES = 2000, 1000, 100
_LONGEST_TOKEN = 8000
Json = Mapping[str, object]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the transaction log; order, refund and cycle are '' where it is about none.

    `ordered` is when that order was created.
    """

    id: str
    type: str
    amount: Decimal
    currency: str
    created: datetime
    order: str
    ordered: datetime | None
    refund: str
    cycle: str


@dataclass(frozen=True, slots=True)
class BillingCycle:
    """A billing cycle: what shoppers paid and got back in it, tax in, and what is transferred."""

    id: str
    created: datetime
    currency: str
    orders: Decimal
    refunds: Decimal
    transferred: Decimal


class MiraklAccounts:
    """The accounts of the shop of a source.

    Every method raises what the source's own do, SourceLacking where this Mirakl has no such call.
    `insist` is called with each call to be made, and may make it again.
    """

    def __init__(
        self, source: MiraklSource, insist: Callable[[Callable[[], Json]], Json] | None = None
    ) -> None:
        self._source = source
        self._insist = insist or (lambda ask: ask())

    def read_log(self, since: datetime) -> Iterator[LogLine]:
        """Give every line made since a moment (aware), the oldest first."""
        query = {"date_created_from": write_moment(since)}
        yield from self._list(_LOG, query, LOG_TIER, _read_line)

    def read_log_of(self, cycles: Sequence[BillingCycle]) -> Iterator[LogLine]:
        """Give every line that is in one of some cycles."""
        for start in range(0, len(cycles), _MOST_CYCLES):
            ids = ",".join(one.id for one in cycles[start : start + _MOST_CYCLES])
            yield from self._list(_LOG, {"seller_billing_cycle_id": ids}, LOG_TIER, _read_line)

    def read_cycles(self, start: datetime, end: datetime) -> Iterator[BillingCycle]:
        """Give the cycles that Mirakl made in a range (aware, both ends in it)."""
        query = {"start_date": write_moment(start), "end_date": write_moment(end)}
        yield from self._list(_CYCLES, query, "", _read_cycle)

    def _list(
        self, path: str, query: Mapping[str, str], tier: str, read: Callable[[Json], Row]
    ) -> Iterator[Row]:
        largest = _LOG_PAGE if path == _LOG else _CYCLES_PAGE
        asked = {**query, "sort": "dateCreated", "order": "asc", "limit": str(largest)}
        seen: set[str] = set()
        while True:
            page = self._insist(partial(self._source.ask, path, asked, tier))
            data = page.get("data")
            if not isinstance(data, list):
                raise SourceFailed(f"{path} gave no list")
            yield from (read(_object(one)) for one in data)
            token = page.get("next_page_token")
            if token is None:
                return
            if not isinstance(token, str) or not 0 < len(token) <= _LONGEST_TOKEN or token in seen:
                raise SourceFailed(f"the next page of {path} does not lead on")
            seen.add(token)
            asked = {"page_token": token}


def refunds_in(payload: str) -> frozenset[str]:
    """Give the ids of the refunds of an order as OR11 shows it: the log names them alike."""
    order = orjson.loads(payload)
    lines = order.get("order_lines") if isinstance(order, dict) else None
    found = [
        refund.get("id")
        for line in (lines if isinstance(lines, list) else [])
        for refund in (line.get("refunds") or [] if isinstance(line, dict) else [])
        if isinstance(refund, dict)
    ]
    return frozenset(str(one) for one in found if one)


def _read_line(line: Json) -> LogLine:
    entities = _object(line.get("entities") or {})
    ordered = _object(entities.get("order") or {})
    return LogLine(
        id=_text(line, "id"),
        type=_text(line, "type"),
        amount=_amount(line, "amount"),
        currency=_text(line, "currency_iso_code"),
        created=_moment(line, "date_created"),
        order=_id_of(entities, "order"),
        ordered=_moment(ordered, "creation_date") if "creation_date" in ordered else None,
        refund=_id_of(entities, "refund"),
        cycle=str(line.get("seller_billing_cycle_id") or ""),
    )


def _read_cycle(cycle: Json) -> BillingCycle:
    summary = _object(cycle.get("summary"))
    return BillingCycle(
        id=_text(cycle, "id"),
        created=_moment(cycle, "date_created"),
        currency=_text(cycle, "currency_iso_code"),
        orders=_amount(summary, "total_payable_orders_incl_tax"),
        refunds=_amount(summary, "total_refund_orders_incl_tax"),
        transferred=_amount(cycle, "amount_transferred_to_seller"),
    )


def _id_of(entities: Json, name: str) -> str:
    return str(_object(entities.get(name) or {}).get("id") or "")


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise SourceFailed("a part of its accounts is no object")
    return value


def _text(item: Json, member: str) -> str:
    text = item.get(member)
    if not isinstance(text, str) or not text:
        raise SourceFailed(f"a part of its accounts has no {member}")
    return text


def _amount(item: Json, member: str) -> Decimal:
    amount = item.get(member)
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise SourceFailed(f"a part of its accounts has no {member}")
    # The shortest text that reads back as the same number is what was sent: money has few digits.
    return Decimal(str(amount))


def _moment(item: Json, member: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(item, member))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SourceFailed(f"a part of its accounts has a {member} that is no moment")
    return moment

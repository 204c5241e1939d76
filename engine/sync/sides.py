"""The sides of a month: its orders as Mirakl shows and booked them, our ledger, the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.connections.listings import InsightRecord
from engine.connections.mirakl_accounts import refunds_in
from engine.connections.order_texts import OrderText
from engine.state.orders import Landed, list_contents
from engine.state.reviews import Entry, Wanted, list_exceptions
from engine.state.surveys import Decided, Newest, list_decided, newest_of_orders
from engine.sync.books import NO_BOOKS, Books, read_books
from engine.sync.exporting import Exporter, Window
from engine.sync.flow import land_payload
from engine.sync.landing import admit_orders
from engine.sync.listing import list_records
from engine.sync.months import Month
from engine.sync.reckoning import Counted, Reckoning
from engine.sync.worker import Worker

# A record is written after its order was created; clocks of two vendors may differ by this.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as Mirakl shows it now: counted, whether exactly that landed, and its refunds."""

    counted: Counted
    landed: bool
    refunds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sides:
    """All that is known of the orders of a month."""

    shown: Mapping[str, Shown]
    newest: Mapping[str, Newest]
    decided: Mapping[str, Decided]
    records: Mapping[str, InsightRecord]
    opened: Mapping[str, list[Entry]]
    left_out: frozenset[str]
    books: Books = NO_BOOKS


def read_sides(
    worker: Worker,
    exporter: Exporter,
    reckoning: Reckoning,
    month: Month,
    *,
    with_cycles: bool = True,
) -> Sides:
    """Read all sides of a month."""
    shown, left_out = _read_mirakl(worker, exporter, reckoning, month)
    records = {
        one.key: one
        for one in list_records(worker, reckoning.collection, month.start - _MARGIN)
        if one.key in shown or _is_in(month, reckoning.placed_of_record(one))
    }
    books = read_books(exporter, month, with_cycles=with_cycles)
    with worker.transaction() as connection:
        decided = {
            one.order_key: one
            for one in list_decided(connection, worker.flow.name)
            if one.order_key in shown
            or one.order_key in records
            or _is_in(month, reckoning.placed_of(one))
        }
        keys = sorted({*shown, *decided, *records})
        newest = newest_of_orders(connection, worker.flow.name, keys)
        opened: dict[str, list[Entry]] = {}
        for entry in list_exceptions(connection, Wanted(flow=worker.flow.name)):
            if entry.level != "note":
                opened.setdefault(entry.order_key, []).append(entry)
    return Sides(shown, newest, decided, records, opened, left_out, books)


def _is_in(month: Month, moment: datetime | None) -> bool:
    return moment is not None and month.holds(moment)


def _read_mirakl(
    worker: Worker, exporter: Exporter, reckoning: Reckoning, month: Month
) -> tuple[dict[str, Shown], frozenset[str]]:
    shown: dict[str, Shown] = {}
    left_out: set[str] = set()
    window = Window(month.start, min(month.end, worker.now))
    for part in exporter.parts(window):
        with worker.transaction() as connection:
            kept = admit_orders(worker, connection, part)
            stored = list_contents(connection, worker.flow.name, kept)
        counted = [(one, reckoning.count(one.payload, worker.now)) for one in kept]
        names = {one.order_key for one in kept}
        left_out |= {key for key in _keys_of(worker, part) if key not in names}
        for one, told in counted:
            # Mirakl may give a little more than was asked for.
            if told.placed_at is None or month.holds(told.placed_at):
                landed = (one.order_key, one.content_sha256) in stored
                shown[one.order_key] = Shown(told, landed, refunds_in(one.payload))
    return shown, frozenset(left_out)


def _keys_of(worker: Worker, part: Iterable[OrderText]) -> Iterator[str]:
    for one in part:
        landed: Landed = land_payload(worker.flow, one.text.decode(), worker.now, {})
        yield landed.order_key

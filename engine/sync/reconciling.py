"""Reconciling a month: Mirakl, our ledger and Dotdigital's records, order by order, to the penny.

Mirakl is read anew, by an export on the day of creation. Nothing is landed and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from engine.clock import read_time
from engine.connections.listings import InsightRecord
from engine.connections.order_texts import OrderText
from engine.state.orders import Landed, list_contents
from engine.state.reviews import Entry, Wanted, list_exceptions
from engine.state.surveys import Decided, Newest, list_decided, newest_of_orders
from engine.sync.exporting import Exporter, Window
from engine.sync.flow import land_payload
from engine.sync.landing import admit_orders
from engine.sync.listing import list_records
from engine.sync.months import Month
from engine.sync.reckoning import Counted, Reckoning, Worth
from engine.sync.worker import Worker

Cause = Literal[
    "not landed",
    "change not landed",
    "waiting",
    "held",
    "rejected",
    "record missing",
    "record older than the ledger",
    "record differs",
    "ledger differs",
    "record without an order",
    "gone from Mirakl",
]
# A record is written after its order was created; clocks of two vendors may differ by this.
_MARGIN = timedelta(days=1)
_SAME_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """An order on which the sides disagree; a side that has nothing is None."""

    order: str
    mirakl: Worth | None
    ledger: Worth | None
    record: Worth | None
    cause: Cause
    said: str
    codes: tuple[str, ...] = ()
    owner: str = ""


@dataclass(slots=True)
class Sum:
    """One currency: how many orders each side has, what they are worth, and what disagrees."""

    orders: list[int] = field(default_factory=lambda: [0, 0, 0])
    worth: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * 3)
    differences: int = 0


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A month reconciled. `left_out` are orders of people who were erased, `no_sale` the others."""

    differences: tuple[Difference, ...]
    sums: Mapping[str, Sum]
    agreed: int
    no_sale: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as Mirakl shows it now: counted, and whether exactly that content landed."""

    counted: Counted
    landed: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """All that is known of the orders of a month."""

    shown: Mapping[str, Shown]
    newest: Mapping[str, Newest]
    decided: Mapping[str, Decided]
    records: Mapping[str, InsightRecord]
    opened: Mapping[str, list[Entry]]
    left_out: int


def reconcile(worker: Worker, exporter: Exporter, reckoning: Reckoning, month: Month) -> Reconciled:
    """Compare the three sides; raises SourceError and NotReadError where one cannot be read."""
    return compare(reckoning, read_sides(worker, exporter, reckoning, month))


def read_sides(worker: Worker, exporter: Exporter, reckoning: Reckoning, month: Month) -> Sides:
    """Read all sides of a month."""
    shown, left_out = _read_mirakl(worker, exporter, reckoning, month)
    records = {
        one.key: one
        for one in list_records(worker, reckoning.collection, month.start - _MARGIN)
        if one.key in shown or _is_in(month, reckoning.placed_of_record(one))
    }
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
    return Sides(shown, newest, decided, records, opened, left_out)


def _is_in(month: Month, moment: datetime | None) -> bool:
    return moment is not None and month.holds(moment)


def _read_mirakl(
    worker: Worker, exporter: Exporter, reckoning: Reckoning, month: Month
) -> tuple[dict[str, Shown], int]:
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
                shown[one.order_key] = Shown(told, landed)
    return shown, len(left_out)


def _keys_of(worker: Worker, part: Iterable[OrderText]) -> Iterator[str]:
    for one in part:
        landed: Landed = land_payload(worker.flow, one.text.decode(), worker.now, {})
        yield landed.order_key


def compare(reckoning: Reckoning, sides: Sides) -> Reconciled:
    """Hold the sides against each other."""
    sums: dict[str, Sum] = {}
    found: list[Difference] = []
    agreed = no_sale = 0
    for key in sorted({*sides.shown, *sides.decided, *sides.records}):
        shown = sides.shown.get(key)
        if shown is not None and not shown.counted.is_sale and key not in sides.records:
            no_sale += 1
            continue
        worths = _worths(reckoning, sides, key)
        for place, worth in enumerate(worths):
            if worth is not None:
                total = sums.setdefault(worth.currency, Sum())
                total.orders[place] += 1
                total.worth[place] += worth.value
        if worths[0] is not None and worths[0] == worths[1] == worths[2]:
            agreed += 1
            continue
        one = _tell_difference(reckoning, sides, key, worths)
        found.append(one)
        # An order that no side can tell the worth of is told, and stands in no sum.
        for worth in [one for one in worths if one is not None][:1]:
            sums[worth.currency].differences += 1
    return Reconciled(tuple(found), dict(sorted(sums.items())), agreed, no_sale, sides.left_out)


Worths = tuple[Worth | None, Worth | None, Worth | None]


def _worths(reckoning: Reckoning, sides: Sides, key: str) -> Worths:
    shown, decided = sides.shown.get(key), sides.decided.get(key)
    record = sides.records.get(key)
    return (
        shown.counted.worth if shown is not None else None,
        reckoning.read_decided(decided) if decided is not None else None,
        reckoning.read_record(record) if record is not None else None,
    )


def _tell_difference(reckoning: Reckoning, sides: Sides, key: str, worths: Worths) -> Difference:
    entries = sides.opened.get(key, [])
    shown = sides.shown.get(key)
    cause, said = _find_cause(reckoning, sides, key, worths)
    codes, owner = tuple(dict.fromkeys(one.code for one in entries)), ""
    if cause in ("held", "rejected"):
        if not codes and shown is not None:
            codes = shown.counted.codes
        said = f"{cause} for {', '.join(codes)}: {said}" if codes else f"{cause}: {said}"
        owner = entries[0].owner if entries else ""
    else:
        codes = ()
    return Difference(key, *worths, cause=cause, said=said, codes=codes, owner=owner)


def _find_cause(reckoning: Reckoning, sides: Sides, key: str, worths: Worths) -> tuple[Cause, str]:
    newest, shown = sides.newest.get(key), sides.shown.get(key)
    if shown is None or newest is None or not shown.landed:
        return _tell_unlanded(sides, key)
    if newest.outcome is None:
        return "waiting", f"it landed at {newest.landed_at[:19]}Z and waits to be delivered"
    if newest.outcome in ("held", "rejected"):
        entries = sides.opened.get(key, [])
        said = entries[0].message if entries else newest.because
        return ("held" if newest.outcome == "held" else "rejected"), said
    if worths[0] != worths[1]:
        if newest.spec_sha256 != reckoning.flow.sha256:
            return "ledger differs", "our figure was decided by another version of the mapping"
        return "ledger differs", "our figure is not what the order is worth now"
    return _tell_record(sides, key, worths)


def _tell_unlanded(sides: Sides, key: str) -> tuple[Cause, str]:
    if key in sides.shown:
        if key in sides.newest:
            said = "Mirakl changed the order, and the change has not landed here"
            return "change not landed", said
        return "not landed", "Mirakl has the order, and it never landed here"
    if key in sides.newest or key in sides.decided:
        return "gone from Mirakl", "it landed here, and Mirakl no longer shows it in this month"
    return "record without an order", "Dotdigital has a record of an order that never was"


def _tell_record(sides: Sides, key: str, worths: Worths) -> tuple[Cause, str]:
    """Tell why the record is not what Mirakl and our ledger say."""
    record, decided, (_, ledger, held) = sides.records.get(key), sides.decided.get(key), worths
    if record is None:
        return "record missing", "everything was sent, and Dotdigital has no record of the order"
    said = "Dotdigital's record was changed after we wrote it"
    if held is None:
        said = "Dotdigital's record holds no amount"
    elif ledger is not None and held.currency != ledger.currency:
        said = f"Dotdigital's record is in {held.currency or 'no currency'}"
    elif decided is not None and _is_older(record, decided):
        times = record.updated[:19], decided.updated_at[:19]
        said = "Dotdigital's record is of {}Z, our figure of {}Z".format(*times)
        return "record older than the ledger", said
    return "record differs", said


def _is_older(record: InsightRecord, decided: Decided) -> bool:
    try:
        updated = datetime.fromisoformat(record.updated)
    except ValueError:
        return False
    return updated.tzinfo is not None and updated + _SAME_MOMENT < read_time(decided.updated_at)


def count_causes(differences: Iterable[Difference]) -> dict[Cause, int]:
    """Give how often each cause came up, the most frequent first."""
    found: dict[Cause, int] = {}
    for one in differences:
        found[one.cause] = found.get(one.cause, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

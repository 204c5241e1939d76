"""Reconciling a month: Mirakl, our ledger and Dotdigital's records, order by order, to the penny.

Where the key may read what Mirakl booked, that is the fourth side. Mirakl is read anew, by an
export on the day of creation. Nothing is landed and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from engine.clock import read_time
from engine.connections.listings import InsightRecord
from engine.state.surveys import Decided
from engine.sync.books import Booking, Books
from engine.sync.exporting import Exporter
from engine.sync.months import Month
from engine.sync.reckoning import Reckoning, Worth
from engine.sync.sides import Shown, Sides, read_sides
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
    "not booked",
    "refund not booked",
    "booked refund unknown",
    "booking differs",
    "booked without a sale",
]
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
    booked: Worth | None = None
    codes: tuple[str, ...] = ()
    owner: str = ""


@dataclass(slots=True)
class Sum:
    """One currency: how many orders each side has, what they are worth, and what disagrees."""

    orders: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    worth: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * 4)
    differences: int = 0


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A month reconciled. `left_out` are orders of people who were erased, `no_sale` the others."""

    differences: tuple[Difference, ...]
    sums: Mapping[str, Sum]
    agreed: int
    no_sale: int
    left_out: int
    books: Books

    @property
    def agrees(self) -> bool:
        """Whether nothing disagrees, neither by order nor by billing cycle."""
        return not self.differences and all(one.agrees for one in self.books.cycles)


def reconcile(
    worker: Worker,
    exporter: Exporter,
    reckoning: Reckoning,
    month: Month,
    *,
    with_cycles: bool = True,
) -> Reconciled:
    """Compare the sides; raises SourceError and NotReadError where one cannot be read.

    Without `with_cycles` no billing cycles are read, which Mirakl gives once a day.
    """
    sides = read_sides(worker, exporter, reckoning, month, with_cycles=with_cycles)
    return compare(reckoning, sides)


def compare(reckoning: Reckoning, sides: Sides) -> Reconciled:
    """Hold the sides against each other."""
    sums: dict[str, Sum] = {}
    found: list[Difference] = []
    agreed = no_sale = 0
    of_month = sides.books.of_month - sides.left_out
    for key in sorted({*sides.shown, *sides.decided, *sides.records, *of_month}):
        if _is_no_sale(sides, key):
            no_sale += 1
            continue
        worths = _worths(reckoning, sides, key)
        for place, worth in enumerate(worths):
            if worth is not None:
                total = sums.setdefault(worth.currency, Sum())
                total.orders[place] += 1
                total.worth[place] += worth.value
        if worths[0] is not None and len(set(worths if sides.books.was_read else worths[:3])) == 1:
            agreed += 1
            continue
        one = _tell_difference(reckoning, sides, key, worths)
        found.append(one)
        # An order that no side can tell the worth of is told, and stands in no sum.
        for worth in [one for one in worths if one is not None][:1]:
            sums[worth.currency].differences += 1
    left_out = len(sides.left_out)
    sums = dict(sorted(sums.items()))
    return Reconciled(tuple(found), sums, agreed, no_sale, left_out, sides.books)


Worths = tuple[Worth | None, Worth | None, Worth | None, Worth | None]


def _is_no_sale(sides: Sides, key: str) -> bool:
    """Whether an order is no sale on any side: nobody has money for it."""
    shown, booking = sides.shown.get(key), sides.books.orders.get(key)
    if shown is None or shown.counted.is_sale or key in sides.records:
        return False
    return booking is None or not booking.worth.value


def _worths(reckoning: Reckoning, sides: Sides, key: str) -> Worths:
    shown, decided = sides.shown.get(key), sides.decided.get(key)
    record, booking = sides.records.get(key), sides.books.orders.get(key)
    return (
        shown.counted.worth if shown is not None else None,
        reckoning.read_decided(decided) if decided is not None else None,
        reckoning.read_record(record) if record is not None else None,
        booking.worth if booking is not None else None,
    )


def _tell_difference(reckoning: Reckoning, sides: Sides, key: str, worths: Worths) -> Difference:
    entries = sides.opened.get(key, [])
    shown = sides.shown.get(key)
    if shown is not None and _is_only_booked(sides, key, worths):
        cause, said = _tell_booking(sides.books.orders.get(key), shown)
    else:
        cause, said = _find_cause(reckoning, sides, key, worths)
    codes, owner = tuple(dict.fromkeys(one.code for one in entries)), ""
    if cause in ("held", "rejected"):
        if not codes and shown is not None:
            codes = shown.counted.codes
        said = f"{cause} for {', '.join(codes)}: {said}" if codes else f"{cause}: {said}"
        owner = entries[0].owner if entries else ""
    else:
        codes = ()
    mirakl, ledger, record, booked = worths
    return Difference(key, mirakl, ledger, record, cause, said, booked, codes, owner)


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


def _is_only_booked(sides: Sides, key: str, worths: Worths) -> bool:
    """Whether Mirakl's books alone are what disagrees."""
    shown = sides.shown.get(key)
    if shown is not None and not shown.counted.is_sale and key not in sides.records:
        return True
    return worths[0] is not None and worths[0] == worths[1] == worths[2]


def _tell_booking(booking: Booking | None, shown: Shown) -> tuple[Cause, str]:
    """Tell why Mirakl's log is not what the other sides say."""
    if booking is None:
        return "not booked", "Mirakl's transaction log has no line of the order"
    if not shown.counted.is_sale:
        return "booked without a sale", "Mirakl booked money for an order that is no sale here"
    missing, unknown = shown.refunds - booking.refunds, booking.refunds - shown.refunds
    if missing:
        refunds = f"{len(missing)} refund{'s' if len(missing) > 1 else ''}"
        return "refund not booked", f"the order has {refunds} that the transaction log has not"
    if unknown:
        refunds = f"{len(unknown)} refund{'s' if len(unknown) > 1 else ''}"
        return "booked refund unknown", f"the transaction log has {refunds} that the order has not"
    return "booking differs", "the transaction log adds up to something else than the order"


def _tell_unlanded(sides: Sides, key: str) -> tuple[Cause, str]:
    if key in sides.shown:
        if key in sides.newest:
            said = "Mirakl changed the order, and the change has not landed here"
            return "change not landed", said
        return "not landed", "Mirakl has the order, and it never landed here"
    if key in sides.newest or key in sides.decided:
        return "gone from Mirakl", "it landed here, and Mirakl no longer shows it in this month"
    if key not in sides.records:
        return "gone from Mirakl", "Mirakl booked it, and no longer shows it in this month"
    return "record without an order", "Dotdigital has a record of an order that never was"


def _tell_record(sides: Sides, key: str, worths: Worths) -> tuple[Cause, str]:
    """Tell why the record is not what Mirakl and our ledger say."""
    record, decided, (_, ledger, held, _) = sides.records.get(key), sides.decided.get(key), worths
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

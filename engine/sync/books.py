"""The fourth side of a month: what Mirakl booked for its orders, and what it paid out.

Shoppers' money is in the log by order, tax in: placed less cancelled, less every refund that was
booked. The sums of a billing cycle are held against the lines of the log that are in it. What the
key may not read is said and left out; nothing else is forgiven.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engine.connections.mirakl import SourceDenied, SourceLacking, SourceThrottled
from engine.connections.mirakl_accounts import BillingCycle, LogLine, MiraklAccounts
from engine.sync.exporting import Exporter
from engine.sync.months import Month
from engine.sync.reckoning import Worth

_PARTS = ("AMOUNT", "AMOUNT_TAX", "SHIPPING_AMOUNT", "SHIPPING_AMOUNT_TAX", "FEE_AMOUNT")
SALES = frozenset(f"ORDER_{part}" for part in _PARTS)
REFUNDS = frozenset(f"REFUND_ORDER_{part}" for part in _PARTS)
# The transfer itself, which brings the balance of a cycle to nothing.
_PAYMENT = "PAYMENT"


@dataclass(slots=True)
class Booking:
    """What is booked for an order: its worth, and the refunds that are in it."""

    worth: Worth
    refunds: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Money of a month that is booked for no order, by type and currency."""

    type: str
    currency: str
    lines: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CheckedCycle:
    """A billing cycle, and what the log's lines in it add up to; None where nobody may read them.

    The sums are of orders, of refunds and of what is transferred.
    """

    cycle: BillingCycle
    booked: tuple[Decimal, Decimal, Decimal] | None

    @property
    def agrees(self) -> bool:
        """Whether the cycle tells what its lines add up to."""
        return self.booked is None or self.booked == (
            self.cycle.orders,
            self.cycle.refunds,
            self.cycle.transferred,
        )


@dataclass(frozen=True, slots=True)
class Books:
    """What the accounts hold of a month; `unread` and `unread_cycles` say why a part was not read.

    `orders` are all that are booked from the month on, by id; `of_month` those created in it.
    """

    orders: Mapping[str, Booking]
    of_month: frozenset[str]
    adjustments: tuple[Adjustment, ...]
    cycles: tuple[CheckedCycle, ...]
    unread: str = ""
    unread_cycles: str = ""

    @property
    def was_read(self) -> bool:
        """Whether there is a fourth side."""
        return not self.unread


NO_BOOKS = Books({}, frozenset(), (), (), "nobody asked", "nobody asked")


def read_books(exporter: Exporter, month: Month, *, with_cycles: bool = True) -> Books:
    """Read what the key may read of a month; raises SourceError for everything else."""
    accounts = MiraklAccounts(exporter.source, exporter.insist)
    orders: dict[str, Booking] = {}
    of_month: set[str] = set()
    loose: list[LogLine] = []
    unread = ""
    try:
        for line in accounts.read_log(month.start):
            if line.order and line.type in SALES | REFUNDS:
                _book(orders, line)
                if line.ordered is not None and month.holds(line.ordered):
                    of_month.add(line.order)
            elif not line.order and line.type != _PAYMENT and month.holds(line.created):
                loose.append(line)
    except (SourceDenied, SourceLacking) as error:
        orders, loose, unread = {}, [], _tell_unread(error)
    cycles: tuple[CheckedCycle, ...] = ()
    unread_cycles = "a survey of a month that goes on leaves them to miradot reconcile"
    if with_cycles:
        cycles, unread_cycles = _read_cycles(exporter, month, may_read_log=not unread)
    adjustments = tuple(_sum_up(loose))
    return Books(orders, frozenset(of_month), adjustments, cycles, unread, unread_cycles)


def _book(orders: dict[str, Booking], line: LogLine) -> None:
    booking = orders.setdefault(line.order, Booking(Worth(Decimal(0), line.currency)))
    # One in another currency is left out, which shows as a difference of the order.
    if line.currency == booking.worth.currency:
        booking.worth = Worth(booking.worth.value + line.amount, line.currency)
    if line.refund and line.type in REFUNDS:
        booking.refunds.add(line.refund)


def _read_cycles(
    exporter: Exporter, month: Month, *, may_read_log: bool
) -> tuple[tuple[CheckedCycle, ...], str]:
    # Too often is an answer here: it is allowed once a day, and nobody waits that long.
    accounts = MiraklAccounts(exporter.source)
    try:
        read = accounts.read_cycles(month.start, month.end)
        cycles = [one for one in read if month.holds(one.created)]
    except SourceThrottled:
        return (), "Mirakl gives them once a day, and has done so"
    except (SourceDenied, SourceLacking) as error:
        return (), _tell_unread(error)
    if not may_read_log:
        return tuple(CheckedCycle(one, None) for one in cycles), ""
    lines: dict[str, list[LogLine]] = {one.id: [] for one in cycles}
    for line in MiraklAccounts(exporter.source, exporter.insist).read_log_of(cycles):
        lines.setdefault(line.cycle, []).append(line)
    return tuple(CheckedCycle(one, _sums(lines[one.id])) for one in cycles), ""


def _sums(lines: Collection[LogLine]) -> tuple[Decimal, Decimal, Decimal]:
    def total(chosen: Iterable[LogLine]) -> Decimal:
        return sum((one.amount for one in chosen), Decimal(0))

    return (
        total(one for one in lines if one.type in SALES),
        total(one for one in lines if one.type in REFUNDS),
        total(one for one in lines if one.type != _PAYMENT),
    )


def _sum_up(lines: Iterable[LogLine]) -> Iterator[Adjustment]:
    found: dict[tuple[str, str], list[Decimal]] = {}
    for line in lines:
        found.setdefault((line.currency, line.type), []).append(line.amount)
    for (currency, kind), amounts in sorted(found.items()):
        yield Adjustment(kind, currency, len(amounts), sum(amounts, Decimal(0)))


def _tell_unread(error: SourceDenied | SourceLacking) -> str:
    if isinstance(error, SourceDenied):
        return "the key may not"
    return "this Mirakl has no such call"

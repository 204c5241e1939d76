"""What Mirakl books: lines of the transaction log, and the billing cycles that pay them out.

Derived from the orders as they stand, so the same orders give the same lines with the same ids. An
order is booked when its shopper is debited, line by line: goods, delivery, the tax of each and the
commission; units cancelled before dispatch are simply not in it, since the log has no type for
them. A refund is booked with the opposite signs at once. A line can be paid out once its parcel
left; cycles close on the 14th and the 28th.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from engine.sandbox.mirakl.lines import split_tax
from engine.sandbox.world.life import World
from engine.sandbox.world.orders import Adjustment, Line, Order, Refund

_CLOSING_DAYS = (14, 28)
_COMMISSION, _VAT = 5, 5


@dataclass(frozen=True, slots=True)
class Booked:
    """One line of the log, in pence as the seller sees them; `payable` is when it could be paid."""

    type: str
    pence: int
    created: datetime
    updated: datetime
    payable: datetime | None
    order: Order | None = None
    line: Line | None = None
    refund: Refund | None = None
    adjustment: Adjustment | None = None
    cycle: str = ""

    @property
    def id(self) -> str:
        """The id of the line; the same each time."""
        about = (one.id for one in (self.line, self.refund, self.adjustment) if one is not None)
        return _name(f"{self.type} {' '.join(about)} {self.cycle}")


@dataclass(slots=True)
class Cycle:
    """A billing cycle that has closed: what was payable and in no cycle before."""

    closed: datetime
    lines: list[Booked] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of the cycle."""
        return _name(f"cycle {self.closed.isoformat()}")

    def total(self, *types: str) -> int:
        """Give the pence of some types, of all where none is named."""
        return sum(one.pence for one in self.lines if not types or one.type in types)


def book(world: World) -> list[Booked]:
    """Give the lines of the log as it stands, oldest first; what a cycle paid is its last line."""
    booked = [one for order in world.orders.values() for one in _book_order(order)]
    booked += [_book_adjustment(one) for one in world.adjustments]
    for cycle in close_cycles(world, booked):
        paid = -cycle.total()
        if paid:
            at = cycle.closed
            booked.append(Booked("PAYMENT", paid, at, at, at, cycle=cycle.id))
    return sorted(booked, key=lambda one: (one.created, one.id))


def close_cycles(world: World, booked: list[Booked]) -> list[Cycle]:
    """Give the cycles that have closed by now and are not empty, oldest first."""
    cycles: dict[datetime, Cycle] = {}
    for one in booked:
        if one.payable is not None and not one.cycle:
            closed = closing(one.payable)
            if closed <= world.now:
                cycles.setdefault(closed, Cycle(closed)).lines.append(one)
    return [cycles[closed] for closed in sorted(cycles)]


def closing(payable: datetime) -> datetime:
    """Give when the cycle closes in which something is paid that could be from a moment on."""
    day = payable.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        day += timedelta(days=1)
        if day.day in _CLOSING_DAYS:
            return day


def _book_order(order: Order) -> Iterator[Booked]:
    if order.debited is None:
        return
    for line in order.kept_lines:
        if not line.units:
            continue
        updated = line.changed or order.debited
        for kind, pence in _amounts(line.due_goods, line.due_delivery, taxed=order.taxed):
            yield Booked(kind, pence, order.debited, updated, line.shipped, order, line)
        for refund in line.refunds:
            at = refund.created
            for kind, pence in _amounts(refund.goods, refund.delivery, taxed=order.taxed):
                yield Booked(f"REFUND_{kind}", -pence, at, at, at, order, line, refund)


def _amounts(goods: int, delivery: int, *, taxed: bool) -> Iterator[tuple[str, int]]:
    """Give the types and pence that are booked for goods and delivery, none of them zero."""
    net_goods, goods_tax = split_tax(goods, taxed=taxed)
    net_delivery, delivery_tax = split_tax(delivery, taxed=taxed)
    fee = (goods + delivery) // _COMMISSION
    amounts = {
        "ORDER_AMOUNT": net_goods,
        "ORDER_AMOUNT_TAX": goods_tax,
        "ORDER_SHIPPING_AMOUNT": net_delivery,
        "ORDER_SHIPPING_AMOUNT_TAX": delivery_tax,
        "COMMISSION_FEE": -fee,
        "COMMISSION_VAT": -(fee // _VAT),
    }
    yield from ((kind, pence) for kind, pence in amounts.items() if pence)


def _book_adjustment(one: Adjustment) -> Booked:
    return Booked(one.type, one.pence, one.made, one.made, one.made, adjustment=one)


@lru_cache(maxsize=2**17)
def _name(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://sandbox.example.com/{text}"))

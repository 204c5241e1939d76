"""Orders as they really are: lines, units, cancelations and refunds, in whole pence.

How Mirakl shows them is another matter (`mirakl/payload.py`). A change is made by one of the
functions here, which stamps the order; ImpossibleError is raised where its state forbids it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.sandbox.world.goods import Product
from engine.sandbox.world.shoppers import Shopper

OPEN = ("WAITING_ACCEPTANCE", "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT", "SHIPPING")
SENT = ("SHIPPED", "TO_COLLECT", "RECEIVED")
# From here on the shopper was debited.
PAID_FOR = ("SHIPPING", *SENT)
REFUND_STEPS = (
    "WAITING_REFUND_TAX_CONFIRMATION",
    "WAITING_REFUND",
    "WAITING_REFUND_PAYMENT",
    "REFUNDED",
)
TaxMode = Literal["TAX_INCLUDED", "TAX_EXCLUDED"]


class ImpossibleError(ValueError):
    """A change that the order's state does not allow."""


@dataclass(slots=True)
class Refund:
    """Money given back for one line: goods and delivery, tax in."""

    id: str
    created: datetime
    goods: int
    delivery: int
    state: str = REFUND_STEPS[0]


@dataclass(slots=True)
class Cancelation:
    """Units that will not be sent: their goods and delivery, tax in."""

    id: str
    created: datetime
    units: int
    goods: int
    delivery: int


@dataclass(slots=True)
class Line:
    """One line; `delivery` is what delivery of all its units cost when it was placed."""

    id: str
    index: int
    product: Product
    ordered: int
    delivery: int
    state: str
    shipped: datetime | None = None
    changed: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)
    cancelations: list[Cancelation] = field(default_factory=list)

    @property
    def units(self) -> int:
        """Units that are still wanted."""
        return self.ordered - sum(one.units for one in self.cancelations)

    @property
    def due_goods(self) -> int:
        """Goods as they stand now: cancelations are out, refunds are not."""
        return self.product.price * self.units

    @property
    def due_delivery(self) -> int:
        """Delivery as it stands now."""
        return self.delivery - sum(one.delivery for one in self.cancelations)

    @property
    def refundable(self) -> tuple[int, int]:
        """Goods and delivery that were not given back yet."""
        return (
            self.due_goods - sum(one.goods for one in self.refunds),
            self.due_delivery - sum(one.delivery for one in self.refunds),
        )


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Money that Mirakl's operator gives or takes by hand, for no order; pence as the seller sees.

    `type` is one of the transaction log's: MANUAL_CREDIT, MANUAL_INVOICE.
    """

    id: str
    type: Literal["MANUAL_CREDIT", "MANUAL_INVOICE"]
    pence: int
    made: datetime


@dataclass(slots=True)
class Order:
    """One order of one shopper; `relay` is the address that Mirakl made for it.

    `debited` is when the shopper paid, None before.
    """

    id: str
    shopper: Shopper
    relay: str
    created: datetime
    changed: datetime
    state: str
    taxed: bool
    lines: list[Line]
    debited: datetime | None = None

    @property
    def kept_lines(self) -> list[Line]:
        """The lines that the seller did not refuse."""
        return [line for line in self.lines if line.state != "REFUSED"]

    @property
    def placed(self) -> int:
        """What the shopper ordered in the first place."""
        return sum(line.product.price * line.ordered + line.delivery for line in self.lines)

    @property
    def net(self) -> int:
        """What the sale is worth: what is due, less every refund that was asked for."""
        return sum(sum(line.refundable) for line in self.kept_lines)


def step(order: Order, state: str, now: datetime) -> None:
    """Move an order, and every line that goes with it, to its next state."""
    for line in order.kept_lines:
        if line.units:
            line.state = state
            line.changed = now
            if state == "SHIPPED":
                line.shipped = now
    order.state, order.changed = state, now
    if order.debited is None and state in PAID_FOR:
        order.debited = now


def refuse(order: Order, index: int, now: datetime) -> None:
    """Let the seller refuse a line before it is accepted; the last one refuses the order."""
    line = order.lines[index]
    if order.state != "WAITING_ACCEPTANCE" or line.state == "REFUSED":
        raise ImpossibleError(f"{order.id} is {order.state}")
    line.state, line.changed, order.changed = "REFUSED", now, now
    if not order.kept_lines:
        order.state = "REFUSED"


def cancel(order: Order, index: int, units: int, now: datetime) -> None:
    """Cancel units of a line that was not sent; an order without any unit left is cancelled."""
    line = order.lines[index]
    if order.state not in OPEN or line.state == "REFUSED" or not 0 < units <= line.units:
        raise ImpossibleError(f"{order.id} is {order.state}")
    whole = units == line.units
    line.cancelations.append(
        Cancelation(
            id=f"{line.id}-C{len(line.cancelations) + 1}",
            created=now,
            units=units,
            goods=line.product.price * units,
            delivery=line.due_delivery if whole else 0,
        )
    )
    line.changed = order.changed = now
    if whole:
        line.state = "CANCELED"
    if not any(one.units for one in order.kept_lines):
        order.state = "CANCELED"


def refund(order: Order, index: int, goods: int, delivery: int, now: datetime) -> Refund:
    """Ask for money back on a line that was sent."""
    line = order.lines[index]
    left_goods, left_delivery = line.refundable
    allowed = order.state in SENT and line.state != "REFUSED"
    if not allowed or not 0 <= goods <= left_goods or not 0 <= delivery <= left_delivery:
        raise ImpossibleError(f"{order.id} is {order.state}")
    made = Refund(f"{line.id}-R{len(line.refunds) + 1}", now, goods, delivery)
    line.refunds.append(made)
    line.changed = order.changed = now
    return made


def step_refund(order: Order, refund_id: str, now: datetime) -> None:
    """Move a refund to its next state; one that was paid stays so."""
    for line in order.lines:
        for one in line.refunds:
            if one.id == refund_id and one.state != REFUND_STEPS[-1]:
                one.state = REFUND_STEPS[REFUND_STEPS.index(one.state) + 1]
                line.changed = order.changed = now

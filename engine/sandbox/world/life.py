"""What happens: shoppers buy, the seller ships, things are cancelled and given back.

Everything follows from the seed and the clock: the same seed tells the same story, however the
clock is moved.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from engine.sandbox.world.goods import GOODS
from engine.sandbox.world.orders import (
    Adjustment,
    ImpossibleError,
    Line,
    Order,
    cancel,
    refund,
    refuse,
    step,
    step_refund,
)
from engine.sandbox.world.shoppers import Shopper, make_shopper, relay_address

Happening = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Habits:
    """How the world behaves: `every` is the mean time between two orders, shares are of 1."""

    every: timedelta = timedelta(minutes=20)
    shoppers: int = 40
    refuses: float = 0.03
    cancels: float = 0.08
    refunds: float = 0.18
    taxed: float = 0.1
    unsubscribes: float = 0.05


@dataclass(slots=True)
class World:
    """The truth: every order by its id, oldest first.

    `unsubscribe` is called with the address of a shopper who unsubscribes in Dotdigital.
    """

    seed: int
    now: datetime
    habits: Habits = field(default_factory=Habits)
    unsubscribe: Callable[[str, datetime], None] = field(default=lambda _address, _now: None)
    orders: dict[str, Order] = field(default_factory=dict)
    shoppers: list[Shopper] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    _chance: random.Random = field(init=False)
    _coming: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _rank: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - fiction, not secrets
        self.shoppers = [make_shopper(self._chance, n) for n in range(self.habits.shoppers)]
        self._later(self.now, self.habits.every, self._buy)

    def advance(self, until: datetime) -> None:
        """Let everything happen that is due by then."""
        while self._coming and self._coming[0][0] <= until:
            moment, _, happen = heapq.heappop(self._coming)
            self.now = moment
            happen(moment)
        self.now = max(self.now, until)

    def place(self, shopper: Shopper, wanted: list[tuple[int, int]], now: datetime) -> Order:
        """Place an order: for each line the number of the product and the units."""
        key = f"DBN-{204_000 + len(self.orders)}-A"
        lines = [
            Line(
                id=f"{key}-{index}",
                index=index,
                product=GOODS[number],
                ordered=units,
                delivery=self._chance.choice([0, 0, 395, 499]),
                state="STAGING",
                changed=now,
            )
            for index, (number, units) in enumerate(wanted, 1)
        ]
        taxed = self._often(self.habits.taxed)
        relay = relay_address(self._chance)
        order = Order(key, shopper, relay, now, now, "STAGING", taxed, lines)
        self.orders[key] = order
        return order

    def adjust(self, pence: int, now: datetime) -> Adjustment:
        """Let the operator give money by hand, or take it where pence are below zero."""
        kind: Literal["MANUAL_CREDIT", "MANUAL_INVOICE"]
        kind = "MANUAL_CREDIT" if pence > 0 else "MANUAL_INVOICE"
        made = Adjustment(f"MAN-{len(self.adjustments) + 1:04d}", kind, pence, now)
        self.adjustments.append(made)
        return made

    def _later(self, now: datetime, mean: timedelta, happen: Happening) -> None:
        """Let something happen after a while: from a fifth of the mean to nearly twice of it."""
        moment = now + mean * (0.2 + 1.6 * self._chance.random())
        # Mirakl's stamps have no more than milliseconds.
        moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        heapq.heappush(self._coming, (moment, next(self._rank), happen))

    def _often(self, share: float) -> bool:
        return self._chance.random() < share

    def _buy(self, now: datetime) -> None:
        self._later(now, self.habits.every, self._buy)
        wanted = [
            (self._chance.randrange(len(GOODS)), self._chance.choice([1, 1, 1, 2, 3]))
            for _ in range(self._chance.choice([1, 1, 2, 3]))
        ]
        order = self.place(self._chance.choice(self.shoppers), wanted, now)
        self._later(now, timedelta(minutes=2), lambda then: self._check(order, then))

    def _check(self, order: Order, now: datetime) -> None:
        step(order, "WAITING_ACCEPTANCE", now)
        self._later(now, timedelta(hours=1), lambda then: self._accept(order, then))

    def _accept(self, order: Order, now: datetime) -> None:
        for index in range(len(order.lines)):
            if self._often(self.habits.refuses):
                refuse(order, index, now)
        if order.state == "REFUSED":
            return
        step(order, "WAITING_DEBIT_PAYMENT", now)
        self._later(now, timedelta(minutes=10), lambda then: self._debit(order, then))

    def _debit(self, order: Order, now: datetime) -> None:
        step(order, "SHIPPING", now)
        if self._often(self.habits.cancels):
            self._later(now, timedelta(hours=2), lambda then: self._cancel(order, then))
        self._later(now, timedelta(hours=20), lambda then: self._ship(order, then))

    def _cancel(self, order: Order, now: datetime) -> None:
        index = self._chance.randrange(len(order.lines))
        try:
            cancel(order, index, self._chance.randrange(1, 4), now)
        except ImpossibleError:
            # The parcel left first, or fewer units were bought.
            return

    def _ship(self, order: Order, now: datetime) -> None:
        if order.state != "SHIPPING":
            return
        step(order, "SHIPPED", now)
        self._later(now, timedelta(days=2), lambda then: self._receive(order, then))
        if self._often(self.habits.unsubscribes):
            address = order.shopper.email if order.shopper.hands_over else order.relay
            self._later(now, timedelta(days=1), lambda then: self.unsubscribe(address, then))

    def _receive(self, order: Order, now: datetime) -> None:
        step(order, "RECEIVED", now)
        if self._often(self.habits.refunds):
            self._later(now, timedelta(days=4), lambda then: self._refund(order, then))
        self._later(now, timedelta(days=60), lambda then: step(order, "CLOSED", then))

    def _refund(self, order: Order, now: datetime) -> None:
        index = self._chance.randrange(len(order.lines))
        goods, delivery = order.lines[index].refundable
        part = self._chance.choice([goods, goods, goods // 2, order.lines[index].product.price])
        try:
            made = refund(order, index, min(part, goods), self._chance.choice([0, delivery]), now)
        except ImpossibleError:
            return
        for days in (1, 2, 3):
            self._later(now, timedelta(days=days), lambda then: step_refund(order, made.id, then))

"""What happens to orders and people during a run, and what of it the verdict has to know."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.sandbox.dotdigital.contacts import Contact
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.service import Json
from engine.sandbox.whole import Sandbox
from engine.sandbox.world.goods import GOODS
from engine.sandbox.world.orders import (
    ImpossibleError,
    Order,
    cancel,
    refund,
    refuse,
    step,
    step_refund,
)
from engine.sandbox.world.shoppers import Shopper

# Names that nothing but a person's own data holds; see I15.
CANARIES = ("canaria", "quillfeather", "notification.mirakl", "example.com", "sample street")
SOLD = ("SHIPPING", "SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED")
_STEPS = (
    "STAGING",
    "WAITING_ACCEPTANCE",
    "WAITING_DEBIT_PAYMENT",
    "SHIPPING",
    "SHIPPED",
    "RECEIVED",
    "CLOSED",
)
# hands over the address, answer to the box, evidence whole
_KINDS: tuple[tuple[bool, bool | None, bool], ...] = (
    (True, True, True),
    (False, True, True),
    (True, True, False),
    (True, False, True),
    (True, None, False),
    (False, None, False),
)


def make_people(chance: random.Random, number: int) -> list[Shopper]:
    """Give some people, always one with whole consent and one with relay addresses only."""
    kinds = [*_KINDS[:2], *(chance.choice(_KINDS) for _ in range(number - 2))]
    return [
        Shopper(
            customer_id=str(7_000_000 + index),
            first_name=f"Canaria{index}",
            last_name="Quillfeather",
            email=f"canaria{index}@example.com",
            hands_over=hands_over,
            answer=answer,
            proved=proved,
        )
        for index, (hands_over, answer, proved) in enumerate(kinds[:number])
    ]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much happens in a run."""

    people: int
    orders: int
    happenings: int
    grain: float
    """Mirakl's stamps are cut to so many seconds."""
    deletes: bool
    poison: bool


@dataclass(slots=True)
class Life:
    """The world of one run as it goes on; `left` is how much is still to happen."""

    chance: random.Random
    sandbox: Sandbox
    scale: Scale
    left: int = 0
    poisoned: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    """Customers whose contact was deleted in Dotdigital."""
    buried: set[str] = field(default_factory=set)
    """Those of them whose contact is gone for good, after we had tied the person to it."""
    frozen: set[str] = field(default_factory=set)
    """Orders that Mirakl once dated into the future; they never change again."""
    shown: list[tuple[datetime, str, Json]] = field(default_factory=list)
    """What every order looked like, and when that was new."""
    is_tied: Callable[[int], bool] = lambda _contact: False
    broken: set[str] = field(default_factory=set)
    """Record keys that imports refused at some time."""

    def begin(self) -> None:
        """Let the people be there, some of them known to Dotdigital, and some orders."""
        world, chance = self.sandbox.world, self.chance
        world.shoppers = make_people(chance, self.scale.people)
        self.left = self.scale.happenings
        for shopper in world.shoppers:
            if chance.random() < 0.25:
                known = ["subscribed", "unsubscribed", "suppressed", "hardBounced", "pendingOptIn"]
                self.sandbox.state.contacts.know(shopper.email, chance.choice(known), self.now)
        for _ in range(chance.randrange(1, self.scale.orders + 1)):
            self.place()
        self.keep()

    @property
    def now(self) -> datetime:
        """The moment, cut as Mirakl's stamps are."""
        moment = self.sandbox.clock.now()
        seconds = moment.timestamp() // self.scale.grain * self.scale.grain
        return datetime.fromtimestamp(round(seconds, 3), tz=moment.tzinfo)

    def happen(self) -> None:
        """Let one thing happen."""
        if not self.left:
            return
        self.left -= 1
        happenings: list[tuple[int, Callable[[], None]]] = [
            (3, self.place),
            (7, self._step),
            (3, self._cancel),
            (4, self._refund),
            (3, self._settle_refund),
            (1, self._refuse),
            (3, self._unsubscribe),
            (1, self._block),
            (1, self._sign_up),
            (1 if self.scale.grain < 0.01 else 0, self._date_ahead),
            (1 if self.scale.deletes else 0, self._delete),
            (1 if self.scale.poison else 0, self._poison),
        ]
        weights = [weight for weight, _ in happenings]
        chosen = self.chance.choices([one for _, one in happenings], weights)[0]
        try:
            chosen()
        except ImpossibleError:
            return
        self.keep()

    def keep(self) -> None:
        """Keep what orders look like now, for an answer that comes from a copy that lags behind."""
        known = {key: state for _, key, state in self.shown}
        for order in self._orders():
            state = show_order(order, "TAX_INCLUDED")
            if known.get(order.id) != state:
                self.shown.append((self.sandbox.clock.now(), order.id, state))

    def recall(self, key: str, seconds: float) -> Json | None:
        """Give what an order looked like some seconds ago; None where it was not there."""
        then = self.sandbox.clock.now() - timedelta(seconds=seconds)
        old = [state for at, one, state in self.shown if one == key and at <= then]
        return old[-1] if old else None

    def heal(self) -> None:
        """Let everything that is broken be in order again, sometimes."""
        self.sandbox.state.imports.broken.clear()
        self.left = 0

    def break_import(self) -> None:
        """Let the imports that follow refuse one order's record."""
        keys = list(self.sandbox.world.orders)
        if keys:
            key = self.chance.choice(keys)
            self.sandbox.state.imports.broken.add(key)
            self.broken.add(key)

    def contacts_of(self, shopper: Shopper) -> list[Contact]:
        """Give every contact that has an address of somebody."""
        orders = self.sandbox.world.orders.values()
        relays = {one.relay for one in orders if one.shopper is shopper}
        addresses = relays | {shopper.email}
        return [one for one in self.sandbox.state.contacts.by_id.values() if one.email in addresses]

    def orders_of(self, shopper: Shopper) -> list[Order]:
        """Give what somebody ordered."""
        return [one for one in self.sandbox.world.orders.values() if one.shopper is shopper]

    def shopper_of(self, address: str) -> Shopper | None:
        """Give whose address it is."""
        for order in self.sandbox.world.orders.values():
            if order.relay == address:
                return order.shopper
        return next((one for one in self.sandbox.world.shoppers if one.email == address), None)

    def _orders(self) -> list[Order]:
        return list(self.sandbox.world.orders.values())

    def _order(self) -> Order:
        orders = [one for one in self._orders() if one.id not in self.frozen]
        if not orders:
            raise ImpossibleError("there is none")
        return self.chance.choice(orders)

    def _after(self, order: Order) -> datetime:
        """Give a stamp for a change of an order: never before the one that it has."""
        return max(self.now, order.changed)

    def place(self) -> None:
        """Let somebody buy something, or an order go on where there are enough."""
        world = self.sandbox.world
        if len(world.orders) >= self.scale.orders:
            return self._step()
        wanted = [
            (self.chance.randrange(len(GOODS)), self.chance.choice([1, 2]))
            for _ in range(self.chance.choice([1, 1, 2]))
        ]
        order = world.place(self.chance.choice(world.shoppers), wanted, self.now)
        for state in _STEPS[1 : self.chance.choice([1, 2, 4, 4, 5])]:
            step(order, state, self.now)
        return None

    def _step(self) -> None:
        order = self._order()
        if order.state not in _STEPS[:-1]:
            return
        step(order, _STEPS[_STEPS.index(order.state) + 1], self._after(order))

    def _cancel(self) -> None:
        order = self._order()
        index = self.chance.randrange(len(order.lines))
        cancel(order, index, self.chance.choice([1, 1, 2]), self._after(order))

    def _refuse(self) -> None:
        order = self._order()
        refuse(order, self.chance.randrange(len(order.lines)), self._after(order))

    def _refund(self) -> None:
        order = self._order()
        index = self.chance.randrange(len(order.lines))
        goods, delivery = order.lines[index].refundable
        part = self.chance.choice([goods, goods // 2, goods // 3])
        refund(order, index, part, self.chance.choice([0, delivery]), self._after(order))

    def _settle_refund(self) -> None:
        order = self._order()
        made = [one for line in order.lines for one in line.refunds]
        if made:
            step_refund(order, self.chance.choice(made).id, self._after(order))

    def _contact(self) -> Contact:
        known = [one for one in self.sandbox.state.contacts.by_id.values() if not one.binned]
        if not known:
            raise ImpossibleError("there is none")
        return self.chance.choice(known)

    def _unsubscribe(self) -> None:
        self.sandbox.state.contacts.unsubscribe(self._contact().email, self.sandbox.clock.now())

    def _block(self) -> None:
        blocked = ["hardBounced", "ispComplained", "suppressed"]
        contacts, now = self.sandbox.state.contacts, self.sandbox.clock.now()
        contacts.set_status(self._contact(), self.chance.choice(blocked), now)

    def _sign_up(self) -> None:
        """Let somebody become a contact by themselves, as on the shop's own page."""
        contacts, whose = self.sandbox.state.contacts, self._order().shopper
        if whose.email not in contacts.by_email and whose.customer_id not in self.gone:
            status = self.chance.choice(["subscribed", "unsubscribed", "pendingOptIn"])
            contacts.know(whose.email, status, self.sandbox.clock.now())

    def _date_ahead(self) -> None:
        order = self._order()
        order.changed = self.now + timedelta(days=1)
        self.frozen.add(order.id)

    def _delete(self) -> None:
        contact, contacts = self._contact(), self.sandbox.state.contacts
        whose = self.shopper_of(contact.email)
        assert whose is not None
        self.gone.add(whose.customer_id)
        if self.chance.random() < 0.5:
            contacts.delete(contact, self.sandbox.clock.now())
            return
        del contacts.by_id[contact.id], contacts.by_email[contact.email]
        if self.is_tied(contact.id):
            self.buried.add(whose.customer_id)

    def _poison(self) -> None:
        self.poisoned.add(self._order().id)


def is_sold(order: Order) -> bool:
    """Whether an order counts."""
    return order.state in SOLD


FAR = timedelta(days=365 * 90)
"""The sandbox's own shoppers never come: everything here is of the run's making."""

"""A worker on the sandbox, without a network; every byte that it says is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from engine.connections.dotdigital import DotdigitalClient
from engine.connections.mirakl import MiraklSource
from engine.connections.order_texts import OrderText
from engine.connections.pace import Unpaced
from engine.connections.wire import Got, Sent
from engine.sandbox.wire import SandboxWire
from engine.sandbox.world.life import Habits
from engine.sandbox.world.orders import Order, step
from engine.sandbox.world.shoppers import Shopper
from engine.state.claims import Claimant
from engine.state.database import Database
from engine.state.migrations import prepare_database
from engine.sync.cycle import settle_all, wait_until_due
from engine.sync.flow import Flow, make_flow
from engine.sync.landing import Landing, Poll
from engine.sync.worker import Rules, Worker
from tests.sandbox import Rehearsal
from tests.shipped import ORDERS, checked

KEY = b"a key of the tests, no secret"
LISTS = {"marketing_list": 4711, "marketplace_list": 4712, "programme": 881}
NAME, SURNAME = "Canaria", "Quillfeather"


@cache
def shipped_flow(path: Path = ORDERS) -> Flow:
    """Give a shipped mapping, ready to deliver."""
    return make_flow(checked(path, **LISTS) if path == ORDERS else checked(path))


class SandboxClock:
    """The sandbox's clock; a wait lets it go on."""

    def __init__(self, there: Rehearsal) -> None:
        self._there = there

    def now(self) -> datetime:
        return self._there.sandbox.clock.now()

    def sleep(self, seconds: float) -> None:
        self._there.wait(seconds=max(seconds, 0.001))


@dataclass
class WatchedWire:
    """A wire that keeps what was sent; `meddle` is called before each request."""

    inner: SandboxWire
    sent: list[Sent] = field(default_factory=list)
    meddle: Callable[[Sent], None] | None = None
    after: Callable[[Sent], None] | None = None

    def exchange(self, sent: Sent) -> Got:
        self.sent.append(sent)
        if self.meddle is not None:
            self.meddle(sent)
        got = self.inner.exchange(sent)
        if self.after is not None:
            self.after(sent)
        return got


class Kept:
    """Keeps what the log is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.warnings: list[str] = []

    def info(self, event: str, **facts: object) -> None:
        self.lines.append(f"{event} {facts}")

    def warning(self, event: str, **facts: object) -> None:
        self.lines.append(f"{event} {facts}")
        self.warnings.append(f"{event} {facts}")


class Hands:
    """One worker and both sides; `url` is the database, in memory unless given."""

    def __init__(
        self, *, days: float = 0, url: str = "sqlite://", flow: Flow | None = None
    ) -> None:
        self.there = Rehearsal(days=days, tiers={})
        self.there.get("/sandbox/")
        for name, kind in (("Orders", "orders"), ("Shipments", "custom")):
            path = f"/dotdigital/insightData/v3/collections/{name}"
            self.there.call("POST", path, collectionScope="contact", collectionType=kind)
        self.database = Database(url)
        self.clock = SandboxClock(self.there)
        prepare_database(self.database, self.clock.now())
        self.flow = flow or shipped_flow()
        self.log = Kept()
        sandbox = self.there.sandbox
        self.dotdigital = WatchedWire(SandboxWire(sandbox, "dotdigital"))
        self.mirakl = WatchedWire(SandboxWire(sandbox, "mirakl"))
        self.worker = self.hire("one")
        home = self.mirakl.inner.home
        source = MiraklSource(self.mirakl, "TAX_INCLUDED", home)
        self.landing = Landing(self.worker, source, "run", Poll(first=timedelta(days=400)))

    def hire(self, name: str, **rules: Any) -> Worker:
        """Give a worker of a name."""
        client = DotdigitalClient(self.dotdigital, self.flow.target, Unpaced())
        made = Rules(**rules)
        claimant = Claimant(self.flow.name, name, made.lease)
        return Worker(
            flow=self.flow,
            database=self.database,
            client=client,
            clock=self.clock,
            claimant=claimant,
            tombstone_key=KEY,
            rules=made,
            talk=self.log,
        )

    def place(self, customer: str = "7700077", *, real: bool = True, **person: Any) -> Order:
        """Let somebody of a name that nobody else has buy something; it is sent off at once."""
        world = self.there.sandbox.world
        known = {
            "customer_id": customer,
            "first_name": NAME,
            "last_name": SURNAME,
            "email": f"{NAME.lower()}.{customer}@example.com",
            "hands_over": real,
            "answer": True,
            "proved": True,
        }
        order = world.place(Shopper(**{**known, **person}), [(0, 1)], self.clock.now())
        for state in ("WAITING_ACCEPTANCE", "WAITING_DEBIT_PAYMENT", "SHIPPING", "SHIPPED"):
            step(order, state, self.clock.now())
        self.there.wait(seconds=1)
        return order

    def sync(self) -> None:
        """Land what changed, and deliver until nothing waits."""
        self.landing.read_changes()
        settle(self)

    def rows(self, statement: str) -> list[Any]:
        """Give the rows of a statement."""
        with self.database.transaction() as connection:
            return list(connection.execute(text(statement)))

    def count(self, table: str) -> int:
        return int(self.rows(f'SELECT count(*) FROM "{table}"')[0][0])  # noqa: S608 - tests' own

    def contacts(self, email: str) -> list[Any]:
        """Give the contacts of an address that are not in the bin."""
        found = self.there.sandbox.state.contacts.by_id.values()
        return [one for one in found if one.email == email and one.binned is None]


def still_hands() -> Hands:
    """Give hands in a world where nobody but the test buys anything."""
    made = Hands()
    world = made.there.sandbox.world
    world.habits = Habits(every=timedelta(days=36_500))
    made.there.wait(days=1)
    made.there.get("/sandbox/")
    world.orders.clear()
    return made


def land(hands: Hands, *payloads: dict[str, Any]) -> None:
    """Land orders as Mirakl would show them, as events."""
    texts = [orjson.dumps(one) for one in payloads]
    orders = [
        OrderText(text, one, str(one["order_id"]))
        for text, one in zip(texts, payloads, strict=True)
    ]
    with hands.worker.transaction() as connection:
        hands.landing.land(connection, orders, "event")


def settle(hands: Hands) -> None:
    """Deliver until nothing waits."""
    settle_all(hands.worker)
    while wait_until_due(hands.worker, timedelta(minutes=15)):
        settle_all(hands.worker)


def fault(hands: Hands, kind: str, **more: Any) -> None:
    """Let Dotdigital do something wrong."""
    hands.there.call("POST", "/sandbox/faults", {"kind": kind, "service": "dotdigital", **more})


def outcomes(hands: Hands) -> list[tuple[str, str]]:
    """Give each version's order with how it ended, in the order of landing."""
    rows = hands.rows("SELECT order_key, outcome FROM order_version ORDER BY id")
    return [(row[0], row[1]) for row in rows]


def open_codes(hands: Hands) -> list[str]:
    """Give the codes of what waits for people."""
    return [row[0] for row in hands.rows("SELECT code FROM exception WHERE closed_at IS NULL")]


def total(hands: Hands, order: Order) -> float:
    """Give what an order is worth in Dotdigital."""
    records = hands.there.sandbox.state.insight.collections["Orders"].records
    return float(records[order.id].json["order_total"])


def fields(hands: Hands, order: Order) -> dict[str, Any]:
    """Give the data fields of an order's buyer in Dotdigital."""
    return dict(hands.contacts(order.shopper.email)[0].fields)


def writes(hands: Hands) -> list[Sent]:
    """Give what was sent to Dotdigital to change something."""
    return [one for one in hands.dotdigital.sent if one.method != "GET"]

"""`python -m benchmarks.calls`: Dotdigital calls that history costs, counted, not timed.

A world of the sandbox is delivered by batches, in memory. Most shoppers of a marketplace are
known by a relay address alone; whoever's own address is known is created by a call of their own, so
both are told: calls per 1,000 orders without those creations, and their number. A connector that
makes a call per record is counted on the same orders.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import click
import orjson

from benchmarks.compare import MAPPING
from engine.commands.delivery import read_flow
from engine.connections.dotdigital import DotdigitalClient
from engine.connections.mirakl import MiraklSource
from engine.connections.order_texts import cut_orders
from engine.connections.pace import Unpaced
from engine.connections.wire import Got, Sent, Wire
from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.whole import Sandbox
from engine.sandbox.wire import SandboxWire
from engine.sandbox.world.life import Habits
from engine.state.claims import Claimant
from engine.state.database import Database
from engine.state.migrations import prepare_database
from engine.state.orders import count_outcomes
from engine.sync.account import prepare_account
from engine.sync.cycle import settle_all
from engine.sync.landing import Landing
from engine.sync.worker import Rules, Worker

START = datetime(2025, 11, 1, 9, tzinfo=UTC)
MOST = 12
# Old enough for no journey to begin.
AGE = timedelta(days=20)


@dataclass(slots=True)
class Counted:
    """A wire that counts what goes over it."""

    wire: Wire
    calls: Counter[str] = field(default_factory=Counter)

    def exchange(self, sent: Sent) -> Got:
        """Count one exchange and make it."""
        self.calls[f"{sent.method} {_place(sent.path)}"] += 1
        return self.wire.exchange(sent)


@dataclass(frozen=True, slots=True)
class Time:
    """The sandbox's clock, for the worker."""

    sandbox: Sandbox

    def now(self) -> datetime:
        """Give the moment."""
        return self.sandbox.clock.now()

    def sleep(self, seconds: float) -> None:
        """Let time pass there."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))


def deliver(orders: int, seed: int) -> tuple[Counter[str], Mapping[str, int]]:
    """Deliver a history of so many orders; give the calls, and how the versions ended."""
    habits = Habits(every=timedelta(minutes=10), shoppers=orders * 6 // 10)
    account = Account(tiers={})
    sandbox = Sandbox(SandboxClock(START), seed, habits=habits, account=account)
    sandbox.clock.advance(timedelta(minutes=10) * orders + AGE)
    sandbox.world.advance(sandbox.clock.now())
    flow = read_flow(MAPPING, MAPPING.parent / "brands/example.yaml")
    database = Database("sqlite://")
    clock = Time(sandbox)
    prepare_database(database, clock.now())
    wire = Counted(SandboxWire(sandbox, "dotdigital"))
    client = DotdigitalClient(wire, flow.target, Unpaced())
    claimant = Claimant(flow.name, "history", timedelta(minutes=15))
    worker = Worker(flow, database, client, clock, claimant, b"k" * 32, Rules())
    prepare_account(worker)
    wire.calls.clear()
    mirakl = SandboxWire(sandbox, "mirakl")
    landing = Landing(worker, MiraklSource(mirakl, "TAX_INCLUDED", mirakl.home), "history")
    history = [one for one in sandbox.world.orders.values() if one.created < clock.now() - AGE]
    shown = [show_order(one, "TAX_INCLUDED") for one in history]
    with worker.transaction() as connection:
        landing.land(connection, cut_orders(orjson.dumps({"orders": shown})), "batch")
    settle_all(worker)
    with worker.transaction() as connection:
        return wire.calls, count_outcomes(connection, worker.flow.name)


def _place(path: str) -> str:
    """Give a path without whom it is about."""
    known = ("import", "collections", "suppressed-since", "server-time", "programs")
    for word in known:
        if f"/{word}" in path:
            return path[: path.index(f"/{word}") + len(word) + 1]
    steps = path.split("/")
    return "/".join(steps[:3]) + ("/one" if len(steps) > 3 else "")  # noqa: PLR2004


@click.command()
@click.option("--orders", default=5000, show_default=True)
@click.option("--seed", default=7, show_default=True)
def main(orders: int, seed: int) -> None:
    """Count, print, and fail above the limit."""
    calls, endings = deliver(orders, seed)
    ended = sum(endings.values())
    created = calls["POST /contacts/v3"]
    others = calls.total() - created
    for name, number in calls.most_common():
        print(f"{number:>6}  {name}")
    told = ", ".join(f"{number} {name}" for name, number in sorted(endings.items()))
    print(f"{ended} orders: {told}")
    print(f"{others} calls, {others * 1000 / ended:.1f} per 1,000 orders (at most {MOST});")
    print(f"and {created} creations of people whose own address is known")
    sys.exit(others * 1000 > MOST * ended)


if __name__ == "__main__":
    main()

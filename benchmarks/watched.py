"""A sandbox on the loopback address that notes when its calls arrive, by one clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import orjson

from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.faults import Delivery
from engine.sandbox.mirakl.service import MiraklRules
from engine.sandbox.server import make_server
from engine.sandbox.service import Request
from engine.sandbox.whole import Sandbox
from engine.sandbox.world.life import Habits

_RECORDS, _OF_ORDERS = "/dotdigital/insightData/v3/contacts/", "/Orders/"
# What slows a call down is to be ours: the service's own settings say what it may ask.
_TIERS = {"low": 6000, "medium": 60_000, "high": 60_000}
_MIRAKL_CALLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it arrived: `at` in seconds of `time.perf_counter`, `total` of a record in it."""

    at: float
    record: str = ""
    total: float = 0.0
    is_poll: bool = False


class Watched(Sandbox):
    """A sandbox that notes the calls that show how fast a change travels."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.calls: list[Call] = []

    def handle(self, request: Request) -> Delivery:
        """Note a call, and answer it."""
        at = time.perf_counter()
        path = request.path
        if request.method == "PUT" and path.startswith(_RECORDS) and _OF_ORDERS in path:
            total = float(orjson.loads(request.body).get("order_total", 0.0))
            self.calls.append(Call(at, path.rpartition("/")[2], total))
        elif path == "/mirakl/api/orders" and request.value("start_update_date"):
            self.calls.append(Call(at, is_poll=True))
        return super().handle(request)


def make_world(orders: int, days: int, seed: int, base: str) -> Watched:
    """Give a sandbox in which so many orders were placed in the days before now.

    Its time is the machine's; three of five orders come with a shopper of their own.
    """
    past, begun = timedelta(days=days), time.monotonic()
    clock = SandboxClock(
        datetime.now(UTC) - past, speed=1.0, elapsed=lambda: time.monotonic() - begun
    )
    sandbox = Watched(
        clock,
        seed,
        base,
        habits=Habits(every=past / orders, shoppers=orders * 6 // 10),
        rules=MiraklRules(calls_per_hour=_MIRAKL_CALLS),
        account=Account(tiers=dict(_TIERS)),
    )
    sandbox.world.advance(clock.advance(past))
    return sandbox


@contextmanager
def serving(sandbox: Sandbox, port: int) -> Iterator[None]:
    """Serve a sandbox as long as the block lasts."""
    server = make_server(sandbox, port)
    thread = threading.Thread(target=server.run, name="sandbox", daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def answer_time(client: httpx.Client, contact: int) -> float:
    """Give the seconds in which the sandbox answers one reading of a contact."""
    start = time.perf_counter()
    client.get(f"/dotdigital/contacts/v3/contactId/{contact}").raise_for_status()
    return time.perf_counter() - start

"""Programs that die: twenty orders, delivered by a child that is killed (kill -9) at one point.

A point lies before or after a commit or a request. After the death another child does what is left,
and both sides are compared. `killing.py` goes through the points.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count

import httpx
from sqlalchemy import Connection, func, select

from engine.connections.credentials import dotdigital_user, mirakl_key
from engine.connections.dotdigital import DotdigitalClient
from engine.connections.home import find_home
from engine.connections.http import HttpWire
from engine.connections.mirakl import MiraklSource
from engine.connections.pace import Unpaced
from engine.connections.wire import Got, Sent, Wire
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.mirakl.service import MiraklRules
from engine.state.claims import Claimant
from engine.state.database import Database
from engine.state.tables import CALL, EXCEPTION, ORDER_VERSION
from engine.sync.cycle import settle_all
from engine.sync.landing import Landing, Poll
from engine.sync.worker import Rules, Worker
from tests.simulation.run import KEY, START, clear, shipped_flow

LANES = {"event": 10**9, "batch": 0}
Pass = Callable[[], None]
Wires = Mapping[str, HttpWire]


def live_on() -> None:
    """Pass a point without dying."""


class DyingDatabase(Database):
    """Dies before or after a commit."""

    pass_point: Pass = staticmethod(live_on)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as connection:
            yield connection
            self.pass_point()
        self.pass_point()


@dataclass(frozen=True, slots=True)
class DyingWire:
    """Dies before or after a request."""

    inner: Wire
    pass_point: Pass

    def exchange(self, sent: Sent) -> Got:
        self.pass_point()
        got = self.inner.exchange(sent)
        self.pass_point()
        return got


@dataclass(slots=True)
class PatientClock:
    """Time passes only when somebody sleeps."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Sync:
    """Twenty orders, to be delivered from one address into one database.

    Whatever takes a while to make is made before children are, and used by them alone: a connection
    that was open before would not be theirs.
    """

    base: str
    database: DyingDatabase
    lane: str
    wires: Wires

    def deliver(self, pass_point: Pass, start: datetime) -> None:
        """Land and deliver everything."""
        flow, database = shipped_flow(), self.database
        database.pass_point = pass_point
        wires = {name: DyingWire(wire, pass_point) for name, wire in self.wires.items()}
        worker = Worker(
            flow=flow,
            database=database,
            client=DotdigitalClient(wires["dotdigital"], flow.target, Unpaced()),
            clock=PatientClock(start),
            claimant=Claimant(flow.name, f"process {os.getpid()}", Rules().lease),
            tombstone_key=KEY,
            rules=Rules(events_as_batch=LANES[self.lane]),
            chance=random.Random(1),  # noqa: S311 - chance, not secrets
        )
        home = find_home(f"{self.base}/mirakl", ["127.0.0.1"])
        source = MiraklSource(wires["mirakl"], "TAX_INCLUDED", home)
        Landing(worker, source, "run", Poll(first=timedelta(days=400))).read_changes()
        settle_all(worker)
        database.close()


def make_wires(base: str) -> Wires:
    """Give a wire to each side; the library reads every certificate of the machine for it."""
    account = Account()
    keys = {
        "mirakl": mirakl_key(MiraklRules().key),
        "dotdigital": dotdigital_user(account.user, account.password),
    }
    return {name: HttpWire(f"{base}/{name}", key, ["127.0.0.1"]) for name, key in keys.items()}


@cache
def _asking() -> httpx.Client:
    """Give what asks the sandbox's own questions, made once as wires are."""
    return httpx.Client(trust_env=False)


def run_child(sync: Sync, point: int, start: datetime) -> bool:
    """Deliver in a child that is killed at one point; tell whether it got to its end."""
    child = os.fork()
    if child == 0:
        left = iter(range(point - 1, -1, -1)) if point else iter(count(1))

        def pass_point() -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            sync.deliver(pass_point, start)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0, "a child failed"
    return True


def find_wrong(sync: Sync) -> Iterator[str]:
    """Give what is not as it should be, on both sides."""
    yield from _asking().get(f"{sync.base}/verdict").json()
    database = sync.database
    with database.transaction() as connection:
        left = select(func.count()).where(ORDER_VERSION.c.outcome.is_(None))
        if connection.execute(left).scalar_one():
            yield "orders wait"
        made = (
            select(CALL.c.call_id)
            .where(CALL.c.idempotent.is_(False), CALL.c.state.in_(("done", "unknown")))
            .group_by(CALL.c.call_id)
            .having(func.count() > 1)
        )
        yield from (f"{one} was made twice" for one in connection.execute(made).scalars())
        opened = select(EXCEPTION.c.code).where(EXCEPTION.c.code != "OUTCOME_UNKNOWN")
        yield from (f"raised {one}" for one in connection.execute(opened).scalars())
    database.close()


def begin_anew(sync: Sync) -> None:
    """Let both sides hold nothing of an earlier delivery."""
    _asking().post(f"{sync.base}/fresh").raise_for_status()
    clear(sync.database)
    sync.database.close()


def count_points(sync: Sync) -> int:
    """Deliver once without a death; give how many points there are."""
    begin_anew(sync)
    passed: list[None] = []
    here = replace(sync, wires=make_wires(sync.base))
    here.deliver(lambda: passed.append(None), START + timedelta(minutes=1))
    sync.database.pass_point = live_on
    return len(passed)


def die_at(sync: Sync, point: int) -> list[str]:
    """Begin anew, die at a point, do what is left; give what is wrong then."""
    begin_anew(sync)
    if run_child(sync, point, START + timedelta(minutes=1)):
        return ["nobody died"]
    if not run_child(sync, 0, START + timedelta(hours=1)):
        return ["the second worker died too"]
    return list(find_wrong(sync))


@contextmanager
def serving() -> Iterator[str]:
    """Serve a sandbox in a process of its own; give its address."""
    command = [sys.executable, "-m", "tests.simulation.serving"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()

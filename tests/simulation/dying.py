"""Programs that die: `python -m tests.simulation.dying LANE URL STRIDE [FIRST]`.

Twenty orders are delivered again and again, over HTTP, by a child that is killed (kill -9) at one
point: before or after a commit or a request; the first child at point FIRST, the next STRIDE points
further on, until one lives to its end. After each death another child does what is left, and both
sides are compared. Says as JSON at how many points it died, and what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
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


class DyingDatabase(Database):
    """Dies before or after a commit."""

    pass_point: Pass

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
    """Twenty orders, to be delivered from one address into one database."""

    base: str
    url: str
    lane: str

    def deliver(self, pass_point: Pass, start: datetime) -> None:
        """Land and deliver everything."""
        flow = shipped_flow()
        database = DyingDatabase(self.url)
        database.pass_point = pass_point
        account = Account()
        keys = {
            "mirakl": mirakl_key(MiraklRules().key),
            "dotdigital": dotdigital_user(account.user, account.password),
        }
        wires = {
            name: DyingWire(HttpWire(f"{self.base}/{name}", key, ["127.0.0.1"]), pass_point)
            for name, key in keys.items()
        }
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
    yield from httpx.get(f"{sync.base}/verdict").json()
    database = Database(sync.url)
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


def die_at(sync: Sync, point: int) -> tuple[bool, list[str]]:
    """Begin anew, die at a point, do what is left; whether it died at all, and what is wrong."""
    httpx.post(f"{sync.base}/fresh").raise_for_status()
    database = Database(sync.url)
    clear(database)
    database.close()
    lived = run_child(sync, point, START + timedelta(minutes=1))
    if not lived:
        assert run_child(sync, 0, START + timedelta(hours=1))
    return not lived, [f"point {point}: {one}" for one in find_wrong(sync)]


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


def main(lane: str, url: str, stride: str, first: str = "1") -> int:
    """Die everywhere; 1 when anything was wrong afterwards."""
    begun, points, wrong = time.monotonic(), 0, list[str]()
    with serving() as base:
        sync = Sync(base, url, lane)
        shipped_flow()
        for point in count(int(first), int(stride)):
            died, found = die_at(sync, point)
            wrong += found
            if not died:
                break
            points += 1
    seconds = round(time.monotonic() - begun)
    told = {"lane": lane, "deaths": points, "last": point, "seconds": seconds, "wrong": wrong}
    sys.stdout.write(json.dumps(told) + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

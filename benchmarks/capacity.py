"""`python -m benchmarks.capacity`: what an order costs by lane, and what a deployment can carry.

A world of the sandbox lives some days in memory, and every version of its orders is delivered as an
event; another one is delivered as history. What counts is our own time (the sandbox's is taken
off), the calls by tier, and how the file of the database grows. What HTTP costs a call, and what a
service costs that has nothing to do, is measured over the loopback address. With `--write` the
figures go into docs/deploy/capacity.md, where everything else follows from them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

import click
import orjson

from benchmarks.calls import AGE, Time
from benchmarks.capacity_page import PAGE, Figures, Lane, render, renew
from benchmarks.compare import MAPPING
from engine.commands.delivery import read_flow
from engine.connections.credentials import dotdigital_user
from engine.connections.dotdigital import DotdigitalClient
from engine.connections.http import HttpWire
from engine.connections.mirakl import MiraklSource
from engine.connections.order_texts import cut_orders
from engine.connections.wire import Got, NoAnswer, Sent, Wire
from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.whole import Sandbox
from engine.sandbox.wire import SandboxWire
from engine.sandbox.world.life import Habits
from engine.state.claims import Claimant
from engine.state.database import Database
from engine.state.migrations import prepare_database
from engine.sync.account import prepare_account
from engine.sync.cycle import settle_all
from engine.sync.landing import Landing
from engine.sync.worker import Rules, Worker

_START = datetime(2025, 11, 1, 9, tzinfo=UTC)
_BRAND = MAPPING.parent / "brands/example.yaml"
_USER, _PASSWORD = "apiuser-sandbox@apiconnector.example.com", "sandbox-dotdigital-password"
_PAUSE = timedelta(minutes=30)
_STARTS = 30.0


@dataclass(slots=True)
class Timed:
    """A wire that keeps how much of our time was the other side's."""

    wire: Wire
    seconds: float = 0.0

    def exchange(self, sent: Sent) -> Got:
        """Make one exchange, and count its time."""
        begun = time.process_time()
        try:
            return self.wire.exchange(sent)
        finally:
            self.seconds += time.process_time() - begun


@dataclass(slots=True)
class Counting:
    """Gives leave at once, and counts by tier."""

    calls: Counter[str] = field(default_factory=Counter)

    def take(self, tier: str) -> float:
        """Count a call."""
        self.calls[tier] += 1
        return 0.0

    def heed(self, tier: str, status: int, headers: Mapping[str, str]) -> None:
        """Take in nothing."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A worker in front of a sandbox, with what it costs."""

    sandbox: Sandbox
    worker: Worker
    landing: Landing
    wire: Timed
    pace: Counting

    @contextmanager
    def measuring(self, orders: list[int]) -> Iterator[list[Lane]]:
        """Give the cost of what the block does, for the orders that it puts into the list."""
        self.pace.calls.clear()
        self.wire.seconds, size = 0.0, self._size()
        begun, lanes = time.process_time(), list[Lane]()
        yield lanes
        spent = time.process_time() - begun - self.wire.seconds
        number = sum(orders)
        calls = {tier: count / number for tier, count in sorted(self.pace.calls.items())}
        grown = (self._size() - size) / number
        lanes.append(Lane(number, spent * 1000 / number, grown / 1024, calls))

    def _size(self) -> int:
        """Give the bytes of the database, whether they stand in its file or in its log."""
        with self.worker.database.transaction() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return int(pages) * int(size)


def make_bench(folder: Path, orders: int, every: timedelta) -> Bench:
    """Give a worker on a new database in front of a new world."""
    habits = Habits(every=every, shoppers=orders * 6 // 10)
    sandbox = Sandbox(SandboxClock(_START), 7, habits=habits, account=Account(tiers={}))
    flow = read_flow(MAPPING, _BRAND)
    database, clock = Database(f"sqlite:///{folder}/{orders}.db"), Time(sandbox)
    prepare_database(database, clock.now())
    wire, pace = Timed(SandboxWire(sandbox, "dotdigital")), Counting()
    client = DotdigitalClient(wire, flow.target, pace)
    claimant = Claimant(flow.name, "capacity", timedelta(minutes=15))
    worker = Worker(flow, database, client, clock, claimant, b"k" * 32, Rules())
    prepare_account(worker)
    mirakl = SandboxWire(sandbox, "mirakl")
    landing = Landing(worker, MiraklSource(mirakl, "TAX_INCLUDED", mirakl.home), "capacity")
    return Bench(sandbox, worker, landing, wire, pace)


def measure_events(folder: Path, orders: int) -> Lane:
    """Give what an order costs that is delivered as an event, over its life."""
    every = timedelta(minutes=10)
    bench, counted = make_bench(folder, orders, every), list[int]()
    with bench.measuring(counted) as lanes:
        until = bench.sandbox.clock.now() + every * orders
        while bench.sandbox.clock.now() < until:
            bench.sandbox.clock.advance(_PAUSE)
            bench.sandbox.world.advance(bench.sandbox.clock.now())
            bench.landing.read_changes()
            settle_all(bench.worker)
        counted.append(len(bench.sandbox.world.orders))
    return lanes[0]


def measure_history(folder: Path, orders: int) -> Lane:
    """Give what an order costs that is delivered as history."""
    every = timedelta(minutes=10)
    bench, counted = make_bench(folder, orders, every), list[int]()
    bench.sandbox.clock.advance(every * orders + AGE)
    bench.sandbox.world.advance(bench.sandbox.clock.now())
    until = bench.sandbox.clock.now() - AGE
    old = [one for one in bench.sandbox.world.orders.values() if one.created < until]
    shown = orjson.dumps({"orders": [show_order(one, "TAX_INCLUDED") for one in old]})
    with bench.measuring(counted) as lanes:
        with bench.worker.transaction() as connection:
            bench.landing.land(connection, cut_orders(shown), "batch")
        settle_all(bench.worker)
        counted.append(len(old))
    return lanes[0]


def measure_service(folder: Path, seconds: float) -> tuple[float, float, float]:
    """Give CPU milliseconds of a call by HTTP, and share of a core and MiB of an idle service."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    base = f"http://127.0.0.1:{port}"
    with _running({}, "sandbox", "--port", str(port), "--speed", "1", "--history", "0"):
        call = _measure_call(base)
        given = {
            "MIRADOT_MIRAKL_URL": f"{base}/mirakl",
            "MIRADOT_MIRAKL_KEY": "sandbox-mirakl-key",
            "MIRADOT_DOTDIGITAL_URL": f"{base}/dotdigital",
            "MIRADOT_DOTDIGITAL_USER": _USER,
            "MIRADOT_DOTDIGITAL_PASSWORD": _PASSWORD,
            "MIRADOT_TOMBSTONE_KEY": "a-benchmark-needs-no-better-key-than-this",
            "MIRADOT_DATABASE_URL": f"sqlite:///{folder}/service.db",
        }
        words = ("sync", str(MAPPING), "--brand", str(_BRAND))
        with _running(given, *words) as service:
            # What it takes to start is no part of having nothing to do.
            time.sleep(_STARTS)
            before = _cpu(service.pid)
            time.sleep(seconds)
            share = (_cpu(service.pid) - before) / seconds
            return call, share, _resident(service.pid)


def _measure_call(base: str) -> float:
    wire = HttpWire(f"{base}/dotdigital", dotdigital_user(_USER, _PASSWORD), ("127.0.0.1",))
    with wire:
        for _ in range(300):
            if _answers(wire):
                break
            time.sleep(0.1)
        begun = time.process_time()
        for _ in range(300):
            wire.exchange(_READ)
        return (time.process_time() - begun) * 1000 / 300


_READ = Sent("GET", "/v2/server-time")


def _answers(wire: HttpWire) -> bool:
    try:
        wire.exchange(_READ)
    except NoAnswer:
        return False
    return True


@contextmanager
def _running(given: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if "MIRADOT" not in name}
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "cli.py", *words],
        env=environment | dict(given),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _cpu(pid: int) -> float:
    """Give the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    """Give the memory of a process, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    [line] = [one for one in lines if one.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


@click.command()
@click.option("--orders", default=1500, show_default=True, help="Orders delivered in each lane.")
@click.option("--seconds", default=20.0, show_default=True, help="How long a service is watched.")
@click.option("--write", is_flag=True, help="Put the figures into the page.")
def main(orders: int, seconds: float, *, write: bool) -> None:
    """Measure, and print the page's figures."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        events = measure_events(folder, orders)
        history = measure_history(folder, orders * 2)
        call, share, memory = measure_service(folder, seconds)
    version = ".".join(map(str, sys.version_info[:3]))
    figures = Figures(events, history, call, share, memory, f"{_processor()}, Python {version}")
    print(render(figures))
    if write:
        PAGE.write_text(renew(PAGE.read_text(encoding="utf-8"), figures), encoding="utf-8")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else 'unknown'} with {os.cpu_count()} cores"


if __name__ == "__main__":
    main()

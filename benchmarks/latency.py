"""`python -m benchmarks.latency`: how long a change in Mirakl takes to Dotdigital.

A real `miradot sync` service stands between the two sides of a sandbox, over HTTP on this machine.
Every three seconds an order is changed. Every other change is rung at the doorbell, the rest is
left to the poll: the time counts from the ring, or from the arrival of the poll that shows the
change, to the arrival of the call that carries the order's new total. So it is measured while
nothing else happens, then while `miradot backfill` delivers history on the same database. Every
time is also told as a ratio to the sandbox's own answer, read at the same moments, so that a slow
or busy machine moves both.

What was not delivered within two minutes counts as two minutes. Under a backfill the shoppers of
that history are told apart: a person is written by one worker at a time, so whoever is in the batch
that is being imported waits for its end.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import httpx
from sqlalchemy import text

from benchmarks.processes import BEARER, free_port, running, settings_for
from benchmarks.watched import Watched, answer_time, make_world, serving
from engine.sandbox.world.orders import SENT, Order
from engine.state.database import Database

MAPPING = "mappings/debenhams/orders.yaml"
BRAND = "mappings/debenhams/brands/example.yaml"
_DAYS = 40
# `sync` looks 36 hours back at first; what is older is history.
_LIVE = timedelta(hours=30)
_HISTORY_ENDS = timedelta(days=3)
# How long a change may take before it is told as not delivered.
_PATIENCE = 120.0
_LONGEST_START = 900.0
_UNAVAILABLE = 503
_WAITING = text("SELECT count(*) FROM order_version WHERE outcome IS NULL")
_WAYS = ("ring", "poll")


@dataclass(slots=True)
class Change:
    """A change of an order: what it is worth from then on, and when it was made and carried over.

    `known`: the shopper has orders in the history that is filled in meanwhile.
    """

    way: str
    order: str
    total: float
    at: float
    answer: float
    known: bool
    seconds: float | None = None


@dataclass(slots=True)
class Stage:
    """The sandbox, the service in front of it, and what was changed."""

    sandbox: Watched
    client: httpx.Client
    bell: httpx.Client
    chance: random.Random
    changes: list[Change] = field(default_factory=list)
    unheard: int = 0
    _read: int = 0
    _polls: list[float] = field(default_factory=list)

    def change(self, way: str) -> None:
        """Refund a penny of an order that is not on its way, and ring where that is the way."""
        order, line = self._pick()
        contact = self.sandbox.state.contacts.by_id
        answer = answer_time(self.client, self.chance.choice(list(contact)))
        body = {"line": line, "goods": 1}
        told = self.client.post(f"/sandbox/orders/{order.id}/refund", json=body)
        total = float(told.raise_for_status().json()["net"])
        at = time.perf_counter()
        known = any(
            one.shopper is order.shopper and one.created < datetime.now(UTC) - _HISTORY_ENDS
            for one in list(self.sandbox.world.orders.values())
        )
        self.changes.append(Change(way, order.id, total, at, answer, known))
        if way == "ring":
            self._ring(order.id)

    def _ring(self, order_id: str) -> None:
        """Ring as senders do, again where it could not be heard; the time goes on meanwhile."""
        while True:
            answer = self.bell.post("/hooks/mirakl", json={"order_id": order_id})
            if answer.status_code != _UNAVAILABLE:
                answer.raise_for_status()
                return
            self.unheard += 1
            time.sleep(1)

    def look(self) -> None:
        """Take in the calls that arrived."""
        calls = self.sandbox.calls[self._read :]
        self._read += len(calls)
        for call in calls:
            if call.is_poll:
                self._polls.append(call.at)
                continue
            for one in self.changes:
                carried = one.order == call.record and round(one.total - call.total, 2) >= 0
                if one.seconds is None and carried and call.at > one.at:
                    one.seconds = call.at - self._begin(one)

    @property
    def open(self) -> list[Change]:
        """The changes that were not carried over yet."""
        return [one for one in self.changes if one.seconds is None]

    def _begin(self, one: Change) -> float:
        if one.way == "ring":
            return one.at
        return next((at for at in self._polls if at > one.at), one.at)

    def _pick(self) -> tuple[Order, int]:
        busy = {one.order for one in self.open}
        found = [
            (order, place)
            for order in list(self.sandbox.world.orders.values())
            if is_live(order) and order.id not in busy
            for place, line in enumerate(order.lines, 1)
            if line.state != "REFUSED" and line.refundable[0] > 0
        ]
        return self.chance.choice(found)


def wait_until_settled(url: str, sandbox: Watched) -> None:
    """Wait until the service has delivered the days that it reads at its start."""
    until = time.perf_counter() + _LONGEST_START
    with closing(Database(url)) as database:
        while time.perf_counter() < until:
            time.sleep(2)
            held = sandbox.state.insight.collections.get("Orders")
            if held is None or not held.records:
                continue
            with database.transaction() as connection:
                waits = connection.execute(_WAITING).scalar_one()
            if not waits:
                return
    raise SystemExit("the service did not deliver its first days")


def is_live(order: Order) -> bool:
    """Whether an order is one that the service itself reads at its start, and has sent."""
    now = datetime.now(UTC)
    recent = order.changed > now - _LIVE and order.created > now - _HISTORY_ENDS
    return recent and order.state in SENT


def measure(stage: Stage, samples: int, *, meanwhile: subprocess.Popen[bytes] | None) -> bool:
    """Change an order about every three seconds; False where what ran meanwhile ended early."""
    went_on = True
    for number in range(samples * len(_WAYS)):
        stage.change(_WAYS[number % len(_WAYS)])
        # Rings that come closer together are answered together.
        until = time.perf_counter() + stage.chance.uniform(2.5, 3.5)
        while time.perf_counter() < until:
            time.sleep(0.05)
            stage.look()
        went_on = went_on and (meanwhile is None or meanwhile.poll() is None)
    until = time.perf_counter() + _PATIENCE
    while stage.open and time.perf_counter() < until:
        time.sleep(0.1)
        stage.look()
    return went_on


def tell(name: str, changes: Sequence[Change]) -> dict[str, object]:
    """Give the figures of some changes: milliseconds, and ratios to the sandbox's answer."""
    if not changes:
        return {"name": name, "changes": 0}
    waited = sorted(_PATIENCE if one.seconds is None else one.seconds for one in changes)
    answer = statistics.median(one.answer for one in changes)
    middle, late = _quantile(waited, 50), _quantile(waited, 99)
    return {
        "name": name,
        "changes": len(changes),
        "over_2_minutes": sum(one >= _PATIENCE for one in waited),
        "answer_ms": round(answer * 1000, 2),
        "p50_ms": round(middle * 1000),
        "p99_ms": round(late * 1000),
        "p50_ratio": round(middle / answer),
        "p99_ratio": round(late / answer),
    }


def _quantile(ordered: Sequence[float], percent: int) -> float:
    """Give the smallest value that so many of a hundred do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def show(rows: Sequence[dict[str, object]]) -> str:
    """Give the figures as a table."""
    heads = ("changes", "over_2_minutes", "answer_ms", "p50_ms", "p99_ms", "p50_ratio", "p99_ratio")
    names = ("changes", "over 2 min", "answer", "p50", "p99", "p50/answer", "p99/answer")
    width = max(len(str(row["name"])) for row in rows)
    lines = [" " * width + "".join(f"{name:>12}" for name in names)]
    for row in rows:
        cells = "".join(f"{row.get(head, '-')!s:>12}" for head in heads)
        lines.append(f"{row['name']!s:<{width}}{cells}")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured."""

    database: str
    adapter: str
    orders: int
    samples: int
    seed: int


def run(asked: Asked) -> list[dict[str, object]]:
    """Measure both stages; give the rows of the table."""
    port, bell = free_port(), f"127.0.0.1:{free_port()}"
    base = f"http://127.0.0.1:{port}"
    sandbox = make_world(asked.orders, _DAYS, asked.seed, base)
    environment = settings_for(base, asked.database)
    words = ("sync", MAPPING, "--brand", BRAND, "--adapter", asked.adapter, "--doorbell", bell)
    login = (sandbox.account.user, sandbox.account.password)
    rings = {"Authorization": f"Bearer {BEARER}"}
    chance = random.Random(asked.seed)  # noqa: S311 - which order, not a secret
    with (
        serving(sandbox, port),
        httpx.Client(base_url=base, auth=login, trust_env=False, timeout=30) as client,
        httpx.Client(base_url=f"http://{bell}", headers=rings, trust_env=False) as ringing,
        running(environment, *words),
    ):
        wait_until_settled(asked.database, sandbox)
        idle, busy = (Stage(sandbox, client, ringing, chance) for _ in range(2))
        measure(idle, asked.samples, meanwhile=None)
        with running(environment, *_history()) as filling:
            if not measure(busy, asked.samples, meanwhile=filling):
                print("the backfill ended before the last change: take more --orders")
    if busy.unheard:
        print(f"{busy.unheard} rings were answered with 503 at first, and rung again")
    return [*_rows(idle, "idle"), *_rows(busy, "backfill")]


def _history() -> tuple[str, ...]:
    today = datetime.now(UTC).date()
    start, end = today - timedelta(days=_DAYS), today - _HISTORY_ENDS
    days = ("--from", f"{start}", "--to", f"{end}")
    return ("backfill", MAPPING, "--brand", BRAND, *days, "--send")


def _rows(stage: Stage, name: str) -> Iterator[dict[str, object]]:
    """Give a row for each way; under a backfill also by whether the shopper is in that history."""
    for way in _WAYS:
        changes = [one for one in stage.changes if one.way == way]
        yield tell(f"{way}, {name}", changes)
        if name != "idle":
            mine = [one for one in changes if one.known]
            yield tell("  in the history", mine)
            yield tell("  not in it", [one for one in changes if not one.known])


@click.command()
@click.option("--database", default="", metavar="URL", help="Else SQLite, made for this run.")
@click.option("--adapter", type=click.Choice(["dbos", "inline"]), default="dbos", show_default=True)
@click.option("--orders", default=6_000, show_default=True, help="Orders of the history.")
@click.option("--samples", default=40, show_default=True, help="Changes by each way and stage.")
@click.option("--seed", default=7, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Also write the figures as JSON.")
def main(out: Path | None, **given: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Measure, print a table, and write JSON."""
    with TemporaryDirectory() as folder:
        given["database"] = given["database"] or f"sqlite:///{folder}/latency.db"
        asked = Asked(**given)
        rows = run(asked)
    kind, orders = asked.database.partition(":")[0], asked.orders
    print(f"from a change to Dotdigital, ms; {kind}, {asked.adapter}, {orders} orders")
    print(show(rows))
    document = {**asdict(asked), "database": kind, "rows": rows}
    print(json.dumps(document))
    if out is not None:
        out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Activity: what ended hour by hour, how long orders waited, and how many calls are left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from engine.clock import read_time, write_time
from engine.state.budget import Allowance
from engine.state.tables import BUDGET, ORDER_VERSION, RUN

# An hour is as much of a moment's text as this.
_HOUR = len("2026-01-01T00")
_NEWEST = 500


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from an order's landing to its end, of the newest that came as events."""

    median: float
    longest: float


@dataclass(frozen=True, slots=True)
class Left:
    """Calls that may be made at once, of those that a tier allows so."""

    account: str
    tier: str
    calls: int
    of: int
    paused_seconds: int


@dataclass(frozen=True, slots=True)
class InForce:
    """A mapping by its digest: how many versions of orders ended by it, and from when to when."""

    spec_sha256: str
    first_at: str
    last_at: str
    orders: int


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """A version that has not ended; `payload` is JSON."""

    order_key: str
    lane: str
    landed_at: str
    payload: str


def list_in_force(connection: Connection, flow: str, most: int) -> list[InForce]:
    """Give the mappings by which orders ended, the latest first."""
    table = ORDER_VERSION
    last = func.max(table.c.settled_at)
    found = connection.execute(
        select(table.c.spec_sha256, func.min(table.c.settled_at), last, func.count())
        .where(table.c.flow == flow, table.c.spec_sha256.is_not(None), table.c.spec_sha256 != "")
        .group_by(table.c.spec_sha256)
        .order_by(last.desc())
        .limit(most)
    )
    return [InForce(*row) for row in found if row[1] is not None]


def list_waiting_orders(connection: Connection, flow: str, most: int) -> list[WaitingOrder]:
    """Give the versions that wait, events first, what has waited longest first."""
    table = ORDER_VERSION
    found = connection.execute(
        select(table.c.order_key, table.c.lane, table.c.landed_at, table.c.payload)
        .where(table.c.flow == flow, table.c.outcome.is_(None))
        .order_by(table.c.lane.desc(), table.c.id)
        .limit(most)
    )
    return [WaitingOrder(*row) for row in found]


def count_by_hour(connection: Connection, flow: str, now: datetime) -> list[tuple[str, int]]:
    """Give how many versions ended in each of the last 24 hours, oldest first, by its start."""
    hours = [write_time(now - timedelta(hours=back))[:_HOUR] for back in range(23, -1, -1)]
    hour = func.substr(ORDER_VERSION.c.settled_at, 1, _HOUR).label("hour")
    found = connection.execute(
        select(hour, func.count())
        .where(ORDER_VERSION.c.flow == flow, ORDER_VERSION.c.settled_at >= hours[0])
        .group_by(hour)
    )
    counted = {row[0]: int(row[1]) for row in found}
    return [(f"{one}:00:00.000000Z", counted.get(one, 0)) for one in hours]


def read_lag(connection: Connection, flow: str, now: datetime) -> Lag | None:
    """Give how long orders waited in the last 24 hours; None where none ended."""
    table = ORDER_VERSION
    found = connection.execute(
        select(table.c.landed_at, table.c.settled_at)
        .where(
            table.c.flow == flow,
            table.c.lane == "event",
            table.c.settled_at >= write_time(now - timedelta(hours=24)),
        )
        .order_by(table.c.settled_at.desc())
        .limit(_NEWEST)
    )
    waits = sorted((read_time(row[1]) - read_time(row[0])).total_seconds() for row in found)
    return Lag(waits[len(waits) // 2], waits[-1]) if waits else None


def read_last_success(connection: Connection, flow: str) -> str | None:
    """Give when the last run that went well ended."""
    wanted = select(func.max(RUN.c.ended_at)).where(RUN.c.flow == flow, RUN.c.state == "done")
    ended: str | None = connection.execute(wanted).scalar_one()
    return ended


def count_left(connection: Connection, allowances: Sequence[Allowance], now: float) -> list[Left]:
    """Give the calls left of each tier at `now`, in seconds since 1970."""
    rows = connection.execute(
        select(BUDGET.c.account, BUDGET.c.tier, BUDGET.c.next_at, BUDGET.c.paused_until)
    )
    known = {(row.account, row.tier): row for row in rows}
    left = []
    for one in allowances:
        row = known.get((one.account, one.tier))
        whole, paused = one.rate.burst + 1, 0.0
        used = 0
        if row is not None:
            used = math.ceil(max(row.next_at - now, 0.0) / one.rate.interval)
            paused = max(row.paused_until - now, 0.0)
        calls = 0 if paused else max(whole - used, 0)
        left.append(Left(one.account, one.tier, calls, whole, math.ceil(paused)))
    return left

"""How things stand, as facts from the tables; nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from engine.clock import write_time
from engine.state.cursors import read_cursor
from engine.state.erasure import count_deletions
from engine.state.orders import count_outcomes
from engine.state.outbox import UNKNOWN
from engine.state.rings import count_all_waiting as count_rung
from engine.state.runs import DELIVERING, Run, list_runs
from engine.state.shops import Feed
from engine.state.tables import BATCH, BUDGET, CALL, CURSOR, EXCEPTION, ORDER_VERSION, PERSON, RUN

RUNNING = "running"
_GIVEN_UP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits somewhere, and since when the oldest of it does; None where nothing waits."""

    number: int
    oldest: str | None


@dataclass(frozen=True, slots=True)
class ShopRead:
    """When a shop of Mirakl was last read whole; None for one that never was."""

    shop: str
    read_at: str | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """People whose orders are tried again later; `attempts` is the most of any of them."""

    people: int
    attempts: int
    next_at: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One flow; times are texts of `write_time`."""

    flow: str
    read_at: str | None
    """When the last whole read of Mirakl ended; of several shops the one furthest behind."""
    last_run: Run | None
    outcomes: dict[str, int]
    events: Waiting
    batches: Waiting
    rung: int
    open_by_owner: dict[str, int]
    unknown_calls: int
    imports: Waiting
    blocked: Blocked
    shops: tuple[ShopRead, ...] = ()


@dataclass(frozen=True, slots=True)
class Tier:
    """Calls of one tier of one account; `paused_until` in seconds since 1970, 0 for no pause."""

    account: str
    tier: str
    paused_until: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What all flows have in common."""

    mirror_read_at: str | None
    tiers: tuple[Tier, ...]
    deletions: int


def list_flows(connection: Connection, stream: str) -> list[str]:
    """Give the flows that ever read a stream, or ran."""
    read = connection.execute(select(CURSOR.c.flow).where(CURSOR.c.stream == stream)).scalars()
    ran = connection.execute(select(RUN.c.flow).distinct()).scalars()
    return sorted({*read, *ran})


def read_standing(connection: Connection, flow: str, stream: str, now: datetime) -> Standing:
    """Give how a flow stands, its figures of the last 24 hours."""
    shops = _read_shops(connection, flow, stream, now)
    runs = [one for one in list_runs(connection, flow) if one.kind in DELIVERING]
    owners = connection.execute(
        select(EXCEPTION.c.owner, func.count())
        .where(EXCEPTION.c.flow == flow, EXCEPTION.c.closed_at.is_(None))
        .group_by(EXCEPTION.c.owner)
        .order_by(EXCEPTION.c.owner)
    )
    unknown = select(func.count()).where(CALL.c.flow == flow, CALL.c.state == UNKNOWN)
    imports = select(func.count(), func.min(BATCH.c.sent_at)).where(
        BATCH.c.flow == flow, BATCH.c.state == RUNNING
    )
    return Standing(
        flow=flow,
        read_at=min((one.read_at or "" for one in shops), default="") or None,
        last_run=runs[0] if runs else None,
        outcomes=count_outcomes(connection, flow, write_time(now - timedelta(hours=24))),
        events=_waiting(connection, flow, "event"),
        batches=_waiting(connection, flow, "batch"),
        rung=count_rung(connection, flow),
        open_by_owner={row[0]: row[1] for row in owners},
        unknown_calls=int(connection.execute(unknown).scalar_one()),
        imports=Waiting(*connection.execute(imports).one()),
        blocked=_blocked(connection, flow, now),
        shops=shops,
    )


def read_shared(connection: Connection, account: str, stream: str) -> Shared:
    """Give what all flows have in common; `account` and `stream` name the consent mirror."""
    cursor = read_cursor(connection, Feed(account), stream)
    tiers = connection.execute(
        select(BUDGET.c.account, BUDGET.c.tier, BUDGET.c.paused_until).order_by(
            BUDGET.c.account, BUDGET.c.tier
        )
    )
    return Shared(
        mirror_read_at=cursor.moved_at if cursor is not None and cursor.watermark else None,
        tiers=tuple(Tier(*row) for row in tiers),
        deletions=count_deletions(connection),
    )


def _read_shops(
    connection: Connection, flow: str, stream: str, now: datetime
) -> tuple[ShopRead, ...]:
    """Give when each shop was read; one that nobody reads any more is left out after a while."""
    rows = connection.execute(
        select(CURSOR.c.shop, CURSOR.c.watermark, CURSOR.c.moved_at)
        .where(CURSOR.c.flow == flow, CURSOR.c.stream == stream)
        .order_by(CURSOR.c.moved_at.desc(), CURSOR.c.shop)
    ).all()
    limit = write_time(now - _GIVEN_UP)
    known = [row for number, row in enumerate(rows) if not number or row.moved_at >= limit]
    found = (ShopRead(row.shop, row.moved_at if row.watermark else None) for row in known)
    return tuple(sorted(found, key=lambda one: one.shop))


def _waiting(connection: Connection, flow: str, lane: str) -> Waiting:
    table = ORDER_VERSION
    row = connection.execute(
        select(func.count(), func.min(table.c.landed_at)).where(
            table.c.flow == flow, table.c.lane == lane, table.c.outcome.is_(None)
        )
    ).one()
    return Waiting(*row)


def _blocked(connection: Connection, flow: str, now: datetime) -> Blocked:
    waits = select(ORDER_VERSION.c.subject).where(
        ORDER_VERSION.c.flow == flow, ORDER_VERSION.c.outcome.is_(None)
    )
    row = connection.execute(
        select(func.count(), func.max(PERSON.c.attempts), func.min(PERSON.c.not_before)).where(
            PERSON.c.not_before > write_time(now), PERSON.c.subject.in_(waits)
        )
    ).one()
    return Blocked(row[0], row[1] or 0, row[2])

"""What waits: orders that have not ended, orders that the doorbell named, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.clock import read_time
from engine.state import rings
from engine.state.claims import next_due
from engine.state.orders import count_waiting
from engine.state.shops import Feed
from engine.state.tables import ORDER_VERSION


@dataclass(frozen=True, slots=True)
class Backlog:
    """Versions that wait in each lane, and orders to be fetched.

    `due` is when the first version may be tried, None where none waits; `oldest` is when the one
    that waits longest was landed.
    """

    events: int
    batches: int
    rung: int
    due: datetime | None
    oldest: datetime | None


def read_backlog(connection: Connection, feed: Feed, now: datetime) -> Backlog:
    """Give what waits of a flow, of named orders those of one shop."""
    flow = feed.flow
    lanes = count_waiting(connection, flow)
    version = ORDER_VERSION
    oldest = select(func.min(version.c.landed_at)).where(
        version.c.flow == flow, version.c.outcome.is_(None)
    )
    landed = connection.execute(oldest).scalar_one()
    return Backlog(
        events=lanes.get("event", 0),
        batches=lanes.get("batch", 0),
        rung=rings.count_due(connection, feed, now),
        due=next_due(connection, flow, now),
        oldest=read_time(landed) if landed else None,
    )

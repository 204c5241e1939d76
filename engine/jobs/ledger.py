"""The look at our tables: what waits is known from them alone."""

from __future__ import annotations

from datetime import datetime

from engine.clock import read_time
from engine.jobs.port import Waiting
from engine.state.database import Database
from engine.state.shops import Feed
from engine.state.waiting import read_backlog


def look_at(database: Database, feed: Feed, now: datetime) -> Waiting:
    """Give what waits of a flow, and of a shop; raises DatabaseUnavailable."""
    with database.transaction() as connection:
        found = read_backlog(connection, feed, now)
    due = None
    if found.due is not None:
        due = read_time(found.due) if found.due else now
    oldest = read_time(found.oldest) if found.oldest else None
    return Waiting(found.events, found.batches, found.rung, due, oldest)

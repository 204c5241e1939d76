"""The look at our tables: what waits is known from them alone."""

from __future__ import annotations

from datetime import datetime

from engine.jobs.port import Waiting
from engine.state.database import Database
from engine.state.shops import Feed
from engine.state.waiting import read_backlog


def look_at(database: Database, feed: Feed, now: datetime) -> Waiting:
    """Give what waits of a flow, and of a shop; raises DatabaseUnavailable."""
    with database.transaction() as connection:
        found = read_backlog(connection, feed, now)
    return Waiting(found.events, found.batches, found.rung, found.due, found.oldest)

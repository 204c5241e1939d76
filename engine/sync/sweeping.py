"""The sweep: orders of the last days read once more, whether or not Mirakl says that they changed.

An order that left the filter of changes unseen, by a fault on either side, is found so.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from engine.clock import write_time
from engine.connections.mirakl import LONGEST_EXPORT
from engine.problem import Failure
from engine.state.cursors import move_cursor, read_cursor
from engine.sync.exporting import Between, Exporter, Progress, Stream, Window, nothing
from engine.sync.landing import Landing

SWEEP = "sweep"


def sweep(landing: Landing, days: int, between: Between = nothing) -> Counter[str]:
    """Land what is new or changed among the orders created in the last days; raises SourceError.

    Only contents that were not there are landed, as events. A sweep that was killed goes on with
    its export, unless that has ended long ago. Failure for no day, or more than a year.
    """
    if not timedelta() < timedelta(days=days) <= LONGEST_EXPORT:
        raise Failure(f"a sweep takes 1 to {LONGEST_EXPORT.days} days, not {days}")
    worker = landing.worker
    now = worker.now
    with worker.transaction() as connection:
        cursor = read_cursor(connection, landing.feed, SWEEP)
    at = Progress(**cursor.pending) if cursor is not None and cursor.pending else Progress()
    if at.run != _day(landing, days) or at.window:
        at = Progress(run=_day(landing, days))
    exporter = Exporter(worker, landing.source, between)
    stream = Stream(landing, exporter, SWEEP, "event", at)
    stream.land(Window(now - timedelta(days=days), now))
    with worker.transaction() as connection:
        move_cursor(connection, landing.feed, SWEEP, write_time(now), worker.now)
    return Counter(seen=at.seen, landed=at.landed, erased=at.erased)


def _day(landing: Landing, days: int) -> str:
    """Name what a sweep is for: one that was killed yesterday is not gone on with."""
    return f"{landing.worker.now:%Y-%m-%d}/{days}"

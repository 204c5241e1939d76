"""The backfill: history landed by exports, window by window, then settled in batches.

Orders that happen now go first, between windows and between batches. Killed anywhere, it goes on
where it was: with the export, the file, the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.clock import write_time
from engine.state.cursors import move_cursor, read_cursor
from engine.state.orders import count_waiting
from engine.sync.cycle import settle_batch, settle_events, wait_until_due
from engine.sync.exporting import Exporter, Progress, Stream, cut_windows
from engine.sync.landing import Landing

_LONGEST_WAIT = timedelta(minutes=1)
Tell = Callable[[str, int, int], None]
"""Told how far it is: `landing` in windows, `settling` in versions; how many are done, of all."""


@dataclass(frozen=True, slots=True)
class Range:
    """Which history: orders created from `start` on, before `end`, in windows of `window`."""

    start: datetime
    end: datetime
    window: timedelta = timedelta(days=30)

    @property
    def stream(self) -> str:
        """The cursor's name for it."""
        return f"backfill:{self.start:%Y-%m-%d}:{self.end:%Y-%m-%d}:{self.window.days}"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a backfill stands: `resumed` when it was begun before, `done_at` when it ended so."""

    progress: Progress
    resumed: bool
    done_at: str


def read_stand(landing: Landing, history: Range) -> Stand:
    """Give where the backfill of a range stands; a range that was read whole begins anew."""
    worker = landing.worker
    with worker.transaction() as connection:
        cursor = read_cursor(connection, landing.feed, history.stream)
    if cursor is None:
        return Stand(Progress(), resumed=False, done_at="")
    if cursor.pending is None:
        return Stand(Progress(), resumed=False, done_at=cursor.moved_at)
    return Stand(Progress(**cursor.pending), resumed=True, done_at="")


@dataclass(slots=True)
class Backfill:
    """One backfill; `landing.run` is the run that its orders are landed under."""

    landing: Landing
    history: Range
    progress: Progress
    tell: Tell
    exporter: Exporter = field(init=False)

    def __post_init__(self) -> None:
        self.exporter = Exporter(self.landing.worker, self.landing.source, self._live)

    def run(self) -> None:
        """Land the range, then settle it; raises SourceError, with all that came still there."""
        worker, name = self.landing.worker, self.history.stream
        stream = Stream(self.landing, self.exporter, name, "batch", self.progress)
        windows = cut_windows(self.history.start, self.history.end, self.history.window)
        self.progress.run = self.landing.run
        for window in windows[self.progress.window :]:
            self.tell("landing", self.progress.window, len(windows))
            self._live()
            stream.land(window)
        self.tell("landing", len(windows), len(windows))
        self._settle()
        with worker.transaction() as connection:
            moment = write_time(self.history.end)
            move_cursor(connection, self.landing.feed, name, moment, worker.now)

    def _live(self) -> None:
        """Let live orders go first."""
        settle_events(self.landing.worker)

    def _settle(self) -> None:
        worker = self.landing.worker
        total = self._waiting()
        while (left := self._waiting()) > 0:
            self.tell("settling", max(total - left, 0), total)
            self._live()
            if settle_batch(worker, "batch"):
                continue
            if not wait_until_due(worker, _LONGEST_WAIT):
                return
            # What is due and was not settled waits for Dotdigital, or for another worker.
            worker.clock.sleep(worker.rules.first_wait.total_seconds())
        self.tell("settling", total, total)

    def _waiting(self) -> int:
        worker = self.landing.worker
        with worker.transaction() as connection:
            return count_waiting(connection, worker.flow.name).get("batch", 0)

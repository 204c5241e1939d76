"""Exports of orders by the day they were created: one at a time, landed file by file.

How far it has come stands in the cursor, in the transaction of what came with it, so that whoever
is killed goes on where that was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from engine.connections.mirakl import Export, MiraklSource, SourceFailed, SourceThrottled
from engine.connections.order_texts import OrderText
from engine.state.cursors import mark_pending
from engine.state.database import Connection
from engine.state.orders import Lane
from engine.sync.landing import Landing
from engine.sync.worker import Worker

_LOOK_EVERY = timedelta(seconds=10)
_LONGEST_LOOK = timedelta(minutes=1)
_LONGEST_EXPORT = timedelta(hours=6)
_MOST_FAILURES = 3
PART = 50
"""Orders that are landed in one transaction."""
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in which orders were created; its end is not part of it."""

    start: datetime
    end: datetime


def cut_windows(start: datetime, end: datetime, longest: timedelta) -> list[Window]:
    """Cut a range into windows of at most `longest`, oldest first."""
    windows = []
    while start < end:
        until = min(start + longest, end)
        windows.append(Window(start, until))
        start = until
    return windows


Between = Callable[[], None]
"""Called while an export is waited for, so that live orders are not kept waiting."""


def nothing() -> None:
    """Do nothing meanwhile."""


@dataclass(slots=True)
class Exporter:
    """Exports of one shop; `requests` counts what they cost."""

    worker: Worker
    source: MiraklSource
    between: Between = nothing
    requests: int = 0
    exports: int = 0

    def begin(self, window: Window) -> str:
        """Ask for an export, after any other has ended; give its id."""
        self.exports += 1
        return self.insist(lambda: self.source.start_export(window.start, window.end))

    def files(self, tracking_id: str) -> tuple[str, ...]:
        """Wait for an export, and give its files; SourceFailed when it fails or never ends."""
        waited, wait = timedelta(), _LOOK_EVERY
        while waited < _LONGEST_EXPORT:
            export: Export = self.insist(lambda: self.source.tell_export(tracking_id))
            if export.state == "failed":
                raise SourceFailed("the export failed")
            if export.state == "done":
                return export.files
            self._wait(wait.total_seconds())
            waited += wait
            wait = min(wait * 2, _LONGEST_LOOK)
        raise SourceFailed("the export does not end")

    def read(self, url: str) -> tuple[OrderText, ...]:
        """Give the orders of a file."""
        return self.insist(lambda: self.source.read_export_file(url))

    def parts(self, window: Window) -> Iterator[Sequence[OrderText]]:
        """Give the orders of a window in parts, without landing them."""
        for url in self.files(self.begin(window)):
            orders = self.read(url)
            for start in range(0, len(orders), PART):
                yield orders[start : start + PART]

    def insist(self, ask: Callable[[], Told]) -> Told:
        """Ask until Mirakl has time; raises the other kinds of SourceError, the last time."""
        failures = 0
        while True:
            self.requests += 1
            try:
                return ask()
            except SourceThrottled as wait:
                self._wait(max(wait.seconds, 1.0))
            except SourceFailed:
                failures += 1
                if failures == _MOST_FAILURES:
                    raise
                self._wait(5.0 * failures)

    def _wait(self, seconds: float) -> None:
        self.between()
        self.worker.clock.sleep(seconds)


@dataclass(slots=True)
class Progress:
    """How far a stream of exports has come; as JSON it is what the cursor holds.

    In the window `window`, `files` of the export are landed, and `orders` of the file after them.
    """

    window: int = 0
    tracking_id: str = ""
    files: int = 0
    orders: int = 0
    seen: int = 0
    landed: int = 0
    erased: int = 0
    run: str = ""

    def count(self, figures: Counter[str], orders: int) -> None:
        """Take in so many orders of a file that were landed."""
        self.orders += orders
        self.seen += figures["seen"]
        self.landed += figures["landed"]
        self.erased += figures["erased"]

    def note(self, connection: Connection, landing: Landing, stream: str) -> None:
        """Put it into the cursor."""
        mark_pending(connection, landing.feed, stream, asdict(self), landing.worker.now)


@dataclass(slots=True)
class Stream:
    """Exports that are landed in a lane, window by window, under a name that cursors know."""

    landing: Landing
    exporter: Exporter
    name: str
    lane: Lane
    at: Progress

    def land(self, window: Window) -> None:
        """Land the orders of a window from where `at` stands; raises SourceError.

        An export that Mirakl no longer knows, or that failed, is asked for once more: an order that
        is landed twice does no harm.
        """
        at, exporter = self.at, self.exporter
        files = self._find_files() if at.tracking_id else None
        if files is None:
            at.tracking_id, at.files, at.orders = exporter.begin(window), 0, 0
            self._note()
            files = exporter.files(at.tracking_id)
        for url in files[at.files :]:
            self._land_file(exporter.read(url))
        at.window, at.tracking_id, at.files = at.window + 1, "", 0
        self._note()

    def _land_file(self, orders: Sequence[OrderText]) -> None:
        """Land a file part by part: others must not wait long for the database."""
        at, worker = self.at, self.landing.worker
        while part := orders[at.orders : at.orders + PART]:
            with worker.transaction() as connection:
                at.count(self.landing.land(connection, part, self.lane), len(part))
                at.note(connection, self.landing, self.name)
            self.exporter.between()
        at.files, at.orders = at.files + 1, 0
        self._note()

    def _note(self) -> None:
        with self.landing.worker.transaction() as connection:
            self.at.note(connection, self.landing, self.name)

    def _find_files(self) -> tuple[str, ...] | None:
        try:
            return self.exporter.files(self.at.tracking_id)
        except SourceFailed:
            return None

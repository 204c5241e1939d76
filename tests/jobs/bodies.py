"""Bodies for tests within one process: what was called, and what waits as the test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.jobs.performing import Performer
from engine.jobs.port import Bodies, Body, Figures, JobName, Turn, Waiting
from engine.jobs.stopping import Stopping
from engine.log import get_log

NAMES: tuple[JobName, ...] = (
    "poll",
    "ring",
    "events",
    "batches",
    "mirror",
    "reconcile",
    "retention",
    "surveys",
    "alerts",
)
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@dataclass
class HeldClock:
    """A clock that moves when somebody sleeps."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Script:
    """Bodies that note their calls; `does` has one of them do something."""

    does: Mapping[str, Callable[[Turn], Figures]] = field(default_factory=dict)
    looks: Callable[[], Waiting] = Waiting
    called: list[str] = field(default_factory=list)

    def body(self, name: JobName) -> Body:
        def call(turn: Turn) -> Figures:
            self.called.append(name)
            return self.does[name](turn) if name in self.does else {}

        return call

    def bodies(self) -> Bodies:
        def look() -> Waiting:
            # What is looked at may be exchanged while jobs run.
            return self.looks()

        return Bodies(**{name: self.body(name) for name in NAMES}, look=look)

    def performer(self, clock: HeldClock | None = None) -> Performer:
        return Performer(self.bodies(), clock or HeldClock(), Stopping(), get_log("none"))

"""The port: what is asked of whoever starts jobs, and what jobs are made of.

Every guarantee is in our own tables: order, claims, idempotency, budget, review. A job is coarse
and can be done again at any time; whoever starts it keeps nothing that cannot be thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

JobName = Literal[
    "events",
    "ring",
    "poll",
    "mirror",
    "batches",
    "reconcile",
    "retention",
    "surveys",
    "alerts",
    "sweep",
]
QueueName = Literal["events", "batches", "upkeep"]
Outcome = Literal["done", "failed", "running", "waiting", "never"]
Arguments = Mapping[str, str | int]
"""Ids and figures; never what an order or a person is."""
Figures = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a body is given; it asks `may_go_on` between one unit of its work and the next."""

    arguments: Arguments
    may_go_on: Callable[[], bool]


Body = Callable[[Turn], Figures]
"""Does the work of a job and gives figures, all zero where there was nothing to do.

It raises Failure where another attempt may do better, StopError where nothing will.
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in our tables; `due` is when the first of events and batches may be tried."""

    events: int = 0
    batches: int = 0
    rung: int = 0
    due: datetime | None = None
    oldest: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether an event or a batch may be tried."""
        return self.due is not None and self.due <= now


@dataclass(frozen=True, slots=True)
class Bodies:
    """What each job does, given from outside, and the look at what waits."""

    poll: Body
    ring: Body
    events: Body
    batches: Body
    mirror: Body
    reconcile: Body
    retention: Body
    surveys: Body
    alerts: Body
    look: Callable[[], Waiting]


@dataclass(frozen=True, slots=True)
class Request:
    """A job to be done.

    No second one with the same `key` waits or runs, and one of the same `tick` is done once, by
    whichever process.
    """

    job: JobName
    arguments: Arguments = field(default_factory=dict)
    key: str = ""
    tick: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is due: every so often, and with `when` only while there is something to do.

    With `later` it is not due when a process starts, but at the next turn of its time.
    """

    job: JobName
    every: timedelta
    when: Callable[[Waiting, datetime], bool] | None = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """A queue: jobs that wait and run, and for how many seconds the oldest has been there."""

    name: QueueName
    waiting: int
    running: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class JobHealth:
    """A job and its latest run."""

    name: JobName
    outcome: Outcome
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How jobs stand; `executors` are the processes that take part."""

    adapter: str
    executors: tuple[str, ...]
    queues: tuple[QueueHealth, ...]
    jobs: tuple[JobHealth, ...]
    waiting: Waiting


class Jobs(Protocol):
    """Whoever starts jobs."""

    def enqueue(self, request: Request) -> bool:
        """Ask for a job; False where it waits, runs or was done already."""
        ...

    def schedule(self, schedules: Sequence[Schedule]) -> None:
        """Say what is started by time; to be called before `run`."""
        ...

    def run(self) -> None:
        """Do jobs until asked to stop; raises Failure where something else ended it."""
        ...

    def stop(self) -> None:
        """Ask `run` to end: what is in hand is finished, nothing new begun."""
        ...

    def health(self) -> Health:
        """Tell how jobs stand."""
        ...

    def purge(self, before: datetime) -> int:
        """Forget jobs that ended before a moment; give how many."""
        ...

    def recover(self, dead: str) -> int:
        """Take over the jobs of a process that is gone for good; give how many."""
        ...

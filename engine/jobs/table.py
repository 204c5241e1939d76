"""The table of jobs: in which queue each is, how long a turn of it lasts, and when it is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.jobs.port import JobName, QueueName, Request, Schedule, Waiting

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Job:
    """A job by name; after `longest` its body is told to end and let others have their turn."""

    queue: QueueName
    longest: timedelta = _HOUR


# In the order in which one process alone does what is due.
JOBS: Mapping[JobName, Job] = {
    "events": Job("events", timedelta(seconds=30)),
    "ring": Job("upkeep", timedelta(seconds=30)),
    "poll": Job("upkeep"),
    "mirror": Job("upkeep"),
    "batches": Job("batches"),
    "reconcile": Job("upkeep"),
    "retention": Job("upkeep"),
    "surveys": Job("upkeep"),
    "alerts": Job("upkeep", timedelta(minutes=5)),
    "sweep": Job("upkeep"),
}
QUEUES: tuple[QueueName, ...] = ("events", "batches", "upkeep")


def make_schedules(poll_every: timedelta) -> tuple[Schedule, ...]:
    """Give when each job is due; how often Mirakl may be asked is its profile's."""
    return (
        Schedule("events", timedelta(seconds=0.5), _has_events),
        Schedule("ring", timedelta(seconds=5), _has_rung),
        Schedule("poll", poll_every),
        Schedule("mirror", timedelta(minutes=10)),
        Schedule("batches", timedelta(seconds=1), _has_batches),
        Schedule("reconcile", timedelta(days=1)),
        Schedule("retention", timedelta(days=1)),
        # By the hour, as each survey knows by the latest one on record whether its time has come.
        Schedule("surveys", _HOUR, later=True),
        # Not when a process starts: what it is about to read is not late.
        Schedule("alerts", timedelta(minutes=1), later=True),
        Schedule("sweep", timedelta(minutes=1)),
    )


@dataclass(slots=True)
class Ticks:
    """Which schedules are due; ticks that were missed are not made up for.

    Ticks are counted since 1970, so that all processes count alike. Where a job was due and had
    nothing to do, or failed, it rests.
    """

    schedules: Sequence[Schedule] = ()
    _last: dict[JobName, int] = field(default_factory=dict)
    _resting: dict[JobName, datetime] = field(default_factory=dict)

    def rest(self, job: JobName, until: datetime) -> None:
        """Let a job be until a moment, where what waits would have it started at once."""
        self._resting[job] = until

    def _rests(self, job: JobName, now: datetime) -> bool:
        # A rest of hours was set before the clock was set back.
        return now < self._resting.get(job, now) < now + _HOUR

    def due(self, waiting: Waiting, now: datetime) -> Iterator[Request]:
        """Give the jobs to ask for now, each once in each of its ticks."""
        for one in self.schedules:
            tick = int(now.timestamp() / one.every.total_seconds())
            if self._last.get(one.job) == tick:
                continue
            if one.later and one.job not in self._last:
                self._last[one.job] = tick
            elif one.when is None:
                self._last[one.job] = tick
                yield Request(one.job, key=one.job, tick=str(tick))
            elif one.when(waiting, now) and not self._rests(one.job, now):
                self._last[one.job] = tick
                yield Request(one.job, key=one.job)


def _has_events(waiting: Waiting, now: datetime) -> bool:
    return waiting.events > 0 and waiting.is_due(now)


def _has_batches(waiting: Waiting, now: datetime) -> bool:
    return waiting.batches > 0 and waiting.is_due(now)


def _has_rung(waiting: Waiting, _now: datetime) -> bool:
    return waiting.rung > 0

"""Jobs done in the calling process, one after another, from our tables alone.

There is no queue and nothing is kept: killed anywhere, the next run finds in the tables what is
left. Events go first, and again after every other job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from engine.jobs.performing import Performer
from engine.jobs.port import (
    Figures,
    Health,
    JobHealth,
    JobName,
    QueueHealth,
    Request,
    Schedule,
    Waiting,
)
from engine.jobs.stopping import StoppableClock, Stopped
from engine.jobs.table import JOBS, QUEUES
from engine.problem import Failure
from engine.state.database import DatabaseUnavailable

_RANK: dict[JobName, int] = {name: rank for rank, name in enumerate(JOBS)}
_PAUSE = 0.5
_LONGEST_WAIT = 60.0
_LANES: tuple[JobName, ...] = ("events", "batches")
_SOURCES: tuple[JobName, ...] = ("ring", "poll")


@dataclass(slots=True)
class InlineJobs:
    """Jobs of one process, done by whoever calls."""

    performer: Performer
    _asked: dict[tuple[JobName, str], Request] = field(default_factory=dict)

    def enqueue(self, request: Request) -> bool:
        """Ask for a job of this process; False where it waits already."""
        known = (request.job, request.key)
        if known in self._asked:
            return False
        self._asked[known] = request
        return True

    def schedule(self, schedules: Sequence[Schedule]) -> None:
        """Say what is started by time."""
        self.performer.ticks.schedules = schedules

    def run(self) -> None:
        """Do what is due until asked to stop; raises Failure where something else ended it."""
        stopping = self.performer.stopping
        while not stopping.asked:
            self._ask_for_due()
            if not self._do_next():
                self._wait(_PAUSE)
        if stopping.reason:
            raise Failure(stopping.reason)

    def run_once(self) -> Figures:
        """Ask both sources, then deliver whatever is due now; give all figures.

        A job that fails leaves its orders where they are; the last failure is raised at the end.
        """
        figures, failure = Counter[str](), None
        for job in _SOURCES:
            failure = self._count(job, figures) or failure
        failure = self._drain(figures) or failure
        if failure is not None:
            raise failure
        return figures

    def run_until_idle(self) -> Figures:
        """Do the same, and wait for what is to be tried again, until nothing waits."""
        figures = Counter(self.run_once())
        clock, stopping = self.performer.clock, self.performer.stopping
        while not stopping.asked:
            waiting = self.performer.bodies.look()
            if waiting.due is None:
                break
            seconds = (waiting.due - clock.now()).total_seconds()
            # What another process holds is looked at again before long.
            self._wait(min(max(seconds, _PAUSE), _LONGEST_WAIT))
            failure = self._drain(figures)
            if failure is not None:
                raise failure
        return figures

    def stop(self) -> None:
        """Ask to end after the job in hand."""
        self.performer.stopping.ask()

    def health(self) -> Health:
        """Tell how jobs of this process stand."""
        latest = self.performer.latest
        jobs = tuple(latest.get(name, JobHealth(name, "never")) for name in JOBS)
        queues = tuple(QueueHealth(name, self._count_asked(name), 0, 0.0) for name in QUEUES)
        return Health("inline", ("inline",), queues, jobs, self.performer.bodies.look())

    def purge(self, before: datetime) -> int:  # noqa: ARG002 - the port's
        """Forget nothing: nothing is kept."""
        return 0

    def recover(self, dead: str) -> int:  # noqa: ARG002 - the port's
        """Take over nothing: claims run out by themselves."""
        return 0

    def _ask_for_due(self) -> None:
        performer = self.performer
        try:
            waiting = performer.bodies.look()
        except DatabaseUnavailable:
            performer.log.warning("database out of reach", adapter="inline")
            return
        for request in performer.ticks.due(waiting, performer.clock.now()):
            if request.job != "sweep":
                self.enqueue(request)

    def _do_next(self) -> bool:
        """Do the first job that is asked for; False where there is none."""
        known = min(self._asked, key=lambda one: _RANK[one[0]], default=None)
        if known is None:
            return False
        request = self._asked.pop(known)
        try:
            self.performer.perform(request.job, request.arguments)
        except Failure:
            # It is noted; what it left is found in the tables again.
            return True
        return True

    def _drain(self, figures: Counter[str]) -> Failure | None:
        """Deliver until nothing is due; give the failure that ended it, if one did."""
        performer = self.performer
        while not performer.stopping.asked:
            job = _next_lane(performer.bodies.look(), performer.clock.now())
            before = figures.total()
            for one in _LANES[: _LANES.index(job) + 1] if job else ():
                failure = self._count(one, figures)
                if failure is not None:
                    return failure
            if figures.total() == before:
                return None
        return Failure(performer.stopping.reason) if performer.stopping.reason else None

    def _count(self, job: JobName, figures: Counter[str]) -> Failure | None:
        try:
            figures.update(self.performer.perform(job, {}))
        except Failure as failure:
            return failure
        return None

    def _wait(self, seconds: float) -> None:
        with suppress(Stopped):
            StoppableClock(self.performer.clock, self.performer.stopping).sleep(seconds)

    def _count_asked(self, queue: str) -> int:
        return sum(JOBS[job].queue == queue for job, _ in self._asked)


def _next_lane(waiting: Waiting, now: datetime) -> JobName | None:
    if not waiting.is_due(now):
        return None
    return "batches" if waiting.batches else "events"

"""Jobs done in the calling process, one after another, from our tables alone.

There is no queue and nothing is kept: killed anywhere, the next run finds in the tables what is
left. Events go first, and again after every other job.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from engine.jobs.performing import Performer
from engine.jobs.port import (
    Health,
    JobHealth,
    JobName,
    QueueHealth,
    Request,
    Schedule,
)
from engine.jobs.stopping import StoppableClock, Stopped
from engine.jobs.table import JOBS, QUEUES
from engine.problem import Failure
from engine.state.database import DatabaseUnavailable

_RANK: dict[JobName, int] = {name: rank for rank, name in enumerate(JOBS)}
_PAUSE = 0.5


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

    def _wait(self, seconds: float) -> None:
        with suppress(Stopped):
            StoppableClock(self.performer.clock, self.performer.stopping).sleep(seconds)

    def _count_asked(self, queue: str) -> int:
        return sum(JOBS[job].queue == queue for job, _ in self._asked)

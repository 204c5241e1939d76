"""Performing: the body of a job is called, its time kept, and what became of it noted."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

from engine.clock import Clock
from engine.connections.answers import StopError
from engine.jobs.port import Arguments, Bodies, Body, Figures, JobHealth, JobName, Turn
from engine.jobs.stopping import Stopped, Stopping
from engine.jobs.table import JOBS, Ticks
from engine.log import Log
from engine.problem import Failure


@dataclass(frozen=True, slots=True)
class Rests:
    """How long a job is let be that had nothing to do, or failed, while its work still waits."""

    idle: timedelta = timedelta(seconds=5)
    failed: timedelta = timedelta(seconds=30)


@dataclass(slots=True)
class Performer:
    """Calls bodies, in any number of threads."""

    bodies: Bodies
    clock: Clock
    stopping: Stopping
    log: Log
    ticks: Ticks = field(default_factory=Ticks)
    rests: Rests = field(default_factory=Rests)
    latest: dict[JobName, JobHealth] = field(default_factory=dict)
    _running: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def running(self) -> int:
        """How many bodies run now."""
        return self._running

    def perform(self, job: JobName, arguments: Arguments) -> Figures:
        """Do a job and give its figures; raises Failure where its body did.

        What nothing but people can mend asks the process to stop.
        """
        if self.stopping.asked:
            return {}
        started = self.clock.now()
        self._note(JobHealth(job, "running", started), 1)
        ended = replace(self.latest[job], outcome="failed")
        try:
            figures = self._call(job, arguments)
            ended = replace(ended, outcome="done")
            if not any(figures.values()):
                self.ticks.rest(job, self.clock.now() + self.rests.idle)
            return figures
        finally:
            if ended.outcome == "failed":
                self.ticks.rest(job, self.clock.now() + self.rests.failed)
                self.log.warning("job failed", job=job, error=type(sys.exc_info()[1]).__name__)
            self._note(replace(ended, ended=self.clock.now()), -1)

    def _call(self, job: JobName, arguments: Arguments) -> Figures:
        until = self.clock.now() + JOBS[job].longest

        def may_go_on() -> bool:
            return not self.stopping.asked and self.clock.now() < until

        body = cast("Body", getattr(self.bodies, job))
        try:
            return body(Turn(arguments, may_go_on))
        except Stopped:
            return {}
        except StopError as error:
            self.stopping.ask(str(error))
            raise Failure(str(error)) from None

    def _note(self, health: JobHealth, more: int) -> None:
        with self._lock:
            self.latest[health.name] = health
            self._running += more

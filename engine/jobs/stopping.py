"""Stopping: asked for once, by a signal or by something that nobody but people can mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.clock import Clock
from engine.connections.answers import StopError

_SLICE = 0.2


class Stopped(StopError):  # noqa: N818 - what happened, as a stop and no fault
    """The process was asked to stop while it waited; nothing was under way."""


@dataclass(slots=True)
class Stopping:
    """Whether the process is to stop; `reason` is empty where it was asked to from outside.

    It takes no lock: a signal may come while the same thread waits for just this.
    """

    asked: bool = False
    reason: str = ""

    def ask(self, reason: str = "") -> None:
        """Ask to stop; the first reason stays."""
        self.reason = self.reason or reason
        self.asked = True


@dataclass(frozen=True, slots=True)
class StoppableClock:
    """A clock whose sleeps end with Stopped when the process is to stop.

    It is for waits between calls. Where a call is on record as begun, the plain clock waits.
    """

    clock: Clock
    stopping: Stopping

    def now(self) -> datetime:
        """Give the moment, aware, in UTC."""
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait; raises Stopped."""
        left = seconds
        while True:
            if self.stopping.asked:
                raise Stopped("asked to stop")
            if left <= 0:
                return
            self.clock.sleep(min(left, _SLICE))
            left -= _SLICE

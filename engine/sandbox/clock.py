"""The sandbox's clock: stands still until it is moved, or runs at a multiple of real time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class SandboxClock:
    """A moment (aware, UTC) that starts at `start`.

    `elapsed` gives the real seconds since the start, of which each counts `speed` seconds here;
    with a speed of 0 time passes by `advance` alone.
    """

    start: datetime
    speed: float = 0.0
    elapsed: Callable[[], float] = field(default=lambda: 0.0)
    _moved: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Give the sandbox's moment."""
        moved = self.start + self._moved
        return moved + timedelta(seconds=self.elapsed() * self.speed) if self.speed else moved

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward; ValueError for a way back."""
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self._moved += by
        return self.now()

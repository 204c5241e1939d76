"""Judging: a figure, what was so before, and a clock give what is so now; nothing else does.

What wavers around its limit is told once: it is raised at the limit, and over only after it has
been well below for a while.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.alerts.kinds import KINDS, Kind, Name
from engine.clock import read_time, write_time
from engine.state.alerts import AlertKey, AlertState


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure against its limit; `value` is None where nobody knows it now.

    `part` is what it is of, where there are several; `said` tells it and `cause` its first cause,
    in words of ours alone. `since` is when it began, where that is known.
    """

    flow: str
    kind: Name
    value: float | None
    limit: float
    said: str
    part: str = ""
    cause: str = ""
    owner: str = ""
    since: str | None = None

    @property
    def key(self) -> AlertKey:
        """What it is a figure of."""
        return AlertKey(self.flow, self.kind, self.part)

    @property
    def is_over(self) -> bool:
        """Whether it is at its limit or above."""
        return self.value is not None and self.value >= self.limit


def judge(before: AlertState | None, reading: Reading, now: datetime) -> AlertState:
    """Give how an alert stands by a new figure of it; one that is not known changes nothing."""
    kind, moment = KINDS[reading.kind], write_time(now)
    state = before or AlertState(raised=False, since=moment)
    if reading.value is None:
        return replace(state, turning=None)
    state = replace(state, said=reading.said, cause=reading.cause)
    if not _turns(state, reading, kind):
        return replace(state, turning=None)
    turning = state.turning or moment
    patience = kind.calm_after if state.raised else kind.raised_after
    if now - read_time(turning) < patience:
        return replace(state, turning=turning)
    if state.raised:
        return replace(state, raised=False, since=turning, turning=None, flips=state.flips + 1)
    return replace(
        state,
        raised=True,
        since=reading.since or turning,
        turning=None,
        flips=state.flips + 1,
        owner=reading.owner or kind.owner,
    )


def _turns(state: AlertState, reading: Reading, kind: Kind) -> bool:
    """Whether a figure says that an alert is not as it stands."""
    if not state.raised:
        return reading.is_over
    return reading.value is not None and reading.value < reading.limit * kind.calm

"""The budget: how many calls a vendor allows, shared by all processes on one database.

It is a leaky bucket kept as one moment per account and tier (GCRA): each call moves `next_at` on by
one interval, and a call may go while that moment is not too far ahead.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select, update

from engine.problem import Failure
from engine.state.tables import BUDGET
from engine.state.writing import insert_new

# Moments are doubles, exact to less than this; rounding never gives a call more.
_GRAIN = 1e-6
LONGEST_PAUSE = 3600.0
"""Seconds that a tier is paused at most: what is longer is no answer that a vendor means."""
# Seconds that the clocks of two machines may be apart.
_APART = 900.0


@dataclass(frozen=True, slots=True)
class Rate:
    """What a vendor allows: at most `calls` in any stretch of `seconds`.

    `burst` of them may follow the first at once, and `reserve` of the burst is for urgent calls.
    Raises Failure when the parts do not fit each other.
    """

    calls: int
    seconds: float
    burst: int = 0
    reserve: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.reserve <= self.burst < self.calls - 1 and self.seconds > 0):
            raise Failure(
                f"{self.calls} calls in {self.seconds:g} s with a burst of {self.burst} and a "
                f"reserve of {self.reserve}: expected 0 <= reserve <= burst < calls - 1"
            )

    @property
    def interval(self) -> float:
        """Seconds between calls at the steady rate.

        A full burst and its first call come on top of the steady rate in the worst stretch, so
        the steady rate leaves room for them.
        """
        return self.seconds / (self.calls - self.burst - 1) + _GRAIN


@dataclass(frozen=True, slots=True)
class Allowance:
    """Calls that share a rate: those of one tier of one account."""

    account: str
    tier: str
    rate: Rate


def take_turn(connection: Connection, allowance: Allowance, now: float, *, urgent: bool) -> float:
    """Take leave for one call at `now` (seconds since 1970): 0.0 it may go, else seconds to wait.

    The row stays locked until the transaction ends, so that should be at once.
    """
    row = connection.execute(
        select(BUDGET.c.next_at, BUDGET.c.paused_until).where(_row_of(allowance)).with_for_update()
    ).one_or_none()
    if row is None:
        _open_row(connection, allowance)
        return take_turn(connection, allowance, now, urgent=urgent)
    rate = allowance.rate
    next_at = max(_believe(row.next_at, rate, now), now)
    ahead = (rate.burst if urgent else rate.burst - rate.reserve) * rate.interval
    # No pause is as long; it was set before the clock was set back.
    paused = row.paused_until if row.paused_until <= now + LONGEST_PAUSE + _APART else now
    wait = max(next_at - ahead, paused) - now
    if wait > 0:
        # Less would be lost when it is added to a moment, and who waits would never arrive.
        return max(float(wait), _GRAIN)
    connection.execute(
        update(BUDGET).where(_row_of(allowance)).values(next_at=next_at + rate.interval)
    )
    return 0.0


def pause(connection: Connection, allowance: Allowance, until: float) -> None:
    """Let no call go before `until` (seconds since 1970); a longer pause stays."""
    _open_row(connection, allowance)
    connection.execute(
        update(BUDGET)
        .where(_row_of(allowance), BUDGET.c.paused_until < until)
        .values(paused_until=until)
    )


def _believe(next_at: float, rate: Rate, now: float) -> float:
    # Further ahead than any burst and a skewed clock explain: the clock or the rate was set anew.
    latest = now + (rate.burst + 1) * rate.interval
    return latest if next_at > latest + rate.seconds else next_at


def _open_row(connection: Connection, allowance: Allowance) -> None:
    row = {
        "account": allowance.account,
        "tier": allowance.tier,
        "next_at": 0.0,
        "paused_until": 0.0,
    }
    insert_new(connection, BUDGET, [row])


def _row_of(allowance: Allowance) -> ColumnElement[bool]:
    return and_(BUDGET.c.account == allowance.account, BUDGET.c.tier == allowance.tier)

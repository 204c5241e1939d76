"""Pace from the budget: leave call by call, and what the vendor's answers say of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from engine.clock import Clock
from engine.problem import Failure
from engine.state.budget import LONGEST_PAUSE, Allowance, Rate, pause, take_turn
from engine.state.database import Database

_LONGEST_SLEEP = 5.0
_TOO_MANY = 429
# Vendors disagree whether a reset is a moment or a stretch; no stretch is as long.
_FIRST_MOMENT = 1e9


@dataclass(frozen=True, slots=True)
class BudgetPace:
    """Gives leave within the rates of an account, across all processes on the database.

    `rates` are by tier. Where `urgent` is false the reserve of each rate stays for others.
    """

    database: Database
    clock: Clock
    account: str
    rates: Mapping[str, Rate]
    urgent: bool
    longest_wait: float = math.inf

    def take(self, tier: str) -> float:
        """Return 0.0 when one call of a tier may be made; raises Failure for one without a rate.

        What would take longer than `longest_wait` is not waited for: then the seconds are given.
        """
        allowance = self._allowance(tier)
        until = self._now() + self.longest_wait
        while (wait := self._try(allowance)) > 0:
            if self._now() + wait > until:
                return wait
            # A pause may be set or the process stopped meanwhile: it looks again before long.
            self.clock.sleep(min(wait, _LONGEST_SLEEP))
        return 0.0

    def heed(self, tier: str, status: int, headers: Mapping[str, str]) -> None:
        """Pause a tier when an answer says that no calls are left; header names in small letters.

        An hour at most: what is longer is no answer that a vendor means.
        """
        allowance = self._allowance(tier)
        now = self._now()
        seconds = _read_pause(status, headers, now, allowance.rate.seconds)
        if seconds > 0:
            with self.database.transaction() as connection:
                pause(connection, allowance, now + min(seconds, LONGEST_PAUSE))

    def _try(self, allowance: Allowance) -> float:
        with self.database.transaction() as connection:
            # The clock is read once the database is ours: waiting for it is no reason for a call.
            return take_turn(connection, allowance, self._now(), urgent=self.urgent)

    def _allowance(self, tier: str) -> Allowance:
        rate = self.rates.get(tier)
        if rate is None:
            known = ", ".join(sorted(self.rates)) or "none"
            raise Failure(f'no rate for calls of tier "{tier}" is set; rates are set for: {known}')
        return Allowance(self.account, tier, rate)

    def _now(self) -> float:
        return self.clock.now().timestamp()


def _read_pause(status: int, headers: Mapping[str, str], now: float, otherwise: float) -> float:
    if status == _TOO_MANY:
        told = (
            _read_seconds(headers.get("retry-after"), now),
            _read_seconds(headers.get("x-ratelimit-reset"), now),
        )
        return max(next((seconds for seconds in told if seconds is not None), otherwise), 0.0)
    left = _read_number(headers.get("x-ratelimit-remaining"))
    if left is not None and left <= 0:
        return _read_seconds(headers.get("x-ratelimit-reset"), now) or 0.0
    return 0.0


def _read_seconds(value: str | None, now: float) -> float | None:
    """Give the seconds that a header tells to wait: a stretch, a moment or a date."""
    number = _read_number(value)
    if number is None:
        return _read_date(value, now)
    return number - now if number > _FIRST_MOMENT else number


def _read_number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _read_date(value: str | None, now: float) -> float | None:
    try:
        return parsedate_to_datetime(value or "").timestamp() - now
    except (ValueError, OverflowError):
        return None

"""Leave call by call from the budget, and what the vendors' answers do to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from engine.connections.pace import Pace
from engine.problem import Failure
from engine.state.budget import Rate
from engine.state.database import Database
from engine.state.pacing import BudgetPace
from tests.state.databases import NOW

RATES = {"contacts": Rate(calls=10, seconds=60, burst=3, reserve=1)}


class StillClock:
    """Moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.moment = NOW
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def make_pace(database: Database, clock: StillClock, *, urgent: bool = True) -> Pace:
    return BudgetPace(database, clock, "acme", RATES, urgent)


def wait_after(
    database: Database, clock: StillClock, status: int, headers: dict[str, str]
) -> float:
    """Give the seconds that the next call waits after an answer."""
    pace = make_pace(database, clock)
    pace.heed("contacts", status, headers)
    pace.take("contacts")
    return (clock.moment - NOW).total_seconds()


def test_calls_within_the_burst_do_not_wait(database: Database, clock: StillClock) -> None:
    pace = make_pace(database, clock)
    for _ in range(4):
        pace.take("contacts")
    assert clock.slept == []


def test_calls_beyond_it_wait_in_short_sleeps(database: Database, clock: StillClock) -> None:
    pace = make_pace(database, clock)
    for _ in range(5):
        pace.take("contacts")
    assert sum(clock.slept) == pytest.approx(10, abs=1e-3)
    assert max(clock.slept) <= 5


def test_an_event_does_not_wait_behind_batches(database: Database, clock: StillClock) -> None:
    batches = make_pace(database, clock, urgent=False)
    for _ in range(20):
        batches.take("contacts")
    slept = len(clock.slept)
    make_pace(database, clock).take("contacts")
    assert len(clock.slept) == slept > 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "0"}, 0),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=40), usegmt=True)}, 40),
        ({"x-ratelimit-reset": "23"}, 23),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 31)}, 31),
        ({"retry-after": "17", "x-ratelimit-reset": "23"}, 17),
        ({"retry-after": "-5"}, 0),
        ({}, 60),
        ({"retry-after": "soon"}, 60),
        ({"retry-after": "nan"}, 60),
        ({"retry-after": "inf"}, 60),
        ({"retry-after": "Thu, 99 Foo 2026 25:00:00 GMT"}, 60),
        ({"retry-after": "999999999"}, 3600),
    ],
)
def test_too_many_calls_pause_the_tier(
    database: Database, clock: StillClock, headers: dict[str, str], seconds: float
) -> None:
    assert wait_after(database, clock, 429, headers) == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "23"}, 23),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "23"}, 0),
        ({"x-ratelimit-remaining": "0"}, 0),
        ({"x-ratelimit-remaining": "many", "x-ratelimit-reset": "23"}, 0),
        ({"x-ratelimit-reset": "23"}, 0),
        ({}, 0),
    ],
)
def test_an_answer_that_leaves_no_calls_pauses_the_tier(
    database: Database, clock: StillClock, headers: dict[str, str], seconds: float
) -> None:
    assert wait_after(database, clock, 200, headers) == pytest.approx(seconds, abs=1e-3)


def test_a_pause_holds_for_every_process_of_the_account(
    database: Database, clock: StillClock
) -> None:
    make_pace(database, clock, urgent=False).heed("contacts", 429, {"retry-after": "9"})
    make_pace(database, clock).take("contacts")
    assert clock.moment - NOW == timedelta(seconds=9)


def test_a_tier_without_a_rate_is_told(database: Database, clock: StillClock) -> None:
    with pytest.raises(Failure, match='"insight" is set; rates are set for: contacts'):
        make_pace(database, clock).take("insight")


def test_a_wait_that_is_too_long_is_told_and_not_waited_for(
    database: Database, clock: StillClock
) -> None:
    hasty = BudgetPace(database, clock, "acme", RATES, urgent=True, longest_wait=1.0)
    waits = [hasty.take("contacts") for _ in range(5)]
    assert waits[:4] == [0.0] * 4
    assert waits[4] > 1
    assert clock.slept == []

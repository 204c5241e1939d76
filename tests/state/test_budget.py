"""The vendors' limits are kept, whoever calls and whenever."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.problem import Failure
from engine.state.budget import Allowance, Rate, pause, take_turn
from engine.state.database import Database
from engine.state.tables import METADATA
from tests.state.databases import opened

ROOT = Path(__file__).parent.parent.parent
START = 1_772_355_600.0
RATE = Rate(calls=10, seconds=60, burst=3, reserve=1)
TIER = Allowance("acme", "contacts", RATE)


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    calls = draw(st.integers(2, 60))
    burst = draw(st.integers(0, calls - 2))
    seconds = draw(st.sampled_from([0.5, 1.0, 10.0, 60.0, 3600.0]))
    return Rate(calls, seconds, burst, draw(st.integers(0, burst)))


@contextmanager
def in_memory() -> Iterator[Database]:
    with opened("sqlite://") as database:
        METADATA.create_all(database.engine)
        yield database


def take(database: Database, now: float, *, urgent: bool = True, tier: Allowance = TIER) -> float:
    with database.transaction() as connection:
        return take_turn(connection, tier, now, urgent=urgent)


def most_in_any(seconds: float, moments: list[float]) -> int:
    return max(
        sum(start <= moment <= start + seconds for moment in moments[index:])
        for index, start in enumerate(moments)
    )


@given(
    rate=rates(),
    gaps=st.lists(st.tuples(st.floats(0, 2), st.booleans(), st.booleans()), max_size=80),
)
def test_no_stretch_ever_has_more_calls_than_the_limit(
    rate: Rate, gaps: list[tuple[float, bool, bool]]
) -> None:
    tier = Allowance("acme", "contacts", rate)
    now, gone = START, [START - 1e6]
    with in_memory() as database:
        for gap, waits, urgent in gaps:
            now += gap * rate.interval
            wait = take(database, now, urgent=urgent, tier=tier)
            if wait and waits:
                # The very moment that it was told to wait for, to the last bit.
                now += wait
                wait = take(database, now, urgent=urgent, tier=tier)
            if wait == 0:
                gone.append(now)
    assert most_in_any(rate.seconds, gone) <= rate.calls


@settings(max_examples=30)
@given(rate=rates())
def test_the_whole_rate_is_given(rate: Rate) -> None:
    tier = Allowance("acme", "contacts", rate)
    now, gone = START, 0
    with in_memory() as database:
        # Each interval is a microsecond longer than it need be.
        while now <= START + rate.seconds + rate.calls * 1e-5:
            wait = take(database, now, tier=tier)
            gone += wait == 0
            now += wait
    assert gone == rate.calls


@settings(max_examples=30)
@given(rate=rates())
def test_who_waits_as_told_goes_at_once(rate: Rate) -> None:
    tier = Allowance("acme", "contacts", rate)
    now = START
    with in_memory() as database:
        for _ in range(2 * rate.calls):
            wait = take(database, now, urgent=False, tier=tier)
            if wait:
                now += wait + 1e-6
                assert take(database, now, urgent=False, tier=tier) == 0


def test_a_burst_goes_at_once_and_then_one_by_one(database: Database) -> None:
    waits = [take(database, START) for _ in range(6)]
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4] == waits[5] == pytest.approx(10, abs=1e-3)
    assert take(database, START + 10.1) == 0
    assert take(database, START + 10.1) > 9


def test_an_event_goes_while_batches_wait(database: Database) -> None:
    while take(database, START, urgent=False) == 0:
        pass
    assert take(database, START, urgent=False) > 0
    assert take(database, START, urgent=True) == 0
    assert take(database, START, urgent=True) > 0


def test_batches_leave_the_reserve_at_their_own_pace_too(database: Database) -> None:
    now = START
    for _ in range(50):
        now += take(database, now, urgent=False) + 1e-6
    taken = [take(database, now, urgent=True) for _ in range(2)]
    assert taken[0] == 0


def test_accounts_and_tiers_are_apart(database: Database) -> None:
    while take(database, START) == 0:
        pass
    assert take(database, START, tier=Allowance("acme", "insight", RATE)) == 0
    assert take(database, START, tier=Allowance("other", "contacts", RATE)) == 0


def test_nothing_goes_in_a_pause(database: Database) -> None:
    with database.transaction() as connection:
        pause(connection, TIER, START + 30)
        pause(connection, TIER, START + 20)
    assert take(database, START) == 30
    assert take(database, START + 29.5) == 0.5
    assert take(database, START + 30) == 0


def test_a_clock_set_back_by_an_hour_stops_nothing(database: Database) -> None:
    assert take(database, START) == 0
    assert 0 < take(database, START - 3600) <= RATE.interval * 1.01


def test_a_turn_that_was_rolled_back_was_not_taken(database: Database) -> None:
    with database.engine.connect() as connection:
        assert take_turn(connection, TIER, START, urgent=True) == 0
        connection.rollback()
    assert [take(database, START) == 0 for _ in range(5)] == [True, True, True, True, False]


@pytest.mark.parametrize(
    "parts", [(1, 60, 0, 0), (10, 60, 9, 0), (10, 60, 2, 3), (10, 0, 2, 1), (10, 60, -1, -1)]
)
def test_a_rate_whose_parts_do_not_fit_is_refused(parts: tuple[int, int, int, int]) -> None:
    with pytest.raises(Failure, match="expected 0 <= reserve <= burst < calls - 1"):
        Rate(*parts)


def test_a_turn_being_taken_is_waited_for(database: Database) -> None:
    for _ in range(RATE.burst):
        assert take(database, START) == 0
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as connection:
            assert take_turn(connection, TIER, START, urgent=True) == 0
            other = pool.submit(take, database, START)
            with pytest.raises(TimeoutError):
                other.result(0.3)
        # It was the last one: who asked meanwhile must not have seen it free.
        assert other.result(30) > 9


TAKER = """
import sys
from tests.state.test_budget import take
from tests.state.databases import opened
with opened(sys.argv[1]) as database:
    print("ready", flush=True)
    for moment in sys.stdin:
        print(sum(take(database, float(moment)) == 0 for _ in range(8)), flush=True)
"""


def test_two_processes_together_get_no_more_than_one_would(database_url: str) -> None:
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, database_url],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    assert [ask(taker) for taker in takers] == ["ready", "ready"]
    got = []
    for seconds in (0, 0, 10.01, 20.02, 50, 200, 200):
        for taker in takers:
            assert taker.stdin is not None
            taker.stdin.write(f"{START + seconds}\n")
            taker.stdin.flush()
        got.append(sum(int(ask(taker)) for taker in takers))
    for taker in takers:
        taker.communicate()
    assert got == [4, 0, 1, 1, 2, 4, 0]
    assert [taker.returncode for taker in takers] == [0, 0]


def ask(taker: subprocess.Popen[str]) -> str:
    assert taker.stdout is not None
    return taker.stdout.readline().strip()

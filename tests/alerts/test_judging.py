"""What figures and a clock make of an alert: raised once, over once, and nothing in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.judging import Reading, judge
from engine.alerts.kinds import KINDS, Name
from engine.clock import write_time
from engine.settings.alerts import ALERT_LIMITS
from engine.state.alerts import AlertState

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """Figures as MINUTE=VALUE, `?` for one that nobody knows; changes, + raised and - over."""

    name: str
    kind: Name
    limit: float
    figures: str
    changes: str


CASES = (
    Case("nothing is wrong", "failure", 1, "0=0 1=0 60=0", ""),
    Case("what fails is told at once", "failure", 1, "0=0 1=1", "1+"),
    Case("what goes on is told once", "failure", 1, "0=1 1=2 2=3 600=99", "0+"),
    Case("one good run is no recovery yet", "failure", 1, "0=1 5=0", "0+"),
    Case("ten good minutes are", "failure", 1, "0=1 5=0 10=0 15=0", "0+ 15-"),
    Case("every other run fails", "failure", 1, "0=1 5=0 10=1 15=0 20=1 25=0 30=1", "0+"),
    Case("it fails again later", "failure", 1, "0=1 5=0 15=0 60=1", "0+ 15- 60+"),
    Case("below the limit set", "failure", 3, "0=1 5=2 10=0", ""),
    Case("at the limit set", "failure", 3, "0=1 5=2 10=3", "10+"),
    Case("a queue at its limit", "queue", 3600, "0=3599 1=3600", "1+"),
    Case("a queue just below is not over", "queue", 3600, "0=3600 9=3599 60=3000", "0+"),
    Case("a queue well below is", "queue", 3600, "0=3600 9=2000 19=1000", "0+ 19-"),
    Case("a queue that wavers", "queue", 60, "0=60 1=20 2=60 3=20 4=60 5=20 14=20", "0+"),
    Case("a share of exactly the limit", "held", 10, "0=9.9 1=10", "1+"),
    Case("a share takes half an hour to be over", "held", 10, "0=10 1=5 30=5 31=5", "0+ 31-"),
    Case("a share between both lines stays", "held", 10, "0=10 5=8 100=9", "0+"),
    Case("a burst of calls is no alert", "budget", 90, "0=100 1=95 2=50 12=60", ""),
    Case("calls gone for ten minutes are", "budget", 90, "0=100 5=92 10=95", "10+"),
    Case("calls that come back for a moment", "budget", 90, "0=99 9=50 10=99 19=99", ""),
    Case("calls half back are not over", "budget", 90, "0=99 10=99 20=85 60=85", "10+"),
    Case("late at once", "late", 900, "0=899 1=900", "1+"),
    Case("a survey is over with the next one", "drift", 1, "0=2 1440=0", "0+ 1440-"),
    Case("a survey finds more", "usability", 1, "0=1 1440=3", "0+"),
    Case("rejected again within half an hour", "rejected", 2, "0=2 5=0 30=2 40=0 69=0", "0+"),
    Case("a month that agrees in the end", "reconciliation", 1, "0=3 1440=1 2880=0", "0+ 2880-"),
    Case("what is not known changes nothing", "drift", 1, "0=? 1=2 2=? 3=?", "1+"),
    Case("nor does it count as well", "failure", 1, "0=1 5=0 10=? 16=0 20=0", "0+"),
    Case("nobody ever knew", "consent", 1, "0=? 1=?", ""),
)


def reading(kind: Name, value: float | None, limit: float, **more: str) -> Reading:
    return Reading("orders", kind, value, limit, said=f"it is {value}", **more)


def play(case: Case) -> str:
    """Give the changes of a case."""
    state, changes = None, []
    for step in case.figures.split():
        minute, _, told = step.partition("=")
        now = START + timedelta(minutes=int(minute))
        value = None if told == "?" else float(told)
        after = judge(state, reading(case.kind, value, case.limit), now)
        if after.flips != (state.flips if state else 0):
            changes.append(f"{minute}{'+' if after.raised else '-'}")
        state = after
    return " ".join(changes)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_figures_change_an_alert(case: Case) -> None:
    assert play(case) == case.changes


def test_every_kind_is_judged_in_some_case() -> None:
    assert {case.kind for case in CASES} == set(KINDS)


def test_every_limit_is_a_setting_and_every_setting_a_limit() -> None:
    limits = [name for kind in KINDS.values() for name in kind.limits]
    assert set(limits) == set(ALERT_LIMITS)


def test_it_is_raised_since_the_figure_says_so_where_it_knows() -> None:
    began = write_time(START - timedelta(hours=1))
    known = judge(None, reading("queue", 9.0, 1.0, since=began), START)
    unknown = judge(None, reading("queue", 9.0, 1.0), START)
    assert (known.since, unknown.since) == (began, write_time(START))


def test_it_is_over_since_the_figure_was_first_well_again() -> None:
    raised = judge(None, reading("failure", 1.0, 1.0), START)
    first = judge(raised, reading("failure", 0.0, 1.0), START + timedelta(minutes=3))
    over = judge(first, reading("failure", 0.0, 1.0), START + timedelta(minutes=20))
    assert (over.raised, over.since) == (False, write_time(START + timedelta(minutes=3)))


def test_the_owner_of_the_cause_hears_of_it_and_also_that_it_is_over() -> None:
    raised = judge(None, reading("held", 50.0, 10.0, owner="finance"), START)
    other = judge(raised, reading("held", 50.0, 10.0, owner="customer-care"), START)
    calm = reading("held", 0.0, 10.0)
    first = judge(other, calm, START + timedelta(minutes=1))
    over = judge(first, calm, START + timedelta(minutes=40))
    assert (raised.owner, other.owner, over.owner, over.raised) == (*["finance"] * 3, False)


def test_without_an_owner_of_the_cause_that_of_the_kind_hears_of_it() -> None:
    assert judge(None, reading("reconciliation", 1.0, 1.0), START).owner == "finance"


@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(st.tuples(st.integers(0, 90), st.none() | st.floats(0, 20)), max_size=30),
)
def test_whatever_comes_it_is_raised_and_over_in_turn(
    kind: Name, steps: list[tuple[int, float | None]]
) -> None:
    state, now = AlertState(raised=False, since=write_time(START)), START
    for minutes, value in steps:
        now += timedelta(minutes=minutes)
        after = judge(state, reading(kind, value, 10.0), now)
        assert after.flips - state.flips == (after.raised != state.raised)
        assert after.since <= write_time(now)
        # Odd changes raise it, even ones end it: no change is told twice.
        assert after.raised == bool(after.flips % 2)
        state = after

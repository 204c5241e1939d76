"""Jobs of one process: what is done in which order, and when it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.connections.answers import DeniedError
from engine.jobs.inline import InlineJobs
from engine.jobs.port import Figures, Request, Turn, Waiting
from engine.jobs.stopping import StoppableClock, Stopped, Stopping
from engine.jobs.table import Ticks, make_schedules
from engine.problem import Failure
from tests.jobs.bodies import START, HeldClock, Script

LANES = ("events", "batches")


def make_backlog(events: int, batches: int) -> Script:
    """Bodies that work off a backlog, one at a time."""
    left = {"events": events, "batches": batches}

    def work(name: str) -> Figures:
        done = min(left[name], 1)
        left[name] -= done
        return {"settled": done}

    def look() -> Waiting:
        due = START if sum(left.values()) else None
        return Waiting(events=left["events"], batches=left["batches"], due=due)

    does = {"events": lambda _turn: work("events"), "batches": lambda _turn: work("batches")}
    return Script(does, look)


def test_events_go_first_and_again_before_each_batch() -> None:
    script = make_backlog(events=2, batches=2)
    jobs = InlineJobs(script.performer(HeldClock()))
    jobs.schedule([one for one in make_schedules(timedelta(minutes=5)) if one.job in LANES])
    work = script.looks

    def look() -> Waiting:
        waiting = work()
        if not waiting.events + waiting.batches:
            jobs.stop()
        return waiting

    script.looks = look
    jobs.run()
    first = script.called.index("batches")
    assert script.called[:first] == ["events"]
    assert script.called[first + 1 :].index("events") < script.called[first + 1 :].index("batches")


def test_what_nothing_but_people_can_mend_ends_everything() -> None:
    def deny(_turn: Turn) -> Figures:
        raise DeniedError("the API user is refused")

    script = make_backlog(events=3, batches=3)
    script.does = {**script.does, "events": deny}
    jobs = InlineJobs(script.performer())
    jobs.schedule(make_schedules(timedelta(minutes=5)))
    with pytest.raises(Failure, match="the API user is refused"):
        jobs.run()
    assert script.called == ["events"]


def test_a_service_does_what_is_due_until_it_is_told_to_stop() -> None:
    clock = HeldClock()
    script = Script()
    jobs = InlineJobs(script.performer(clock))
    jobs.schedule(make_schedules(timedelta(minutes=15)))

    def look() -> Waiting:
        if clock.now() > START + timedelta(minutes=29):
            jobs.stop()
        return Waiting()

    script.looks = look
    jobs.run()
    counted = {name: script.called.count(name) for name in sorted(set(script.called))}
    assert counted == {"alerts": 29, "mirror": 3, "poll": 2, "reconcile": 1, "retention": 1}
    assert {one.name: one.outcome for one in jobs.health().jobs}["poll"] == "done"


def test_surveys_wait_for_the_next_hour_after_a_process_starts() -> None:
    ticks = Ticks(make_schedules(timedelta(minutes=5)))
    moments = [START + timedelta(minutes=minutes) for minutes in (10, 59, 60, 61, 119, 120)]
    asked = [[one.job for one in ticks.due(Waiting(), at)].count("surveys") for at in moments]
    assert asked == [0, 0, 1, 0, 0, 1]


def test_the_same_job_is_asked_for_once() -> None:
    jobs = InlineJobs(Script().performer())
    assert jobs.enqueue(Request("poll", key="poll"))
    assert not jobs.enqueue(Request("poll", key="poll"))
    assert jobs.purge(START) == jobs.recover("other") == 0


def test_a_lane_that_could_do_nothing_rests() -> None:
    ticks = Ticks(make_schedules(timedelta(minutes=5)))
    waiting = Waiting(events=1, due=START)
    assert "events" in [one.job for one in ticks.due(waiting, START)]
    ticks.rest("events", START + timedelta(seconds=5))
    later = [START + timedelta(seconds=seconds) for seconds in (1, 4, 5)]
    assert [[one.job for one in ticks.due(waiting, at)] for at in later] == [[], [], ["events"]]


def test_a_rest_from_before_the_clock_was_set_back_is_over() -> None:
    ticks = Ticks(make_schedules(timedelta(minutes=5)))
    ticks.rest("events", START + timedelta(seconds=5))
    back = START - timedelta(days=1)
    assert "events" in [one.job for one in ticks.due(Waiting(events=1, due=back), back)]


def test_a_tick_is_the_same_in_all_processes() -> None:
    moments = (START + timedelta(seconds=10), START + timedelta(minutes=4))
    asked = [
        next(one for one in Ticks(make_schedules(timedelta(minutes=5))).due(Waiting(), at))
        for at in moments
    ]
    assert asked[0] == asked[1]
    assert asked[0].job == "poll"


def test_a_body_is_told_to_end_when_its_turn_is_over() -> None:
    clock = HeldClock()
    seen = []

    def deliver(turn: Turn) -> Figures:
        while turn.may_go_on():
            clock.sleep(1)
        seen.append(clock.now() - START)
        return {"settled": 1}

    Script({"events": deliver}).performer(clock).perform("events", {})
    assert seen == [timedelta(seconds=30)]


def test_a_wait_ends_when_the_process_is_to_stop() -> None:
    clock, stopping = HeldClock(), Stopping()
    waiting = StoppableClock(clock, stopping)
    waiting.sleep(2)
    assert clock.now() >= START + timedelta(seconds=2)
    stopping.ask()
    with pytest.raises(Stopped):
        waiting.sleep(3600)
    assert waiting.now() < START + timedelta(minutes=1)


def test_a_wait_that_was_cut_short_is_no_failure() -> None:
    def wait(_turn: Turn) -> Figures:
        raise Stopped("asked to stop")

    performer = Script({"batches": wait}).performer()
    assert performer.perform("batches", {}) == {}
    assert performer.latest["batches"].outcome == "done"
    assert not performer.stopping.asked

"""Health is told from facts and a clock: ok, late, stuck, failed, never ran."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.commands.health import Limits, judge_database
from engine.report.status import STATUS_SCHEMA, render_status
from engine.sandbox.faults import Fault
from engine.state.runs import Ending, end_run, start_run
from engine.sync.settling import settle_subject
from tests.operations.hands import Hands

LIMITS = Limits(poll_every=timedelta(minutes=5))


def health(hands: Hands) -> Any:
    return judge_database(hands.database, hands.clock.now(), LIMITS)


def flow(hands: Hands) -> Any:
    (one,) = health(hands)["flows"]
    return one


def fail_every_read(hands: Hands) -> None:
    fault = Fault(kind="refuse", service="dotdigital", path="/contacts/v3", status=503, times=10**6)
    hands.there.sandbox.faults.on.append(fault)


def test_a_database_that_nothing_ran_on_never_ran() -> None:
    told = health(Hands())
    assert (told["ok"], told["flows"]) == (False, [])


def test_a_run_that_never_read_mirakl_whole_never_ran() -> None:
    hands = Hands()
    with hands.worker.transaction() as connection:
        start_run(connection, hands.flow.name, "sync", hands.clock.now())
    assert flow(hands)["state"] == "never ran"


def test_all_is_well_after_a_sync() -> None:
    hands = Hands()
    hands.place()
    hands.sync()
    told = flow(hands)
    assert (told["state"], told["wrong"], health(hands)["ok"]) == ("ok", [], True)
    assert told["last_24_hours"] == {"sent": 1, "unchanged": 0, "held": 0, "rejected": 0}


def test_three_missed_polls_are_late() -> None:
    hands = Hands()
    hands.sync()
    hands.there.wait(minutes=15)
    assert flow(hands)["state"] == "ok"
    hands.there.wait(minutes=1)
    told = flow(hands)
    assert told["state"] == "late"
    assert told["wrong"] == ["Mirakl was read whole 16 min ago; every 5 min is expected"]


def test_an_order_that_waits_for_over_an_hour_is_stuck() -> None:
    hands = Hands()
    fail_every_read(hands)
    hands.place()
    hands.landing.read_changes()
    hands.there.wait(minutes=61)
    hands.landing.read_changes()
    told = flow(hands)
    assert told["state"] == "stuck"
    assert "an order has waited for 1 h" in told["wrong"]


def test_people_who_are_blocked_are_told_with_their_attempts() -> None:
    hands = Hands()
    fail_every_read(hands)
    order = hands.place()
    hands.landing.read_changes()
    person = hands.flow.person_of(order.shopper.customer_id)
    with hands.worker.transaction() as connection:
        claim = hands.worker.claimant.claim_subject(connection, person, hands.clock.now())
    assert claim is not None
    settle_subject(hands.worker, claim)
    told = flow(hands)
    assert (told["blocked"]["people"], told["blocked"]["attempts"]) == (1, 1)
    assert told["events"]["waiting"] == 1


def test_a_run_that_failed_is_told_with_its_reason() -> None:
    hands = Hands()
    hands.sync()
    with hands.worker.transaction() as connection:
        run = start_run(connection, hands.flow.name, "sync", hands.clock.now())
        ending = Ending("failed", {}, "Mirakl could not be read: 503")
        end_run(connection, run, ending, hands.clock.now())
    told = flow(hands)
    assert told["state"] == "failed"
    assert told["wrong"] == ["the last run (sync) failed: Mirakl could not be read: 503"]


def test_a_replay_does_not_hide_that_the_last_sync_failed() -> None:
    hands = Hands()
    hands.sync()
    with hands.worker.transaction() as connection:
        failed = start_run(connection, hands.flow.name, "sync", hands.clock.now())
        end_run(connection, failed, Ending("failed"), hands.clock.now())
        done = start_run(connection, hands.flow.name, "replay", hands.clock.now())
        end_run(connection, done, Ending("done"), hands.clock.now())
    assert flow(hands)["state"] == "failed"


def test_what_waits_for_people_is_told_by_owner_and_is_no_fault() -> None:
    hands = Hands()
    fault = Fault(kind="lose", service="dotdigital", path="/v2/programs/enrolments")
    hands.there.sandbox.faults.on.append(fault)
    hands.place()
    hands.sync()
    told = flow(hands)
    assert (told["for_people"], told["unknown_calls"]) == ({"marketing-ops": 1}, 1)
    assert told["state"] == "ok"


def test_the_text_says_the_state_first() -> None:
    hands = Hands()
    hands.place()
    hands.sync()
    text = render_status({"schema": STATUS_SCHEMA, "health": health(hands)}, "text")
    assert text.splitlines()[0] == "debenhams-orders  OK"
    assert "  last 24 h   1 sent, 0 unchanged, 0 held, 0 rejected" in text


def test_a_run_that_has_not_ended_is_told_with_when_it_began() -> None:
    hands = Hands()
    hands.sync()
    with hands.worker.transaction() as connection:
        start_run(connection, hands.flow.name, "sync", hands.clock.now())
    hands.there.wait(seconds=47)
    told = render_status({"schema": STATUS_SCHEMA, "health": health(hands)}, "text")
    assert "last run    sync, not ended, began 47 s ago" in told

"""The job of the service: it watches, tells and pings, and lets others have their turn."""

from __future__ import annotations

from pydantic import SecretStr

from engine.commands.alerts import watch_delivery
from engine.commands.delivery import PROFILES, Delivery
from engine.commands.service import make_bodies
from engine.jobs.port import Bodies, Turn
from engine.settings import Settings
from engine.state.runs import Ending, end_run, start_run
from engine.state.shops import Feed
from tests.alerts.listening import Listener
from tests.operations.hands import Hands

ADDRESS = "https://ops.example.com"


def deliver(hands: Hands, listener: Listener) -> Bodies:
    settings = Settings(
        alert_routes=SecretStr(f"default={listener.route('all')}"),
        alert_ping=SecretStr(f"http://127.0.0.1:{listener.port}/ping"),
        web_address=ADDRESS,
    )
    delivery = Delivery(settings, hands.worker, hands.worker, None, PROFILES["default"])
    return make_bodies(delivery, watch_delivery(delivery), Feed(hands.flow.name))


def fail_a_run(hands: Hands) -> None:
    with hands.worker.transaction() as connection:
        run = start_run(connection, hands.flow.name, "sync", hands.clock.now())
        end_run(connection, run, Ending("failed", {}, "no reason was given"), hands.clock.now())


def test_a_job_that_finds_all_well_pings(listener: Listener) -> None:
    hands = Hands()
    hands.sync()
    bodies = deliver(hands, listener)
    assert not any(bodies.alerts(Turn({}, lambda: True)).values())
    assert listener.paths() == ["/ping"]


def test_a_job_that_finds_a_failure_tells_it_and_does_not_ping(listener: Listener) -> None:
    hands = Hands()
    hands.sync()
    fail_a_run(hands)
    bodies = deliver(hands, listener)
    figures = bodies.alerts(Turn({}, lambda: True))
    assert (figures["opened"], figures["sent"]) == (1, 1)
    assert listener.paths() == ["/all"]
    assert f"Look at: {ADDRESS}/runs" in listener.heard[0][1]["message"]


def test_a_job_whose_time_is_over_sends_nothing_more(listener: Listener) -> None:
    hands = Hands()
    fail_a_run(hands)
    bodies = deliver(hands, listener)
    bodies.alerts(Turn({}, lambda: False))
    assert listener.heard == []
    bodies.alerts(Turn({}, lambda: True))
    assert listener.paths() == ["/all"]

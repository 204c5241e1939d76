"""The service: it starts what was chosen, and a signal ends it cleanly."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from engine.connections.answers import DeniedError
from engine.jobs.port import Figures, Turn, Waiting
from engine.jobs.service import (
    AdapterName,
    Setup,
    heeding_signals,
    serve,
    tell_health,
)
from engine.jobs.stopping import Stopping
from engine.problem import Failure
from tests.jobs.bodies import Script

ADAPTERS: tuple[AdapterName, ...] = ("inline", "dbos")


def make_setup(folder: Path, adapter: AdapterName) -> Setup:
    return Setup(f"sqlite:///{folder / 'miradot.db'}", "orders", timedelta(days=1), adapter)


def stop_this(_turn: Turn) -> Figures:
    os.kill(os.getpid(), signal.SIGTERM)
    return {"seen": 1}


def deny(_turn: Turn) -> Figures:
    raise DeniedError("the API user is refused")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_signal_ends_the_service(adapter: AdapterName, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    script, stopping = Script({"poll": stop_this}), Stopping()
    serve(script.bodies(), make_setup(tmp_path, adapter), stopping)
    assert stopping.asked
    assert script.called.count("poll") == 1
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_what_people_have_to_mend_ends_the_service(adapter: AdapterName, tmp_path: Path) -> None:
    bodies = Script({"poll": deny}).bodies()
    with pytest.raises(Failure, match="the API user is refused"):
        serve(bodies, make_setup(tmp_path, adapter), Stopping())


def test_health_is_told_by_a_process_that_does_no_jobs(tmp_path: Path) -> None:
    setup, script = make_setup(tmp_path, "dbos"), Script({"poll": stop_this})
    before = tell_health(script.bodies(), setup)
    assert (before.executors, before.jobs) == ((), ())
    serve(script.bodies(), setup, Stopping())
    after = tell_health(script.bodies(), setup)
    assert {one.name: one.outcome for one in after.jobs}["poll"] == "done"
    # Who left in good order holds no place.
    assert after.executors == ()
    assert [one.running for one in after.queues] == [0, 0, 0]


def test_a_restart_does_not_ask_mirakl_again_in_the_same_tick(tmp_path: Path) -> None:
    setup = make_setup(tmp_path, "dbos")
    script = Script({"poll": stop_this})
    serve(script.bodies(), setup, Stopping())
    again, stopping, looks = Script(), Stopping(), iter(range(5))

    def look() -> Waiting:
        if next(looks, None) is None:
            stopping.ask()
        return Waiting()

    again.looks = look
    serve(again.bodies(), setup, stopping)
    assert "poll" not in again.called


def test_a_second_signal_is_not_held_back() -> None:
    stopping = Stopping()
    with heeding_signals(stopping):
        os.kill(os.getpid(), signal.SIGINT)
        assert stopping.asked
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL

"""A machine's clock that is set back: both vendors are read again at once, not a day later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.clock import Clock, write_time
from engine.state.outbox import open_batch
from engine.sync.cycle import settle_all
from engine.sync.leftovers import read_leftovers
from engine.sync.mirror import is_fresh, refresh_mirror
from tests.operations.hands import Hands


class SetBack:
    """A clock that shows an earlier time from some moment on."""

    def __init__(self, inner: Clock) -> None:
        self._inner = inner
        self.by = timedelta()

    def now(self) -> datetime:
        return self._inner.now() - self.by

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> SetBack:
    hands.worker.clock = made = SetBack(hands.clock)
    return made


def test_mirakl_is_asked_again_as_soon_as_ever(hands: Hands, clock: SetBack) -> None:
    hands.landing.read_changes()
    clock.by = timedelta(days=1)
    assert 0 < hands.landing.seconds_left() <= 60


def test_what_changed_meanwhile_is_read(hands: Hands, clock: SetBack) -> None:
    hands.landing.read_changes()
    clock.by = timedelta(days=1)
    hands.place()
    assert hands.landing.read_changes()["landed"] == 1


def test_a_mirror_from_the_future_is_read_anew(hands: Hands, clock: SetBack) -> None:
    refresh_mirror(hands.worker)
    assert is_fresh(hands.worker)
    clock.by = timedelta(days=1)
    assert not is_fresh(hands.worker)
    refresh_mirror(hands.worker)
    assert is_fresh(hands.worker)


def test_who_a_dead_worker_held_is_served_at_once(hands: Hands, clock: SetBack) -> None:
    hands.place()
    hands.landing.read_changes()
    with hands.worker.transaction() as connection:
        assert hands.hire("dead").claimant.claim(connection, "event", hands.clock.now())
    clock.by = timedelta(days=1)
    settle_all(hands.worker)
    assert hands.rows("SELECT outcome FROM order_version") == [("sent",)]


def test_an_import_of_a_dead_worker_runs_no_longer(hands: Hands, clock: SetBack) -> None:
    with hands.worker.transaction() as connection:
        open_batch(
            connection,
            {
                "flow": hands.flow.name,
                "operation": "contacts.import",
                "records": 1,
                "digest": "",
                "state": "running",
                "worker": "dead",
                "sent_at": write_time(hands.clock.now()),
            },
        )
    assert read_leftovers(hands.worker) == 0
    clock.by = timedelta(days=1)
    assert read_leftovers(hands.worker) == 1

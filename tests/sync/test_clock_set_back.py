"""A machine's clock that is set back: both vendors are read again at once, not a day later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.clock import Clock
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

"""Consent never widens: every state of one contact, for every kind of order."""

from __future__ import annotations

import pytest

from tests.simulation.consent import KINDS, Kind, Model


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_no_state_that_can_be_reached_widens_a_consent(kind: Kind) -> None:
    assert Model(kind, writers=1).explore() > 200


@pytest.mark.parametrize("kind", [KINDS[0], KINDS[1], KINDS[8]], ids=str)
def test_two_writers_with_plans_of_different_times_do_not_widen_it(kind: Kind) -> None:
    assert Model(kind, writers=2).explore() > 3000


def test_a_call_that_subscribes_is_seen_by_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kind, "grants", property(lambda _kind: False))
    with pytest.raises(AssertionError, match="without evidence"):
        Model(KINDS[0], writers=1).explore()

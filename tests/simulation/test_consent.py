"""Consent never widens: every state of one contact, for every kind of order."""

from __future__ import annotations

import pytest

from tests.simulation.consent import KINDS, Kind, Model

FEW = [
    Kind(real=True, box="true", proved=True),
    Kind(real=True, box="true", proved=False),
    Kind(real=True, box="false", proved=True),
    Kind(real=True, box=None, proved=False),
    Kind(real=True, box="maybe", proved=True),
    Kind(real=False, box="true", proved=True),
]
"""Every answer once: `python -m tests.simulation.consent` takes all kinds, and two writers."""


@pytest.mark.parametrize("kind", FEW, ids=str)
def test_no_state_that_can_be_reached_widens_a_consent(kind: Kind) -> None:
    assert kind in KINDS
    assert Model(kind, writers=1).explore() > 800


def test_a_call_that_subscribes_is_seen_by_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kind, "grants", property(lambda _kind: False))
    with pytest.raises(AssertionError, match="without evidence"):
        Model(FEW[0], writers=1).explore()

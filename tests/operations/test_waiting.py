"""What the log says of orders that are tried again."""

from __future__ import annotations

import pytest

from engine.sync.cycle import settle_all
from tests.operations.hands import Hands

MANY = 5


@pytest.fixture
def hands() -> Hands:
    """Give hands whose order Dotdigital does not take, for now."""
    made = Hands()
    made.place()
    made.landing.read_changes()
    fault = {"kind": "refuse", "service": "dotdigital", "path": "/contacts/v3", "method": "POST"}
    made.there.call("POST", "/sandbox/faults", {**fault, "status": 503, "times": 100})
    return made


def attempt(hands: Hands) -> list[str]:
    """Let everything that waits be tried once; give what the log had to say of it."""
    before = len(hands.log.lines)
    settle_all(hands.worker)
    hands.there.wait(hours=2)
    return [line for line in hands.log.lines[before:] if line.startswith("to be tried again")]


def test_an_attempt_is_told_with_what_was_asked_and_what_was_answered(hands: Hands) -> None:
    (told, *_) = attempt(hands)
    assert "'operation': 'contacts.create', 'status': 503" in told


def test_from_the_fifth_attempt_on_it_is_a_warning(hands: Hands) -> None:
    for _ in range(MANY - 1):
        attempt(hands)
    assert hands.log.warnings == []
    told = attempt(hands)
    assert told
    assert hands.log.warnings == told


def test_how_many_people_were_dealt_with_is_told_as_it_goes() -> None:
    made = Hands()
    for customer in ("1001", "1002", "1003"):
        made.place(customer)
    made.landing.read_changes()
    told: list[int] = []
    settled = settle_all(made.worker, told.append)
    assert told == sorted(told)
    assert told[:3] == [1, 2, 3]
    assert told[-1] == settled.total()

"""What is remembered of a person, as the mapping is told it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from engine.sync.knowledge import Knowledge
from tests.shipped import orders_mapping
from tests.test_contacts import SHARE
from tests.test_mapping import contact

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def told_of(known: Knowledge) -> dict[str, Any]:
    """Give net amount and calls sent that the one contact is given with, by order."""
    (given,) = known.contacts().by_email.values()
    return {key: share["net"] for key, share in given.shares.items()} | {"sent": given.sent}


def test_what_an_order_adds_takes_the_place_of_what_it_added_before() -> None:
    known = Knowledge(
        "key", orders_mapping().contact_form, 77, decided=False, shares={}, sent=set()
    )
    known.learn(contact("subscribed"), NOW)
    known.remember("A", SHARE, ["one"])
    known.remember("B", SHARE, [])
    assert told_of(known) == {"A": "9.99", "B": "9.99", "sent": {"one"}}
    known.remember("A", SHARE | {"net": "5.00"}, ["two"])
    known.sent.add("three")
    assert told_of(known) == {"A": "5.00", "B": "9.99", "sent": {"one", "two", "three"}}
    assert list(known.shares) == ["A", "B"]

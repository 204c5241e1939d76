"""Claims and rests that are believed: as far ahead as a worker sets them, and not a moment more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.state.budget import Allowance, Rate, pause, take_turn
from engine.state.claims import (
    LEASE,
    LONGEST_REST,
    Claim,
    Claimant,
    next_due,
    release_claim,
    revoke_claims,
)
from engine.state.database import Database
from engine.state.erasure import ask_deletion, delay_deletion, list_deletions
from engine.state.orders import Arrival, Landed, land_orders
from tests.state.databases import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAIMANT = Claimant("orders", "one", LEASE)
OTHER = Claimant("orders", "two", LEASE)


@pytest.fixture
def database(database: Database) -> Database:
    """Give a database in which one order of one person waits."""
    with database.transaction() as connection:
        order = Landed("ORD-1", "digest", "2026-03-01T08:00:00.000000Z", "{}", "person-1")
        land_orders(connection, [order], Arrival("orders", "event", "run", NOW))
    return database


def claim(database: Database, who: Claimant, back: timedelta = timedelta()) -> list[Claim]:
    with database.transaction() as connection:
        return who.claim(connection, "event", NOW - back)


def due(database: Database, back: timedelta = timedelta()) -> datetime | None:
    with database.transaction() as connection:
        return next_due(connection, "orders", NOW - back)


def test_a_claim_holds_while_clocks_are_a_lease_apart(database: Database) -> None:
    assert claim(database, CLAIMANT)
    assert claim(database, OTHER, LEASE) == []
    moment = due(database, LEASE)
    assert moment is not None
    assert moment > NOW - LEASE


def test_a_claim_from_before_the_clock_was_set_back_holds_nobody_up(database: Database) -> None:
    dead = claim(database, CLAIMANT)[0]
    assert due(database, DAY) == NOW - DAY
    taken = claim(database, OTHER, DAY)
    assert [one.epoch for one in taken] == [dead.epoch + 1]


def test_one_person_is_claimed_by_name_past_such_a_claim(database: Database) -> None:
    claim(database, CLAIMANT)
    with database.transaction() as connection:
        assert OTHER.claim_subject(connection, "person-1", NOW - LEASE) is None
        assert OTHER.claim_subject(connection, "person-1", NOW - DAY) is not None


def test_a_rest_holds_as_long_as_a_vendor_may_ask_for(database: Database) -> None:
    held = claim(database, CLAIMANT)[0]
    with database.transaction() as connection:
        release_claim(connection, held, not_before=NOW + LONGEST_REST)
    assert claim(database, OTHER, LEASE) == []
    assert claim(database, OTHER, -LONGEST_REST)


def test_a_rest_from_before_the_clock_was_set_back_is_over(database: Database) -> None:
    with database.transaction() as connection:
        revoke_claims(connection, "person-1", not_before=NOW + HOUR)
    assert due(database, DAY) == NOW - DAY
    assert claim(database, OTHER, DAY)


def test_a_deletion_that_failed_is_tried_again_after_the_clock_was_set_back(
    database: Database,
) -> None:
    with database.transaction() as connection:
        ask_deletion(connection, 7, NOW)
        owed = list_deletions(connection, NOW)[0]
        delay_deletion(connection, owed, NOW + HOUR)
        assert list_deletions(connection, NOW) == []
        assert len(list_deletions(connection, NOW - DAY)) == 1


def test_a_pause_from_before_the_clock_was_set_back_stops_no_call(database: Database) -> None:
    allowance = Allowance("account", "calls", Rate(10, 60.0, burst=5))
    now = NOW.timestamp()
    with database.transaction() as connection:
        pause(connection, allowance, now + 3600)
        assert take_turn(connection, allowance, now, urgent=True) == pytest.approx(3600)
        assert take_turn(connection, allowance, now - 86_400, urgent=True) == 0.0

"""Several contents under one stamp: the one that is preferred is the newest everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.state.database import Database
from engine.state.exceptions import UNKNOWN_OUTCOME, About, Raised, add_exception
from engine.state.orders import (
    Arrival,
    End,
    Landed,
    land_orders,
    list_waiting,
    newest_settled,
    newest_version_ids,
    settle_version,
)
from engine.state.repeats import find_overtaken, prefer
from engine.state.retention import Retention, purge
from engine.state.reviews import newest_version
from engine.state.tables import EXCEPTION, ORDER_VERSION
from tests.state.databases import NOW

STAMP = "2026-03-01T08:00:00.000000Z"
ARRIVAL = Arrival("flow", "event", "run", NOW, "2310")
OLD, NEW = (Landed("ORD-1", one, STAMP, f'{{"{one}": 1}}', "person-1") for one in ("old", "new"))
OTHER = Landed("ORD-2", "other", STAMP, "{}", "person-1")


@pytest.fixture
def database(database: Database) -> Database:
    """Give a database in which the newer of two contents landed first, and both have ended."""
    with database.transaction() as connection:
        for one in (NEW, OLD, OTHER):
            land_orders(connection, [one], ARRIVAL)
        for number in connection.execute(select(ORDER_VERSION.c.id)).scalars().all():
            settle_version(connection, number, End("sent", "", ""), NOW)
    return database


def test_what_was_overtaken_is_found_and_nothing_else(database: Database) -> None:
    unread = Landed("ORD-3", "unread", "", "{}", "person-1")
    with database.transaction() as connection:
        land_orders(connection, [unread], ARRIVAL)
        found = find_overtaken(connection, "flow", [NEW, OLD, OTHER, unread])
    assert [one.landed for one in found] == [NEW]


def test_what_is_preferred_is_the_newest_and_waits(database: Database) -> None:
    with database.transaction() as connection:
        one = find_overtaken(connection, "flow", [NEW])[0]
        prefer(connection, one, ARRIVAL)
        assert find_overtaken(connection, "flow", [NEW]) == []
        assert [each.payload for each in list_waiting(connection, "flow", "person-1")] == [
            NEW.payload
        ]
        assert newest_version_ids(connection, "flow", ["ORD-1"]) == [one.id]
        settle_version(connection, one.id, End("sent", "", ""), NOW)
        assert newest_settled(connection, "flow", "ORD-1") == (STAMP, one.id)
        newest = newest_version(connection, "flow", "ORD-1")
    assert newest is not None
    assert newest.id == one.id


def test_what_the_others_raised_is_over_but_not_a_call_that_nobody_knows_of(
    database: Database,
) -> None:
    with database.transaction() as connection:
        one = find_overtaken(connection, "flow", [NEW])[0]
        for code in ("UNREADABLE_MONEY", UNKNOWN_OUTCOME):
            about = About("flow", "ORD-1", one.others[0], "person-1")
            add_exception(connection, about, Raised(code, "hold", "care", "", "", "", ""), NOW)
        prefer(connection, one, ARRIVAL)
        left = connection.execute(select(EXCEPTION.c.code).where(EXCEPTION.c.closed_at.is_(None)))
        assert left.scalars().all() == [UNKNOWN_OUTCOME]


def test_the_payload_of_what_is_preferred_is_kept_and_that_of_the_other_purged(
    database: Database,
) -> None:
    with database.transaction() as connection:
        one = find_overtaken(connection, "flow", [NEW])[0]
        prefer(connection, one, ARRIVAL)
        settle_version(connection, one.id, End("sent", "", ""), NOW)
        purge(connection, Retention(), NOW + timedelta(days=40))
        found = connection.execute(
            select(ORDER_VERSION.c.content_sha256, ORDER_VERSION.c.payload)
        ).all()
    kept = {row[0]: bool(row[1]) for row in found}
    assert kept["new"]

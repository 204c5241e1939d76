"""How far each stream has been read."""

from __future__ import annotations

from datetime import timedelta

from engine.clock import write_time
from engine.state.cursors import Cursor, mark_pending, move_cursor, read_cursor
from engine.state.database import Database
from engine.state.shops import Feed
from tests.state.databases import NOW

ORDERS, SHIPMENTS = Feed("orders"), Feed("shipments")
LATER = NOW + timedelta(minutes=5)


def test_a_stream_never_read_has_no_cursor(database: Database) -> None:
    with database.transaction() as connection:
        assert read_cursor(connection, ORDERS, "polling") is None


def test_a_read_under_way_keeps_the_watermark(database: Database) -> None:
    with database.transaction() as connection:
        move_cursor(connection, ORDERS, "polling", "2026-03-01T08:55:00Z", NOW)
        mark_pending(connection, ORDERS, "polling", {"offset": 100}, LATER)
        assert read_cursor(connection, ORDERS, "polling") == Cursor(
            "2026-03-01T08:55:00Z", {"offset": 100}, write_time(LATER)
        )


def test_a_first_read_under_way_has_no_watermark(database: Database) -> None:
    with database.transaction() as connection:
        mark_pending(connection, ORDERS, "polling", {"offset": 100}, NOW)
        assert read_cursor(connection, ORDERS, "polling") == Cursor(
            None, {"offset": 100}, write_time(NOW)
        )


def test_a_whole_read_leaves_nothing_pending(database: Database) -> None:
    with database.transaction() as connection:
        mark_pending(connection, ORDERS, "polling", {"offset": 100}, NOW)
        move_cursor(connection, ORDERS, "polling", "2026-03-01T08:55:00Z", LATER)
        assert read_cursor(connection, ORDERS, "polling") == Cursor(
            "2026-03-01T08:55:00Z", None, write_time(LATER)
        )


def test_a_watermark_may_go_back_with_the_vendors_clock(database: Database) -> None:
    with database.transaction() as connection:
        move_cursor(connection, ORDERS, "polling", "2026-03-01T10:55:00Z", NOW)
        move_cursor(connection, ORDERS, "polling", "2026-03-01T09:00:00Z", LATER)
        moved = read_cursor(connection, ORDERS, "polling")
    assert moved is not None
    assert moved.watermark == "2026-03-01T09:00:00Z"


def test_streams_and_flows_are_apart(database: Database) -> None:
    with database.transaction() as connection:
        move_cursor(connection, ORDERS, "polling", "2026-03-01T08:55:00Z", NOW)
        assert read_cursor(connection, ORDERS, "history") is None
        assert read_cursor(connection, SHIPMENTS, "polling") is None


def test_shops_of_one_flow_are_apart(database: Database) -> None:
    one, two = Feed("orders", "2310"), Feed("orders", "2311")
    with database.transaction() as connection:
        move_cursor(connection, one, "polling", "2026-03-01T08:55:00Z", NOW)
        mark_pending(connection, two, "polling", {"offset": 100}, NOW)
        found = [read_cursor(connection, feed, "polling") for feed in (ORDERS, one, two)]
    assert [None if each is None else each.watermark for each in found] == [
        None,
        "2026-03-01T08:55:00Z",
        None,
    ]

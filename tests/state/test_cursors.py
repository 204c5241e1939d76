"""How far each stream has been read."""

from __future__ import annotations

from datetime import timedelta

from engine.clock import write_time
from engine.state.cursors import Cursor, mark_pending, move_cursor, read_cursor
from engine.state.database import Database
from tests.state.databases import NOW

LATER = NOW + timedelta(minutes=5)


def test_a_stream_never_read_has_no_cursor(database: Database) -> None:
    with database.transaction() as connection:
        assert read_cursor(connection, "orders", "polling") is None


def test_a_read_under_way_keeps_the_watermark(database: Database) -> None:
    with database.transaction() as connection:
        move_cursor(connection, "orders", "polling", "2026-03-01T08:55:00Z", NOW)
        mark_pending(connection, "orders", "polling", {"offset": 100}, LATER)
        assert read_cursor(connection, "orders", "polling") == Cursor(
            "2026-03-01T08:55:00Z", {"offset": 100}, write_time(LATER)
        )


def test_a_first_read_under_way_has_no_watermark(database: Database) -> None:
    with database.transaction() as connection:
        mark_pending(connection, "orders", "polling", {"offset": 100}, NOW)
        assert read_cursor(connection, "orders", "polling") == Cursor(
            None, {"offset": 100}, write_time(NOW)
        )


def test_a_whole_read_leaves_nothing_pending(database: Database) -> None:
    with database.transaction() as connection:
        mark_pending(connection, "orders", "polling", {"offset": 100}, NOW)
        move_cursor(connection, "orders", "polling", "2026-03-01T08:55:00Z", LATER)
        assert read_cursor(connection, "orders", "polling") == Cursor(
            "2026-03-01T08:55:00Z", None, write_time(LATER)
        )


def test_a_watermark_may_go_back_with_the_vendors_clock(database: Database) -> None:
    with database.transaction() as connection:
        move_cursor(connection, "orders", "polling", "2026-03-01T10:55:00Z", NOW)
        move_cursor(connection, "orders", "polling", "2026-03-01T09:00:00Z", LATER)
        moved = read_cursor(connection, "orders", "polling")
    assert moved is not None
    assert moved.watermark == "2026-03-01T09:00:00Z"


def test_streams_and_flows_are_apart(database: Database) -> None:
    with database.transaction() as connection:
        move_cursor(connection, "orders", "polling", "2026-03-01T08:55:00Z", NOW)
        assert read_cursor(connection, "orders", "history") is None
        assert read_cursor(connection, "shipments", "polling") is None

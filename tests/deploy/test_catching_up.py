"""When a database that was put back has caught up: once every shop of Mirakl was read whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.state.cursors import move_cursor
from engine.state.database import Database
from engine.state.restores import end_catching_up, note_restore
from engine.state.shops import Feed
from engine.state.tables import RESTORE
from tests.state.databases import NOW, opened, prepare

FLOW = "debenhams-orders"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    prepare(empty_url)
    with opened(empty_url) as found:
        yield found


def restore(database: Database, *shops: tuple[str, timedelta]) -> None:
    """Put a database back in which each shop was read so long ago."""
    with database.transaction() as connection:
        for shop, ago in shops:
            move_cursor(connection, Feed(FLOW, shop), "orders", "", NOW - ago)
        note_restore(connection, [FLOW], NOW)


def read(database: Database, shop: str, at: datetime = LATER) -> Any:
    """Read a shop whole; give when the database had caught up."""
    with database.transaction() as connection:
        move_cursor(connection, Feed(FLOW, shop), "orders", "", at)
        end_catching_up(connection, FLOW, "orders", at)
        return connection.execute(select(RESTORE.c.caught_up_at)).scalar_one_or_none()


def test_one_shop_read_whole_is_enough_where_there_is_one(database: Database) -> None:
    restore(database, ("1", timedelta(days=1)))
    assert read(database, "1").startswith("2026-03-01T10:00:00")


def test_the_last_of_several_shops_is_waited_for(database: Database) -> None:
    restore(database, ("1", timedelta(days=1)), ("2", timedelta(days=1)))
    assert read(database, "1") is None
    assert read(database, "2") is not None


def test_a_shop_that_is_no_longer_read_is_not_waited_for(database: Database) -> None:
    restore(database, ("1", timedelta(days=1)), ("closed", timedelta(days=60)))
    assert read(database, "1") is not None


def test_it_is_caught_up_once(database: Database) -> None:
    restore(database, ("1", timedelta(days=1)))
    first = read(database, "1")
    assert read(database, "1", LATER + timedelta(hours=1)) == first


def test_a_database_that_was_never_put_back_has_nothing_to_catch_up(database: Database) -> None:
    assert read(database, "1") is None

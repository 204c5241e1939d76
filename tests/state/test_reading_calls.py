"""What is read for one person costs as much however many calls others have."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event

from engine.state.database import Connection, Database
from engine.state.migrations import prepare_database
from engine.state.outbox import list_effects, list_undecided, list_unfinished
from tests.state.databases import NOW


@pytest.mark.parametrize("read", [list_effects, list_unfinished, list_undecided])
def test_calls_of_a_person_are_found_by_the_person(read: Any) -> None:
    seen: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        seen.append((given[2], given[3]))

    with closing(Database("sqlite://")) as database:
        prepare_database(database, NOW)
        with database.transaction() as connection:
            event.listen(connection, "before_cursor_execute", note)
            _call(read, connection)
            event.remove(connection, "before_cursor_execute", note)
            (statement, values), *_ = seen
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [str(row[3]) for row in plan]
    assert any("calls_of_subject" in one for one in steps), steps


def _call(read: Any, connection: Connection) -> None:
    more = (["contacts.create"],) if read is list_undecided else ()
    read(connection, "orders", "a-person", *more)

"""Writing rows on both databases alike: inserts that meet a row which is there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


def insert_new(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """Insert those of some rows that are not there yet; give how many were new."""
    given = list(rows)
    if not given:
        return 0
    # psycopg counts the rows of an insert only when it is asked to.
    statement = _insert(connection, table).on_conflict_do_nothing()
    statement = statement.execution_options(preserve_rowcount=True)
    return sum(connection.execute(statement, row).rowcount for row in given)


def put_rows(
    connection: Connection, table: Table, rows: Iterable[Row], *, kept: Sequence[str] = ()
) -> None:
    """Insert rows, or replace those with the same key; `kept` columns keep what they hold."""
    keys = [column.name for column in table.primary_key]
    for row in rows:
        statement = _insert(connection, table).values(row)
        replaced = {
            name: statement.excluded[name] for name in row if name not in keys and name not in kept
        }
        if replaced:
            statement = statement.on_conflict_do_update(index_elements=keys, set_=replaced)
        else:
            statement = statement.on_conflict_do_nothing()
        connection.execute(statement)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)

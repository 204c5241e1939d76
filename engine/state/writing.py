"""Writing rows on both databases alike: inserts that meet a row which is there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]
Insert = sqlite.Insert | postgresql.Insert


def insert_new(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """Insert those of some rows that are not there yet; give how many were new."""
    given = _in_turn(table, rows)
    if not given:
        return 0
    statement = _add(connection.dialect.name, table)
    return sum(connection.execute(statement, row).rowcount for row in given)


def put_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows of the same columns, or replace those with the same key."""
    given = _in_turn(table, rows)
    if given:
        connection.execute(_put(connection.dialect.name, table, tuple(given[0])), given)


def _in_turn(table: Table, rows: Iterable[Row]) -> list[Row]:
    """Give rows by their key: two that write the same ones wait for each other, not in a ring."""
    keys = [column.name for column in table.primary_key]
    return sorted(rows, key=lambda row: [str(row.get(name, "")) for name in keys])


@cache
def _put(dialect: str, table: Table, columns: tuple[str, ...]) -> Insert:
    """Give the statement that puts a row; it is asked for with each row, and made once."""
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    replaced = {name: statement.excluded[name] for name in columns if name not in keys}
    if replaced:
        return statement.on_conflict_do_update(index_elements=keys, set_=replaced)
    return statement.on_conflict_do_nothing()


@cache
def _add(dialect: str, table: Table) -> Insert:
    # psycopg counts the rows of an insert only when it is asked to.
    adding = _insert(dialect, table).on_conflict_do_nothing()
    return adding.execution_options(preserve_rowcount=True)


def _insert(dialect: str, table: Table) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)

"""The schema, step by step: an empty or older database becomes the present one.

A step that was released never changes; a new one is added at the end. The first step makes the
tables as they are today, so each later step looks first whether there is anything left to do. A
step is taken and noted in one transaction: killed anywhere, it was taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, Table, column, func, insert, inspect, select, text, update
from sqlalchemy import table as table_named

from engine.clock import write_time
from engine.problem import Failure
from engine.state.database import Database
from engine.state.storage import check_storage
from engine.state.tables import (
    ALERT,
    AUDIT,
    CURSOR,
    DOUBT,
    EXCEPTION,
    MEASUREMENT,
    METADATA,
    NOTICE,
    ORDER_VERSION,
    PERSON,
    RESTORE,
    RING,
    SCHEMA_STEP,
    TIE,
)

# "miradot" as a number: the lock under which processes take turns on PostgreSQL.
_LOCK = int.from_bytes(b"miradot")
_TURN_MINUTES = 10
_SHOWN_TABLES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the schema by name; taken again, it changes nothing."""

    name: str
    take: Callable[[Connection], None]


def _create_tables(connection: Connection) -> None:
    METADATA.create_all(connection)


def _add_audit(connection: Connection) -> None:
    AUDIT.create(connection, checkfirst=True)


def _add_ties(connection: Connection) -> None:
    TIE.create(connection, checkfirst=True)


def _add_measurements(connection: Connection) -> None:
    MEASUREMENT.create(connection, checkfirst=True)


def _add_alerts(connection: Connection) -> None:
    ALERT.create(connection, checkfirst=True)
    NOTICE.create(connection, checkfirst=True)


def _add_restores(connection: Connection) -> None:
    RESTORE.create(connection, checkfirst=True)


def _tell_shops_apart(connection: Connection) -> None:
    for table in (CURSOR, RING):
        if not _has_column(connection, table, "shop"):
            _rebuild(connection, table)
    if not _has_column(connection, ORDER_VERSION, "shop"):
        connection.execute(
            text("ALTER TABLE order_version ADD COLUMN shop TEXT DEFAULT '' NOT NULL")
        )


def _order_equal_stamps(connection: Connection) -> None:
    if not _has_column(connection, ORDER_VERSION, "shown"):
        connection.execute(
            text("ALTER TABLE order_version ADD COLUMN shown INTEGER DEFAULT 0 NOT NULL")
        )


def _add_doubts(connection: Connection) -> None:
    DOUBT.create(connection, checkfirst=True)


def _forget_former_customers(connection: Connection) -> None:
    """Take people who were erased before this step out of what decisions were made from."""
    table = EXCEPTION
    wanted = select(table.c.id, table.c.evidence).where(table.c.evidence.contains('"moved_from"'))
    for number, told in connection.execute(wanted).all():
        evidence = orjson.loads(told)
        former = select(PERSON.c.subject).where(PERSON.c.subject == evidence["moved_from"])
        if connection.execute(former).one_or_none() is None:
            left = orjson.dumps({**evidence, "moved_from": None}).decode()
            connection.execute(update(table).where(table.c.id == number).values(evidence=left))


def _has_column(connection: Connection, table: Table, name: str) -> bool:
    return name in {one["name"] for one in inspect(connection).get_columns(table.name)}


def _rebuild(connection: Connection, table: Table) -> None:
    """Make a table anew, with its rows: SQLite adds no column to a key."""
    names = [one["name"] for one in inspect(connection).get_columns(table.name)]
    before = f"{table.name}_before"
    connection.execute(text(f'ALTER TABLE "{table.name}" RENAME TO "{before}"'))
    table.create(connection)
    source = table_named(before, *(column(name) for name in names))
    connection.execute(insert(table).from_select(names, source.select()))
    connection.execute(text(f'DROP TABLE "{before}"'))


STEPS: tuple[Step, ...] = (
    Step("0001-tables", _create_tables),
    Step("0002-audit", _add_audit),
    Step("0003-ties", _add_ties),
    Step("0004-measurements", _add_measurements),
    Step("0005-alerts", _add_alerts),
    Step("0006-restores", _add_restores),
    Step("0007-shops", _tell_shops_apart),
    Step("0008-equal-stamps", _order_equal_stamps),
    Step("0009-doubts", _add_doubts),
    Step("0010-former-customers", _forget_former_customers),
)


def prepare_database(database: Database, now: datetime, steps: Sequence[Step] = STEPS) -> list[str]:
    """Bring a database to the present schema; give the names of the steps that were left to take.

    Raises Failure when it was prepared by a newer miradot, is no database of miradot, or cannot be
    written.
    """
    check_storage(database)
    taken: list[str] = []
    while (name := _take_next(database, now, steps)) is not None:
        taken.append(name)
    return taken


def _take_next(database: Database, now: datetime, steps: Sequence[Step]) -> str | None:
    with database.transaction() as connection:
        if not database.is_sqlite:
            _wait_turn(connection)
        done = _read_steps(connection)
        _refuse_newer(done, steps)
        step = next((step for step in steps if step.name not in done), None)
        if step is None:
            return None
        step.take(connection)
        connection.execute(insert(SCHEMA_STEP).values(step=step.name, done_at=write_time(now)))
        return step.name


def _wait_turn(connection: Connection) -> None:
    # Another process may be at a long step; both settings end with the transaction.
    connection.execute(text(f"SET LOCAL lock_timeout = '{_TURN_MINUTES}min'"))
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _read_steps(connection: Connection) -> set[str]:
    tables = inspect(connection).get_table_names()
    if SCHEMA_STEP.name in tables:
        return set(connection.execute(select(SCHEMA_STEP.c.step)).scalars())
    if tables:
        shown = ", ".join(f'"{name}"' for name in sorted(tables)[:_SHOWN_TABLES])
        raise Failure(
            f"the database holds other tables ({shown}) and none of miradot; "
            "give it a database of its own"
        )
    return set()


def _refuse_newer(done: set[str], steps: Sequence[Step]) -> None:
    newer = sorted(done - {step.name for step in steps})
    if newer:
        raise Failure(
            f'the database was prepared by a newer miradot (step "{newer[-1]}"); '
            "install that version to use it"
        )

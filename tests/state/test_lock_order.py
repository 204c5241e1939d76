"""Whoever writes for several people locks them by name: two that meet wait, and not in a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from psycopg.sql import SQL, Composed, Identifier

from engine.plan import Call
from engine.state.claims import Claim, Claimant, lock_people, renew_claims
from engine.state.database import Connection, Database
from engine.state.erasure import erase_person
from engine.state.finding import Found
from engine.state.orders import Arrival, Landed, land_orders
from engine.state.outbox import DONE, READY, Plan, end_calls, lock_calls, write_calls
from tests.state.databases import NOW, PREPARED, Postgres, opened

KEY = b"a key of the tests, no secret"
FIRST, SECOND = "person-a", "person-b"
PATIENCE = 60.0
CALL = Call(
    id="effect",
    send="record",
    operation="insight.put",
    method="PUT",
    path="/insightData/v3/contacts/contactId/1/Orders/ORD-1",
    query={},
    body={},
    lane="event",
    because=[],
    idempotent=True,
)


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """Give a database of PostgreSQL in which the second person stands before the first."""
    url = postgres.make(PREPARED)
    with opened(url) as found:
        for subject in (SECOND, FIRST):
            order = Landed(f"ORD-{subject}", subject, "", "{}", subject)
            with found.transaction() as connection:
                land_orders(connection, [order], Arrival("orders", "event", "run", NOW))
        yield found
    postgres.drop(url)


def claims(database: Database) -> list[Claim]:
    with database.transaction() as connection:
        taken = Claimant("orders", "one", timedelta(minutes=15)).claim(connection, "event", NOW, 9)
    return sorted(taken, key=lambda one: one.subject, reverse=True)


def write(database: Database) -> list[int]:
    """Put a call of each person into the outbox; the first one is moved behind the second."""
    rows = []
    for subject in (FIRST, SECOND):
        with database.transaction() as connection:
            plan = Plan("orders", 1, f"ORD-{subject}", subject, "")
            rows += write_calls(connection, plan, [CALL], READY, NOW)
    with database.transaction() as connection:
        end_calls(connection, rows[:1], DONE, NOW)
    return rows


def beside(database: Database) -> psycopg.Connection[tuple[int]]:
    """Connect beside whoever is tested."""
    url = database.engine.url.set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))


@contextmanager
def held(database: Database, table: str, key: str, value: object) -> Iterator[None]:
    """Hold one row from a second connection."""
    with beside(database) as other:
        other.execute(_row_of(table, key), [value])
        yield


def is_free(database: Database, table: str, key: str, value: object) -> bool:
    with beside(database) as third:
        row = third.execute(_row_of(table, key) + SQL(" SKIP LOCKED"), [value]).fetchone()
    return row is not None


def _row_of(table: str, key: str) -> Composed:
    row = SQL("SELECT 1 FROM {} WHERE {} = %s FOR UPDATE")
    return row.format(Identifier(table), Identifier(key))


def wait_for_waiting(database: Database) -> None:
    """Wait until somebody waits for a lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
    stop = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        with beside(database) as third:
            row = third.execute(asked.encode(), [database.engine.url.database]).fetchone()
        if row is not None and row[0]:
            return
        stop.wait(0.05)
    raise AssertionError("nobody waits")


def erase(_database: Database) -> Callable[[Connection], object]:
    found = Found({FIRST, SECOND})
    return lambda connection: erase_person(connection, KEY, found, (), NOW)


def renew(database: Database) -> Callable[[Connection], object]:
    taken = claims(database)
    return lambda connection: renew_claims(connection, taken, NOW)


def lock(_database: Database) -> Callable[[Connection], object]:
    return lambda connection: lock_people(connection, [SECOND, FIRST])


@pytest.mark.parametrize("make", [erase, renew, lock])
def test_people_are_locked_by_name(
    database: Database, make: Callable[[Database], Callable[[Connection], object]]
) -> None:
    do = make(database)
    with held(database, "person", "subject", FIRST):
        worker = threading.Thread(target=lambda: transact(database, do))
        worker.start()
        wait_for_waiting(database)
        free = is_free(database, "person", "subject", SECOND)
    worker.join(PATIENCE)
    assert free
    assert not worker.is_alive()


def lock_both(rows: list[int]) -> Callable[[Connection], object]:
    return lambda connection: lock_calls(connection, reversed(rows))


def erase_both(_rows: list[int]) -> Callable[[Connection], object]:
    return lambda connection: erase_person(connection, KEY, Found({FIRST, SECOND}), (), NOW)


@pytest.mark.parametrize("make", [lock_both, erase_both])
def test_calls_are_locked_by_number(
    database: Database, make: Callable[[list[int]], Callable[[Connection], object]]
) -> None:
    rows = write(database)
    do = make(rows)
    with held(database, "call", "id", rows[0]):
        worker = threading.Thread(target=lambda: transact(database, do))
        worker.start()
        wait_for_waiting(database)
        free = is_free(database, "call", "id", rows[1])
    worker.join(PATIENCE)
    assert free
    assert not worker.is_alive()


def transact(database: Database, do: Callable[[Connection], object]) -> None:
    with database.transaction() as connection:
        do(connection)

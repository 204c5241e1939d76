"""The database goes away while people are served: nobody waits for a lease to run out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import create_engine, make_url

from engine.connections.wire import Sent
from engine.state.database import Database, DatabaseUnavailable
from engine.sync.cycle import settle_all
from tests.operations.hands import Hands

LANES = {"event": 10**9, "batch": 0}


@contextmanager
def sqlite_away(url: str) -> Iterator[None]:
    """Let another process hold the file."""
    other = create_engine(url, connect_args={"isolation_level": None})
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()


@contextmanager
def postgres_away(url: str) -> Iterator[None]:
    """End every connection to the database and let no new one in."""
    where = make_url(url)
    name = str(where.database)
    server = where.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        other.execute(ended.encode(), [name])
        yield
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


@pytest.fixture
def hands(database_url: str) -> Iterator[Hands]:
    """Give hands whose worker waits for nobody."""
    made = Hands(url=database_url)
    made.worker.database = Database(database_url, busy_seconds=0.2)
    yield made
    made.worker.database.close()
    made.database.close()


@pytest.mark.parametrize("lane", LANES)
def test_claims_are_free_again_once_the_database_is(
    hands: Hands, database_url: str, lane: str
) -> None:
    worker = hands.worker
    worker.rules = replace(worker.rules, events_as_batch=LANES[lane])
    hands.place()
    hands.place("555", real=False)
    hands.landing.read_changes()
    away = sqlite_away if database_url.startswith("sqlite") else postgres_away
    gone, writes = ExitStack(), list[Sent]()

    def take_away(sent: Sent) -> None:
        if sent.method in ("POST", "PUT") and not writes:
            writes.append(sent)
            gone.enter_context(away(database_url))

    hands.dotdigital.after = take_away
    with gone, pytest.raises(DatabaseUnavailable):
        settle_all(worker)
    assert hands.rows("SELECT count(*) FROM person WHERE claimed_by IS NOT NULL") != [(0,)]
    settle_all(worker)
    hands.there.wait(seconds=61)
    settle_all(worker)
    assert {row[0] for row in hands.rows("SELECT outcome FROM order_version")} == {"sent"}
    assert len(hands.there.sandbox.state.contacts.by_id) == 2

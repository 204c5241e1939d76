"""Retention: what is old enough goes, table by table; what waits, and what figures rest on, stays.

The ledger and the tombstones have no age: sums and erasures must outlast what they came from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, func, or_, text, update

from engine.clock import write_time
from engine.problem import Failure
from engine.state.database import Database, DatabaseUnavailable
from engine.state.outbox import DONE, REFUSED, SUPERSEDED
from engine.state.tables import (
    ALERT,
    AUDIT,
    CALL,
    CONSENT_EVENT,
    EXCEPTION,
    LEDGER,
    MEASUREMENT,
    METADATA,
    NOTICE,
    ORDER_VERSION,
    RING_SEEN,
    RUN,
)

_ENDED = (DONE, REFUSED, SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each kind of row is kept once it is done with, at least one.

    `payloads` are orders as Mirakl gave them, of older versions; `bodies` are those of calls;
    `reads` are statuses read without any decision; `measurements` are figures of former ones;
    `notices` are those of former changes; `audit` is what people did.

    Raises Failure for less than a day.
    """

    payloads: int = 30
    bodies: int = 30
    runs: int = 400
    reads: int = 400
    exceptions: int = 400
    rings: int = 2
    measurements: int = 400
    notices: int = 400
    audit: int = 730

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise Failure(f"{field.name} must be kept for a day or longer")


def purge(connection: Connection, policy: Retention, now: datetime) -> dict[str, int]:
    """Remove what is older than the policy wants it; give the number of rows touched by table.

    Of order versions only the payload goes, of calls only the body and the query: the rows stay, so
    that an order seen again is known and a call made once is never made twice.
    """
    purged: tuple[tuple[str, Callable[[Connection, str], int], int], ...] = (
        (ORDER_VERSION.name, _empty_payloads, policy.payloads),
        (CALL.name, _empty_bodies, policy.bodies),
        (RUN.name, _delete_runs, policy.runs),
        (CONSENT_EVENT.name, _delete_reads, policy.reads),
        (EXCEPTION.name, _delete_exceptions, policy.exceptions),
        (RING_SEEN.name, _delete_rings, policy.rings),
        (MEASUREMENT.name, _delete_measurements, policy.measurements),
        (NOTICE.name, _delete_notices, policy.notices),
        (AUDIT.name, _delete_deeds, policy.audit),
    )
    return {
        table: remove(connection, write_time(now - timedelta(days=days)))
        for table, remove, days in purged
    }


def _empty_payloads(connection: Connection, limit: str) -> int:
    version = ORDER_VERSION
    later = version.alias()
    # One that landed later and is no older: the newest by either measure stays.
    replaced = exists().where(
        later.c.flow == version.c.flow,
        later.c.order_key == version.c.order_key,
        later.c.id > version.c.id,
        later.c.version >= version.c.version,
        # Nor one that Mirakl showed last of several under one stamp.
        or_(later.c.version > version.c.version, later.c.shown >= version.c.shown),
    )
    needed = (
        exists().where(LEDGER.c.order_version_id == version.c.id, *_same_order()),
        exists().where(
            EXCEPTION.c.order_version_id == version.c.id, EXCEPTION.c.closed_at.is_(None)
        ),
        exists().where(CALL.c.order_version_id == version.c.id, CALL.c.state.not_in(_ENDED)),
    )
    wanted = update(version).where(
        version.c.settled_at < limit,
        version.c.outcome.is_not(None),
        version.c.payload != "",
        replaced,
        *(~reason for reason in needed),
    )
    return connection.execute(wanted.values(payload="")).rowcount


def _same_order() -> tuple[Any, Any]:
    # Said too, so that the key of the ledger finds it.
    return (
        LEDGER.c.flow == ORDER_VERSION.c.flow,
        LEDGER.c.order_key == ORDER_VERSION.c.order_key,
    )


def _empty_bodies(connection: Connection, limit: str) -> int:
    wanted = update(CALL).where(
        CALL.c.state.in_(_ENDED),
        func.coalesce(CALL.c.answered_at, CALL.c.made_at) < limit,
        CALL.c.body != "",
    )
    return connection.execute(wanted.values(body="", query="{}")).rowcount


def _delete_runs(connection: Connection, limit: str) -> int:
    return connection.execute(delete(RUN).where(RUN.c.ended_at < limit)).rowcount


def _delete_reads(connection: Connection, limit: str) -> int:
    old = delete(CONSENT_EVENT).where(CONSENT_EVENT.c.kind == "read", CONSENT_EVENT.c.at < limit)
    return connection.execute(old).rowcount


def _delete_exceptions(connection: Connection, limit: str) -> int:
    return connection.execute(delete(EXCEPTION).where(EXCEPTION.c.closed_at < limit)).rowcount


def _delete_rings(connection: Connection, limit: str) -> int:
    return connection.execute(delete(RING_SEEN).where(RING_SEEN.c.seen_at < limit)).rowcount


def _delete_notices(connection: Connection, limit: str) -> int:
    # Those of how an alert stands now say who was told of it, and keep it from being told again.
    former = exists().where(
        *(ALERT.c[name] == NOTICE.c[name] for name in ("flow", "kind", "part")),
        ALERT.c.flips > NOTICE.c.flip,
    )
    return connection.execute(delete(NOTICE).where(NOTICE.c.ended_at < limit, former)).rowcount


def _delete_measurements(connection: Connection, limit: str) -> int:
    # The latest of each kind has a document, and stays however old it is.
    old = delete(MEASUREMENT).where(MEASUREMENT.c.document == "", MEASUREMENT.c.at < limit)
    return connection.execute(old).rowcount


def _delete_deeds(connection: Connection, limit: str) -> int:
    return connection.execute(delete(AUDIT).where(AUDIT.c.at < limit)).rowcount


def compact(database: Database) -> None:
    """Give back the room of what was removed; on SQLite its bytes are gone from the files then.

    On PostgreSQL the room is free for new rows; its own log, its backups and freed blocks of any
    disk are beyond us. Raises DatabaseUnavailable when another process is in the way for long.
    """
    with database.told_plainly():
        if database.is_sqlite:
            _compact_sqlite(database)
        else:
            _compact_postgresql(database)


def _compact_sqlite(database: Database) -> None:
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        # Pages that were rebuilt may hold bytes of their former cells: only a new file does not.
        cursor.execute("VACUUM")
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    if busy:
        raise DatabaseUnavailable("another process reads the database; it could not be compacted")


def _compact_postgresql(database: Database) -> None:
    names = ", ".join(f'"{name}"' for name in METADATA.tables)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text(f"VACUUM (ANALYZE) {names}")
        )

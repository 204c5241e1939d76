"""After a restore: which calls may have had their effect in the time that the database forgot.

A backup put back knows nothing of what came after it. Whatever waits then, or is read again, may
have been delivered already; from the first whole reading of Mirakl after it the record is whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from engine.clock import read_time, write_time
from engine.state.exceptions import UNKNOWN_OUTCOME
from engine.state.tables import CURSOR, EXCEPTION, LEDGER, ORDER_VERSION, RESTORE, RUN
from engine.state.writing import put_rows

# How a version ended that people may have replayed since.
_REPLAYED = ("held", "rejected")
_READ_AT_ALL = timedelta(days=14)


def list_flows(connection: Connection) -> list[str]:
    """Give the flows that the database knows orders of."""
    found = connection.execute(select(ORDER_VERSION.c.flow).distinct())
    return sorted(found.scalars())


def find_last_moment(connection: Connection) -> str | None:
    """Give when the database last knew anything; None for one that never ran."""
    moments = (
        func.max(CURSOR.c.moved_at),
        func.max(RUN.c.started_at),
        func.max(LEDGER.c.updated_at),
        func.max(ORDER_VERSION.c.settled_at),
    )
    found = [connection.execute(select(moment)).scalar_one() for moment in moments]
    return max((one for one in found if one), default=None)


def note_restore(connection: Connection, flows: Iterable[str], now: datetime) -> None:
    """Note that the database was put back from a backup, for some flows."""
    rows = [
        {"flow": flow, "restored_at": write_time(now), "caught_up_at": None}
        for flow in sorted(set(flows))
    ]
    put_rows(connection, RESTORE, rows)


def end_catching_up(connection: Connection, flow: str, stream: str, now: datetime) -> None:
    """Note that Mirakl was read whole since a restore, every shop of it.

    What is landed from then on was never seen before the restore. A shop that had not been read for
    long when the backup was put back is no longer read at all.
    """
    waits = select(RESTORE.c.restored_at).where(
        RESTORE.c.flow == flow, RESTORE.c.caught_up_at.is_(None)
    )
    restored_at = connection.execute(waits).scalar_one_or_none()
    if restored_at is None:
        return
    behind = select(CURSOR.c.stream).where(
        CURSOR.c.flow == flow,
        CURSOR.c.stream == stream,
        CURSOR.c.moved_at < restored_at,
        CURSOR.c.moved_at >= write_time(read_time(restored_at) - _READ_AT_ALL),
    )
    if connection.execute(behind).first() is None:
        caught_up = update(RESTORE).where(RESTORE.c.flow == flow)
        connection.execute(caught_up.values(caught_up_at=write_time(now)))


def find_doubtful(
    connection: Connection, flow: str, version_id: int, order_key: str, sends: Iterable[str]
) -> set[str]:
    """Give those of a version's sends that may have been made before a restore.

    That is so for all that waited or was read until Mirakl had been read whole, and for an order
    that was held in the backup, since people may have replayed it. What people told about an order
    since the restore is no longer in doubt.
    """
    row = connection.execute(
        select(RESTORE.c.restored_at, RESTORE.c.caught_up_at).where(RESTORE.c.flow == flow)
    ).one_or_none()
    if row is None:
        return set()
    landed = select(ORDER_VERSION.c.landed_at).where(ORDER_VERSION.c.id == version_id)
    if row.caught_up_at is not None and connection.execute(landed).scalar_one() > row.caught_up_at:
        before = (
            select(ORDER_VERSION.c.outcome)
            .where(
                ORDER_VERSION.c.flow == flow,
                ORDER_VERSION.c.order_key == order_key,
                ORDER_VERSION.c.landed_at <= row.restored_at,
            )
            .order_by(
                ORDER_VERSION.c.version.desc(),
                ORDER_VERSION.c.shown.desc(),
                ORDER_VERSION.c.id.desc(),
            )
            .limit(1)
        )
        if connection.execute(before).scalar_one_or_none() not in _REPLAYED:
            return set()
    told = select(EXCEPTION.c.place).where(
        EXCEPTION.c.flow == flow,
        EXCEPTION.c.order_key == order_key,
        EXCEPTION.c.code == UNKNOWN_OUTCOME,
        EXCEPTION.c.closed_at.is_not(None),
        EXCEPTION.c.opened_at >= row.restored_at,
    )
    return set(sends) - set(connection.execute(told).scalars())

"""Doubts: calls without an answer, which something on the way may still hold back.

Whatever such a call carries is older than what was sent after it. Long after, when it has landed if
it ever does, it is asked whether anything else was sent since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select

from engine.clock import write_time
from engine.state.outbox import DONE
from engine.state.parts import in_parts
from engine.state.tables import CALL, DOUBT
from engine.state.writing import put_rows


@dataclass(frozen=True, slots=True)
class Doubt:
    """A call whose time is over; `overtaken` where another one was sent and taken since.

    Without a `subject` the call itself is gone.
    """

    call: int
    subject: str
    order_key: str
    overtaken: bool


def doubt_calls(connection: Connection, flow: str, rows: Iterable[int], due: datetime) -> None:
    """Note calls that left and were not answered, to be looked at from a moment on."""
    known = {"flow": flow, "due_at": write_time(due)}
    put_rows(connection, DOUBT, [{**known, "call": row} for row in rows])


@dataclass(frozen=True, slots=True)
class Writing:
    """The operations that write into a contact: those that create it, and those that find it."""

    creating: Collection[str]
    updating: Collection[str]


def list_due(
    connection: Connection, flow: str, now: datetime, longest: timedelta, contact: Writing
) -> list[Doubt]:
    """Give the doubts of a flow that are due; none is due later than `longest` from now."""
    later = CALL.alias()
    since = (
        select(later.c.id)
        .where(
            later.c.flow == CALL.c.flow,
            later.c.subject == CALL.c.subject,
            or_(
                # The same order's record, or the same contact.
                (later.c.send == CALL.c.send)
                & or_(later.c.order_key == CALL.c.order_key, later.c.path == CALL.c.path),
                # Imported late, a creation takes the contact back to its first figures.
                CALL.c.operation.in_(contact.creating) & later.c.operation.in_(contact.updating),
            ),
            later.c.state == DONE,
            later.c.id > CALL.c.id,
            later.c.digest != CALL.c.digest,
        )
        .exists()
    )
    rows = connection.execute(
        select(DOUBT.c.call, CALL.c.subject, CALL.c.order_key, since)
        .select_from(DOUBT.outerjoin(CALL, CALL.c.id == DOUBT.c.call))
        .where(
            DOUBT.c.flow == flow,
            # One that is due tomorrow was noted before the clock was set back.
            or_(DOUBT.c.due_at <= write_time(now), DOUBT.c.due_at > write_time(now + longest)),
        )
        .order_by(DOUBT.c.call)
    )
    return [Doubt(row[0], row[1] or "", row[2] or "", bool(row[3])) for row in rows]


def end_doubts(connection: Connection, doubts: Iterable[Doubt]) -> None:
    """Let go of doubts that were looked at."""
    for part in in_parts([one.call for one in doubts]):
        connection.execute(delete(DOUBT).where(DOUBT.c.call.in_(part)))

"""Decisions of people: an exception closed, a contact named, the fate of a call told.

Whose contact it is can be taken back; what happened in the world cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, update

from engine.clock import write_time
from engine.state.orders import newest_version_ids
from engine.state.outbox import DONE, SUPERSEDED, UNKNOWN
from engine.state.tables import CALL, DECISION, EXCEPTION, LEDGER, ORDER_VERSION


@dataclass(frozen=True, slots=True)
class Closing:
    """How an exception is closed: who says so, why, and what undoing it needs."""

    by: str
    note: str
    evidence: Mapping[str, Any]


def close_exception(connection: Connection, number: int, closing: Closing, now: datetime) -> bool:
    """Close an exception; False where it was closed already."""
    row = connection.execute(
        select(EXCEPTION.c.evidence).where(EXCEPTION.c.id == number).with_for_update()
    ).one_or_none()
    if row is None:
        return False
    evidence = {**orjson.loads(row.evidence), **closing.evidence}
    done = connection.execute(
        update(EXCEPTION)
        .where(EXCEPTION.c.id == number, EXCEPTION.c.closed_at.is_(None))
        .values(
            closed_at=write_time(now),
            closed_by=closing.by,
            note=closing.note,
            evidence=orjson.dumps(evidence).decode(),
        )
    )
    return done.rowcount == 1


def reopen_exception(connection: Connection, number: int, evidence: Mapping[str, Any]) -> bool:
    """Let an exception wait for people again, with other evidence; False where it does anyway."""
    done = connection.execute(
        update(EXCEPTION)
        .where(EXCEPTION.c.id == number, EXCEPTION.c.closed_at.is_not(None))
        .values(
            closed_at=None,
            closed_by=None,
            note=None,
            evidence=orjson.dumps(evidence).decode(),
        )
    )
    return done.rowcount == 1


def write_evidence(connection: Connection, number: int, evidence: Mapping[str, Any]) -> None:
    """Put other evidence to an exception; nothing personal."""
    connection.execute(
        update(EXCEPTION)
        .where(EXCEPTION.c.id == number)
        .values(evidence=orjson.dumps(evidence).decode())
    )


def decide_contact(
    connection: Connection, subject: str, contact_id: int, closing: Closing, now: datetime
) -> int:
    """Note whose contact it is, for this and all later orders; give the decision's number."""
    made = connection.execute(
        DECISION.insert()
        .values(
            subject=subject,
            contact_id=contact_id,
            made_at=write_time(now),
            made_by=closing.by,
            note=closing.note,
        )
        .returning(DECISION.c.id)
    )
    return int(made.scalar_one())


def undo_decision(connection: Connection, decision: int, now: datetime) -> bool:
    """Take a decision back; False where it was taken back already."""
    done = connection.execute(
        update(DECISION)
        .where(DECISION.c.id == decision, DECISION.c.undone_at.is_(None))
        .values(undone_at=write_time(now))
    )
    return done.rowcount == 1


def undo_decisions(connection: Connection, subject: str, now: datetime) -> None:
    """Take back every decision about a person that is in force."""
    connection.execute(
        update(DECISION)
        .where(DECISION.c.subject == subject, DECISION.c.undone_at.is_(None))
        .values(undone_at=write_time(now))
    )


def subjects_decided(connection: Connection, contact_id: int) -> list[str]:
    """Give the people of whom it was decided that a contact is theirs."""
    found = connection.execute(
        select(DECISION.c.subject)
        .distinct()
        .where(DECISION.c.contact_id == contact_id, DECISION.c.undone_at.is_(None))
        .order_by(DECISION.c.subject)
    )
    return list(found.scalars())


def settle_unknown(
    connection: Connection, version_id: int, send: str, *, happened: bool
) -> str | None:
    """Say what became of a call that nobody knew about; give its effect's id, None without one.

    Told that it did not happen, it may be made once more; the call itself stays on record. One
    that was answered after all, or given up, by a worker that woke up late counts as told as well.
    """
    row = connection.execute(
        select(CALL.c.id, CALL.c.call_id, CALL.c.state)
        .where(
            CALL.c.order_version_id == version_id,
            CALL.c.send == send,
            CALL.c.idempotent.is_(False),
            CALL.c.state.in_((UNKNOWN, SUPERSEDED)),
        )
        .order_by(CALL.c.state.desc(), CALL.c.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    connection.execute(
        update(CALL)
        .where(CALL.c.id == row.id, CALL.c.state == row.state)
        .values(state=DONE if happened else SUPERSEDED)
    )
    return str(row.call_id)


def list_undelivered(
    connection: Connection, subject: str, since: str = ""
) -> list[tuple[str, str]]:
    """Give flow and key of the orders of a person whose newest version is held.

    With `since` those as well that ended otherwise from that time on.
    """
    table = ORDER_VERSION
    rows = connection.execute(
        select(table.c.flow, table.c.order_key).distinct().where(table.c.subject == subject)
    )
    found = [(row[0], row[1]) for row in rows]
    meant = []
    for flow, key in sorted(found):
        newest = newest_version_ids(connection, flow, [key])
        row = connection.execute(
            select(table.c.outcome, table.c.settled_at).where(table.c.id.in_(newest))
        ).one()
        if row.outcome == "held" or (row.outcome and since and row.settled_at >= since):
            meant.append((flow, key))
    return meant


def move_order(connection: Connection, flow: str, order_key: str, before: str, after: str) -> None:
    """Count an order, and the effects that it had, to another person."""
    connection.execute(
        update(LEDGER)
        .where(LEDGER.c.flow == flow, LEDGER.c.order_key == order_key)
        .values(person=after)
    )
    # An effect may be named after the person; under the new name it must count as had as well.
    connection.execute(
        update(CALL)
        .where(CALL.c.flow == flow, CALL.c.order_key == order_key)
        .values(subject=after, call_id=func.replace(CALL.c.call_id, before, after))
    )

"""The dossier of a person: every order, every call that was made for them, and the exceptions."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import Connection, select

from engine.state.tables import CALL, ORDER_VERSION

_MOST = 500


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """A version of an order, and how it ended; `outcome` is None while it waits."""

    flow: str
    order_key: str
    version: str
    landed_at: str
    outcome: str | None
    because: str | None
    settled_at: str | None


@dataclass(frozen=True, slots=True)
class CallForPerson:
    """A call that left for a person, or may have left."""

    order_key: str
    send: str
    operation: str
    state: str
    status: int | None
    said: str | None
    sent_at: str | None
    answered_at: str | None
    spec_sha256: str


def find_subject(connection: Connection, wanted: str) -> str | None:
    """Give the subject that a text names: a person key, or the key of an order."""
    table = ORDER_VERSION
    for column in (table.c.subject, table.c.order_key):
        found = connection.execute(
            select(table.c.subject)
            .where(column == wanted)
            .order_by(table.c.version.desc(), table.c.shown.desc(), table.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
        if found is not None:
            return str(found)
    return None


def list_versions(connection: Connection, subject: str) -> list[OrderEnded]:
    """Give the versions of a person's orders, the newest first."""
    table = ORDER_VERSION
    found = connection.execute(
        select(*(table.c[one.name] for one in fields(OrderEnded)))
        .where(table.c.subject == subject)
        .order_by(table.c.landed_at.desc(), table.c.id.desc())
        .limit(_MOST)
    )
    return [OrderEnded(*row) for row in found]


def list_calls_of(connection: Connection, subject: str) -> list[CallForPerson]:
    """Give the calls that were made for a person, the newest first."""
    found = connection.execute(
        select(*(CALL.c[one.name] for one in fields(CallForPerson)))
        .where(CALL.c.subject == subject, CALL.c.attempts > 0)
        .order_by(CALL.c.id.desc())
        .limit(_MOST)
    )
    return [CallForPerson(*row) for row in found]

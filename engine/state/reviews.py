"""Reviews: what people need to see of an exception, its order and its person, to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import Connection, Select, Table, and_, not_, select

from engine.state.outbox import DONE, UNKNOWN
from engine.state.tables import CALL, CONSENT_EVENT, EXCEPTION, ORDER_VERSION

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

OpenState = Literal["open", "closed", "all"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An exception with all that is kept of it; times are texts of `write_time`."""

    id: int
    flow: str
    order_key: str
    order_version_id: int | None
    subject: str
    code: str
    level: str
    owner: str
    message: str
    place: str
    rule: str
    retry: str
    evidence: dict[str, Any]
    opened_at: str
    closed_at: str | None
    closed_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which exceptions are meant; what is empty is not asked about."""

    ids: Sequence[int] = ()
    owner: str = ""
    code: str = ""
    order: str = ""
    flow: str = ""
    state: OpenState = "open"
    subject: str = ""


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """The newest version of an order; `payload` is empty once it was purged."""

    id: int
    flow: str
    order_key: str
    version: str
    payload: str
    subject: str
    landed_at: str
    outcome: str | None
    because: str | None


@dataclass(frozen=True, slots=True)
class CallMade:
    """A call of an order, and what came back."""

    id: int
    send: str
    operation: str
    state: str
    idempotent: bool
    attempts: int
    status: int | None
    said: str
    sent_at: str | None
    answered_at: str | None


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One line of a person's consent trail."""

    at: str
    kind: str
    contact_id: int | None
    status: str
    decision: str
    because: str
    order_key: str


def list_exceptions(connection: Connection, wanted: Wanted) -> list[Entry]:
    """Give exceptions, the oldest first."""
    table = EXCEPTION
    asked = _columns(Entry, table)
    for column, value in (
        (table.c.owner, wanted.owner),
        (table.c.code, wanted.code),
        (table.c.order_key, wanted.order),
        (table.c.flow, wanted.flow),
        (table.c.subject, wanted.subject),
    ):
        if value:
            asked = asked.where(column == value)
    if wanted.ids:
        asked = asked.where(table.c.id.in_(wanted.ids))
    if wanted.state != "all":
        is_open = table.c.closed_at.is_(None)
        asked = asked.where(is_open if wanted.state == "open" else not_(is_open))
    found = connection.execute(asked.order_by(table.c.opened_at, table.c.id)).mappings()
    return [Entry(**{**row, "evidence": orjson.loads(row["evidence"])}) for row in found]


def read_exception(connection: Connection, number: int) -> Entry | None:
    """Give one exception by its number."""
    found = list_exceptions(connection, Wanted(ids=(number,), state="all"))
    return found[0] if found else None


def newest_version(connection: Connection, flow: str, order_key: str) -> OrderVersion | None:
    """Give the newest version of an order, by Mirakl's time and then by arrival."""
    table = ORDER_VERSION
    row = (
        connection.execute(
            _columns(OrderVersion, table)
            .where(table.c.flow == flow, table.c.order_key == order_key)
            .order_by(table.c.version.desc(), table.c.shown.desc(), table.c.id.desc())
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
    return OrderVersion(**row) if row is not None else None


def list_calls(connection: Connection, flow: str, order_key: str) -> list[CallMade]:
    """Give the calls of an order that left, or may have left, in the order they were made."""
    table = CALL
    found = connection.execute(
        _columns(CallMade, table)
        .where(table.c.flow == flow, table.c.order_key == order_key, table.c.attempts > 0)
        .order_by(table.c.id)
    ).mappings()
    return [CallMade(**{**row, "said": row["said"] or ""}) for row in found]


def list_trail(connection: Connection, subject: str) -> list[TrailEntry]:
    """Give the consent trail of a person, the oldest first."""
    table = CONSENT_EVENT
    found = connection.execute(
        _columns(TrailEntry, table).where(table.c.subject == subject).order_by(table.c.id)
    ).mappings()
    return [TrailEntry(**row) for row in found]


def list_lasting_effects(
    connection: Connection, flow: str, subject: str, order_key: str
) -> list[str]:
    """Give the effects that count as had when one order of a subject is sent once more."""
    repeated = and_(CALL.c.order_key == order_key, CALL.c.idempotent.is_(True))
    found = connection.execute(
        select(CALL.c.call_id)
        .distinct()
        .where(
            CALL.c.flow == flow,
            CALL.c.subject == subject,
            CALL.c.state.in_((DONE, UNKNOWN)),
            not_(and_(repeated, CALL.c.state == DONE)),
        )
        .order_by(CALL.c.call_id)
    )
    return list(found.scalars())


def _columns(shape: type[DataclassInstance], table: Table) -> Select[Any]:
    return select(*(table.c[field.name] for field in fields(shape)))

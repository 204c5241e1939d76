"""The outbox: every call as a row, before it is made and after.

States: `ready` (planned), `sending` (begun), `accepted` (in an import whose report is awaited),
`done`, `refused` (a definite no), `unknown` (begun, no answer, must not be repeated), `superseded`
(never to be sent: planned again, or a later figure took its place).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, or_, select, update

from engine.clock import write_time
from engine.plan import Call
from engine.state.parts import in_parts
from engine.state.tables import BATCH, CALL, ORDER_VERSION

READY, SENDING, ACCEPTED = "ready", "sending", "accepted"
DONE, REFUSED, UNKNOWN, SUPERSEDED = "done", "refused", "unknown", "superseded"
_UNFINISHED = (READY, SENDING, ACCEPTED)
# What had its effect, or may have had it: never planned again where once is enough.
_EFFECTIVE = (DONE, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose calls they are: the flow, the order's version and the mapping that planned them."""

    flow: str
    order_version_id: int
    order_key: str
    subject: str
    spec_sha256: str


@dataclass(frozen=True, slots=True)
class Row:
    """A call in the outbox."""

    id: int
    call_id: str
    order_version_id: int
    order_key: str
    send: str
    operation: str
    idempotent: bool
    state: str


def write_calls(
    connection: Connection, plan: Plan, calls: Iterable[Call], state: str, now: datetime
) -> list[int]:
    """Put the calls of a plan into the outbox; give their row numbers, in order."""
    return [_write_call(connection, plan, call, state, now) for call in calls]


_ADD_CALL = CALL.insert().returning(CALL.c.id)


def _write_call(connection: Connection, plan: Plan, call: Call, state: str, now: datetime) -> int:
    body = orjson.dumps(call["body"]).decode()
    query = orjson.dumps(call["query"]).decode()
    told = "\n".join((call["method"], call["path"], query, body))
    values: dict[str, Any] = {
        "flow": plan.flow,
        "call_id": call["id"],
        "order_version_id": plan.order_version_id,
        "order_key": plan.order_key,
        "subject": plan.subject,
        "send": call["send"],
        "operation": call["operation"],
        "idempotent": call["idempotent"],
        "method": call["method"],
        "path": call["path"],
        "query": query,
        "body": body,
        "digest": hashlib.sha256(told.encode()).hexdigest(),
        "spec_sha256": plan.spec_sha256,
        "state": state,
        "attempts": 0,
        "made_at": write_time(now),
    }
    made = connection.execute(_ADD_CALL, values)
    return int(made.scalar_one())


_BEGIN = (
    update(CALL)
    .where(CALL.c.id == bindparam("row"))
    .values(state=SENDING, attempts=CALL.c.attempts + 1)
)


def begin_call(connection: Connection, row_id: int, now: datetime) -> None:
    """Note that a call is about to leave."""
    connection.execute(_BEGIN, {"row": row_id, "sent_at": write_time(now)})


@dataclass(frozen=True, slots=True)
class Said:
    """What Dotdigital answered: its HTTP status, and its words where it refused."""

    status: int | None = None
    words: str = ""


NOTHING_SAID = Said()
_LOCK = (
    select(CALL.c.id)
    .where(CALL.c.id.in_(bindparam("rows", expanding=True)))
    .order_by(CALL.c.id)
    .with_for_update()
)


def lock_calls(connection: Connection, row_ids: Iterable[int]) -> None:
    """Lock calls until the transaction ends, by their numbers, as an erasure does.

    Whoever ends those of several people in one transaction begins so.
    """
    for rows in in_parts(sorted(row_ids)):
        connection.execute(_LOCK, {"rows": rows})


# What is set comes with the parameters, by the names of the columns.
_UPDATE = update(CALL).where(CALL.c.id.in_(bindparam("rows", expanding=True)))


def end_calls(
    connection: Connection,
    row_ids: Sequence[int],
    state: str,
    now: datetime,
    said: Said = NOTHING_SAID,
) -> None:
    """Note what became of calls."""
    if not row_ids:
        return
    ended = {
        "rows": row_ids,
        "state": state,
        "status": said.status,
        "said": said.words or None,
        "answered_at": write_time(now),
    }
    connection.execute(_UPDATE, ended)


def join_batch(connection: Connection, row_ids: Sequence[int], batch_id: int) -> None:
    """Note that calls travel in an import, whose report tells what became of each."""
    lock_calls(connection, row_ids)
    joined = {"rows": row_ids, "state": ACCEPTED, "batch_id": batch_id}
    connection.execute(_UPDATE, joined)


# The flow is computed: else SQLite, which keeps no statistics here, may take the index of effects,
# and read all calls of the flow for each person.
_OF_SUBJECT = (
    func.coalesce(CALL.c.flow, "") == bindparam("flow"),
    CALL.c.subject == bindparam("subject"),
)

_REPEAT = (
    update(CALL)
    .where(
        CALL.c.flow == bindparam("of_flow"),
        CALL.c.order_key == bindparam("of_order"),
        CALL.c.idempotent.is_(True),
        CALL.c.state == DONE,
    )
    .values(state=SUPERSEDED)
)


def repeat_calls(connection: Connection, flow: str, order_key: str) -> None:
    """Let the calls of an order be planned once more, all but those that must not be repeated."""
    connection.execute(_REPEAT, {"of_flow": flow, "of_order": order_key})


_LIST_UNFINISHED = (
    select(
        CALL.c.id,
        CALL.c.call_id,
        CALL.c.order_version_id,
        CALL.c.order_key,
        CALL.c.send,
        CALL.c.operation,
        CALL.c.idempotent,
        CALL.c.state,
    )
    .where(
        *_OF_SUBJECT,
        CALL.c.state.in_(_UNFINISHED),
    )
    .order_by(CALL.c.id)
)


def list_unfinished(connection: Connection, flow: str, subject: str) -> list[Row]:
    """Give the calls of a subject that an earlier attempt left open."""
    found = connection.execute(_LIST_UNFINISHED, {"flow": flow, "subject": subject})
    return [Row(*row) for row in found]


_LIST_EFFECTS = (
    select(CALL.c.call_id)
    .distinct()
    .where(
        *_OF_SUBJECT,
        CALL.c.state.in_(_EFFECTIVE),
    )
    .order_by(CALL.c.call_id)
)


def list_effects(connection: Connection, flow: str, subject: str) -> list[str]:
    """Give the ids of all calls for a subject that had, or may have had, their effect."""
    found = connection.execute(_LIST_EFFECTS, {"flow": flow, "subject": subject})
    return list(found.scalars())


def count_calls(connection: Connection, flow: str, since: str) -> dict[str, int]:
    """Give how many calls took effect since a time (text of `write_time`), by operation."""
    rows = connection.execute(
        select(CALL.c.operation, func.count())
        .where(CALL.c.flow == flow, CALL.c.state == DONE, CALL.c.answered_at >= since)
        .group_by(CALL.c.operation)
        .order_by(CALL.c.operation)
    )
    return {row[0]: row[1] for row in rows}


def count_calls_of_run(connection: Connection, flow: str, run: str) -> dict[str, int]:
    """Give how many calls took effect for the versions that a run landed, by operation."""
    landed = select(ORDER_VERSION.c.id).where(
        ORDER_VERSION.c.flow == flow, ORDER_VERSION.c.run == run
    )
    rows = connection.execute(
        select(CALL.c.operation, func.count())
        .where(CALL.c.flow == flow, CALL.c.state == DONE, CALL.c.order_version_id.in_(landed))
        .group_by(CALL.c.operation)
        .order_by(CALL.c.operation)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, and what was answered."""

    send: str
    operation: str
    state: str
    status: int | None
    said: str


def list_made(connection: Connection, version_id: int, since: str) -> list[Made]:
    """Give the calls of a version that were planned since a time, but none that was given up."""
    table = CALL
    rows = connection.execute(
        select(table.c.send, table.c.operation, table.c.state, table.c.status, table.c.said)
        .where(
            table.c.order_version_id == version_id,
            table.c.made_at >= since,
            table.c.state != SUPERSEDED,
        )
        .order_by(table.c.id)
    )
    return [Made(*row[:4], row[4] or "") for row in rows]


_LIST_UNDECIDED = (
    select(CALL.c.body)
    .distinct()
    .where(
        *_OF_SUBJECT,
        CALL.c.operation.in_(bindparam("operations", expanding=True)),
        CALL.c.state.in_((*_UNFINISHED, UNKNOWN, SUPERSEDED)),
        or_(CALL.c.sent_at.is_not(None), CALL.c.batch_id.is_not(None)),
    )
    .order_by(CALL.c.body)
)


def list_undecided(
    connection: Connection, flow: str, subject: str, operations: Iterable[str]
) -> list[str]:
    """Give the bodies (JSON) of calls that left, or may have, and whose outcome nobody took in."""
    wanted = {"flow": flow, "subject": subject, "operations": list(operations)}
    found = connection.execute(_LIST_UNDECIDED, wanted)
    return list(found.scalars())


@dataclass(frozen=True, slots=True)
class Batch:
    """A bulk import under way; without `import_id` while nobody knows whether it was taken."""

    id: int
    operation: str
    import_id: str | None
    sent_at: str


def open_batch(connection: Connection, values: dict[str, Any]) -> int:
    """Note an import that is about to leave; give its number."""
    made = connection.execute(BATCH.insert().values(values).returning(BATCH.c.id))
    return int(made.scalar_one())


def update_batch(connection: Connection, batch_id: int, **values: object) -> None:
    """Note what became of an import."""
    connection.execute(update(BATCH).where(BATCH.c.id == batch_id).values(**values))


def count_running(connection: Connection, operation: str) -> int:
    """Give how many imports of an operation run, as far as their reports tell."""
    counted = select(func.count()).where(BATCH.c.operation == operation, BATCH.c.state == "running")
    return int(connection.execute(counted).scalar_one())


def list_open(connection: Connection) -> list[Batch]:
    """Give the imports whose report has not been read, oldest first."""
    found = connection.execute(
        select(BATCH.c.id, BATCH.c.operation, BATCH.c.import_id, BATCH.c.sent_at)
        .where(BATCH.c.state.in_(("sending", "running")))
        .order_by(BATCH.c.id)
    )
    return [Batch(*row) for row in found]

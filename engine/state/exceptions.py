"""Exceptions: what waits for a person, each open once, and closed with who and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, or_, select, update

from engine.clock import write_time
from engine.state.tables import EXCEPTION

ENGINE = "miradot"
"""Who closes an exception when a later version of the order no longer raises it."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception as it came up; `evidence` holds nothing personal."""

    code: str
    level: str
    owner: str
    message: str
    place: str
    rule: str
    retry: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What an exception is about."""

    flow: str
    order_key: str
    order_version_id: int | None
    subject: str


UNKNOWN_OUTCOME = "OUTCOME_UNKNOWN"
"""A call that may have had its effect; only people can close it."""

_LIST_RAISED = select(EXCEPTION.c.id, EXCEPTION.c.code, EXCEPTION.c.place).where(
    EXCEPTION.c.flow == bindparam("flow"),
    EXCEPTION.c.order_key == bindparam("order_key"),
    EXCEPTION.c.closed_at.is_(None),
    EXCEPTION.c.code != UNKNOWN_OUTCOME,
)
# What a content that came later raised is not over when an earlier one ends after it.
_LIST_RAISED_UNTIL = _LIST_RAISED.where(
    or_(
        EXCEPTION.c.order_version_id.is_(None),
        EXCEPTION.c.order_version_id <= bindparam("order_version_id"),
    )
)
# What is set comes with the parameters, by the names of the columns.
_UPDATE = update(EXCEPTION).where(EXCEPTION.c.id == bindparam("row"))


def open_exceptions(
    connection: Connection, about: About, raised: Iterable[Raised], now: datetime
) -> None:
    """Open what came up for an order, and close what no longer does.

    What people closed stays closed for the version they closed it for.
    """
    given, asked = list(raised), {"flow": about.flow, "order_key": about.order_key}
    if about.order_version_id is None:
        rows = connection.execute(_LIST_RAISED, asked).all()
    else:
        until = {**asked, "order_version_id": about.order_version_id}
        rows = connection.execute(_LIST_RAISED_UNTIL, until).all()
    wanted = {(one.code, one.place) for one in given}
    gone = [number for number, code, place in rows if (code, place) not in wanted]
    close_exceptions(connection, gone, ENGINE, "it no longer comes up", now)
    known = {(code, place): number for number, code, place in rows}
    for one in given:
        number = known.get((one.code, one.place))
        values = {
            "order_version_id": about.order_version_id,
            "subject": about.subject,
            "level": one.level,
            "owner": one.owner,
            "message": one.message,
            "rule": one.rule,
            "retry": one.retry,
            "evidence": orjson.dumps(one.evidence).decode(),
        }
        if number is not None:
            connection.execute(_UPDATE, {"row": number, **values})
        else:
            add_exception(connection, about, one, now)


def add_exception(connection: Connection, about: About, one: Raised, now: datetime) -> int:
    """Open one exception, beside whatever is open already; give its number."""
    made = connection.execute(
        EXCEPTION.insert()
        .values(
            flow=about.flow,
            order_key=about.order_key,
            order_version_id=about.order_version_id,
            subject=about.subject,
            code=one.code,
            level=one.level,
            owner=one.owner,
            message=one.message,
            place=one.place,
            rule=one.rule,
            retry=one.retry,
            evidence=orjson.dumps(one.evidence).decode(),
            opened_at=write_time(now),
        )
        .returning(EXCEPTION.c.id)
    )
    return int(made.scalar_one())


_CLOSE = update(EXCEPTION).where(
    EXCEPTION.c.id.in_(bindparam("rows", expanding=True)), EXCEPTION.c.closed_at.is_(None)
)


def close_exceptions(
    connection: Connection, numbers: list[int], by: str, note: str, now: datetime
) -> None:
    """Close exceptions."""
    if numbers:
        closed = {"rows": numbers, "closed_at": write_time(now), "closed_by": by, "note": note}
        connection.execute(_CLOSE, closed)


def list_open_of_version(connection: Connection, version_id: int) -> list[Raised]:
    """Give what is open for a version."""
    table = EXCEPTION
    rows = connection.execute(
        select(
            table.c.code,
            table.c.level,
            table.c.owner,
            table.c.message,
            table.c.place,
            table.c.rule,
            table.c.retry,
        )
        .where(table.c.order_version_id == version_id, table.c.closed_at.is_(None))
        .order_by(table.c.id)
    )
    return [Raised(*row) for row in rows]


def count_open(connection: Connection, flow: str) -> list[tuple[str, str, int]]:
    """Give what is open, the most frequent first: code, owner, number of orders."""
    number = func.count(EXCEPTION.c.order_key.distinct())
    rows = connection.execute(
        select(EXCEPTION.c.code, EXCEPTION.c.owner, number)
        .where(EXCEPTION.c.flow == flow, EXCEPTION.c.closed_at.is_(None))
        .group_by(EXCEPTION.c.code, EXCEPTION.c.owner)
        .order_by(number.desc(), EXCEPTION.c.code)
    )
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True, slots=True)
class Opened:
    """Exceptions of one code and owner, and the number of orders they were opened for."""

    code: str
    owner: str
    orders: int


def count_opened(
    connection: Connection, flow: str, since: str, levels: Sequence[str]
) -> list[Opened]:
    """Give what was opened since a time, whether or not it is closed, the most frequent first."""
    number = func.count(EXCEPTION.c.order_key.distinct())
    rows = connection.execute(
        select(EXCEPTION.c.code, EXCEPTION.c.owner, number)
        .where(
            EXCEPTION.c.flow == flow,
            EXCEPTION.c.opened_at >= since,
            EXCEPTION.c.level.in_(levels),
        )
        .group_by(EXCEPTION.c.code, EXCEPTION.c.owner)
        .order_by(number.desc(), EXCEPTION.c.code)
    )
    return [Opened(*row) for row in rows]

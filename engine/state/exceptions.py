"""Exceptions: what waits for a person, each open once, and closed with who and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, or_, select, update

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


def open_exceptions(
    connection: Connection, about: About, raised: Iterable[Raised], now: datetime
) -> None:
    """Open what came up for an order, and close what no longer does.

    What people closed stays closed for the version they closed it for.
    """
    table, given = EXCEPTION, list(raised)
    wanted_rows = [
        table.c.flow == about.flow,
        table.c.order_key == about.order_key,
        table.c.closed_at.is_(None),
        table.c.code != UNKNOWN_OUTCOME,
    ]
    if about.order_version_id is not None:
        # What a content that came later raised is not over when an earlier one ends after it.
        older = table.c.order_version_id <= about.order_version_id
        wanted_rows.append(or_(table.c.order_version_id.is_(None), older))
    rows = connection.execute(
        select(table.c.id, table.c.code, table.c.place).where(*wanted_rows)
    ).all()
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
            connection.execute(update(table).where(table.c.id == number).values(values))
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


UNKNOWN_OUTCOME = "OUTCOME_UNKNOWN"
"""A call that may have had its effect; only people can close it."""


def close_exceptions(
    connection: Connection, numbers: list[int], by: str, note: str, now: datetime
) -> None:
    """Close exceptions."""
    connection.execute(
        update(EXCEPTION)
        .where(EXCEPTION.c.id.in_(numbers), EXCEPTION.c.closed_at.is_(None))
        .values(closed_at=write_time(now), closed_by=by, note=note)
    )


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

"""Contents shown again: which of several under one stamp of Mirakl's is the newest.

A stamp may stand for more than one content, and they may land in any order. Nothing in them tells
which came last, so Mirakl is asked for the order once more, and what it shows then counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from engine.state.exceptions import ENGINE, UNKNOWN_OUTCOME, close_exceptions
from engine.state.orders import Arrival, Landed
from engine.state.parts import in_parts
from engine.state.tables import EXCEPTION, ORDER_VERSION


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A content that was shown though another of the same stamp counts as newer."""

    id: int
    landed: Landed
    shown: int
    """What makes it the newest of its stamp."""
    others: tuple[int, ...]


_LIST_STAMPED = (
    select(
        ORDER_VERSION.c.order_key,
        ORDER_VERSION.c.version,
        ORDER_VERSION.c.shown,
        ORDER_VERSION.c.id,
        ORDER_VERSION.c.content_sha256,
    )
    .where(
        ORDER_VERSION.c.flow == bindparam("flow"),
        ORDER_VERSION.c.order_key.in_(bindparam("order_keys", expanding=True)),
        ORDER_VERSION.c.version != "",
    )
    .order_by(ORDER_VERSION.c.shown, ORDER_VERSION.c.id)
)


def find_overtaken(connection: Connection, flow: str, shown: Sequence[Landed]) -> list[Overtaken]:
    """Give those of some contents, all of them stored, that others of their stamp overtook."""
    found: list[Overtaken] = []
    for part in in_parts(shown):
        keys = sorted({one.order_key for one in part})
        stamped: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
        for key, version, *rest in connection.execute(
            _LIST_STAMPED, {"flow": flow, "order_keys": keys}
        ):
            stamped.setdefault((key, version), []).append((rest[0], rest[1], rest[2]))
        for one in part:
            rows = stamped.get((one.order_key, one.version), [])
            mine = [number for _, number, digest in rows[:-1] if digest == one.content_sha256]
            if mine:
                others = tuple(number for _, number, _ in rows if number != mine[0])
                found.append(Overtaken(mine[0], one, rows[-1][0] + 1, others))
    return found


def prefer(connection: Connection, one: Overtaken, arrival: Arrival) -> None:
    """Let a content be the newest of its stamp, and wait again; what the others raised is over."""
    connection.execute(
        update(ORDER_VERSION)
        .where(ORDER_VERSION.c.id == one.id)
        .values(
            shown=one.shown,
            # It may have been purged as an older one.
            payload=one.landed.payload,
            outcome=None,
            because=None,
            settled_at=None,
        )
    )
    raised = select(EXCEPTION.c.id).where(
        EXCEPTION.c.order_version_id.in_(one.others),
        EXCEPTION.c.closed_at.is_(None),
        EXCEPTION.c.code != UNKNOWN_OUTCOME,
    )
    numbers = list(connection.execute(raised).scalars())
    close_exceptions(connection, numbers, ENGINE, "it no longer comes up", arrival.now)

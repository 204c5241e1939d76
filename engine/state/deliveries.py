"""What was delivered: the newest version of each order sent, whose it is, and its calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.state.outbox import DONE
from engine.state.tables import CALL, CONTACT, ORDER_VERSION, PERSON

_SENT = "sent"


@dataclass(frozen=True, slots=True)
class Delivered:
    """An order as it was last sent.

    `version` is Mirakl's moment of it (text of `write_time`, '' if unreadable), `payload` JSON,
    `contact` what the mirror says of the buyer's contact, JSON, '' where it holds none; `sends` are
    the mapping's names of the calls that were done for it.
    """

    order_key: str
    version: str
    payload: str
    subject: str
    contact: str
    sends: frozenset[str]


def number_delivered(connection: Connection, flow: str, since: str) -> list[int]:
    """Give the newest version of each order sent since a time (`write_time`), by its moment."""
    table = ORDER_VERSION
    rows = connection.execute(
        select(table.c.id, table.c.order_key)
        .where(table.c.flow == flow, table.c.outcome == _SENT, table.c.settled_at >= since)
        .order_by(table.c.version, table.c.shown, table.c.id)
    )
    newest: dict[str, int] = {}
    for number, key in rows:
        # The newest one stands where its moment is.
        newest.pop(key, None)
        newest[key] = number
    return list(newest.values())


def read_delivered(connection: Connection, numbers: Sequence[int]) -> Iterator[Delivered]:
    """Give versions by their numbers, in that order; what is gone meanwhile is left out."""
    sends: dict[int, set[str]] = {}
    called = select(CALL.c.order_version_id, CALL.c.send).where(
        CALL.c.order_version_id.in_(numbers), CALL.c.state == DONE
    )
    for number, send in connection.execute(called):
        sends.setdefault(number, set()).add(send)
    table = ORDER_VERSION
    wanted = (
        select(
            table.c.id,
            table.c.order_key,
            table.c.version,
            table.c.payload,
            table.c.subject,
            CONTACT.c.answer,
        )
        .outerjoin(PERSON, PERSON.c.subject == table.c.subject)
        .outerjoin(CONTACT, CONTACT.c.contact_id == PERSON.c.contact_id)
        .where(table.c.id.in_(numbers))
    )
    found = {row[0]: row for row in connection.execute(wanted)}
    for number in (one for one in numbers if one in found):
        _, key, version, payload, subject, answer = found[number]
        done = frozenset(sends.get(number, ()))
        yield Delivered(key, version, payload, subject, answer or "", done)

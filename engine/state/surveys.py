"""Surveys: rows read whole, to be held against what Mirakl and Dotdigital say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from engine.state.parts import in_parts
from engine.state.tables import CALL, CONSENT_EVENT, LEDGER, ORDER_VERSION, PERSON


@dataclass(frozen=True, slots=True)
class Decided:
    """The figures of an order as last decided; `share` and `money` are JSON."""

    order_key: str
    person: str
    share: str
    money: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Newest:
    """How the newest version of an order ended: None while it waits."""

    order_key: str
    outcome: str | None
    because: str
    spec_sha256: str
    landed_at: str


@dataclass(frozen=True, slots=True)
class CallBody:
    """A call that left, or may have; `body` is JSON, '' once it was purged."""

    id: int
    subject: str
    order_key: str
    send: str
    operation: str
    state: str
    body: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class Creation:
    """A contact that we created: when, for whom, and with which status."""

    contact_id: int
    subject: str
    status: str
    at: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a person's consent for an order, and why."""

    subject: str
    order_key: str
    decision: str
    because: str
    at: str


def list_decided(connection: Connection, flow: str) -> list[Decided]:
    """Give the figures of every order of a flow."""
    table = LEDGER
    asked = select(
        table.c.order_key, table.c.person, table.c.share, table.c.money, table.c.updated_at
    )
    found = connection.execute(asked.where(table.c.flow == flow).order_by(table.c.order_key))
    return [Decided(*row) for row in found]


def newest_of_orders(
    connection: Connection, flow: str, order_keys: Sequence[str]
) -> dict[str, Newest]:
    """Give how the newest version of each order ended, of those that ever landed."""
    table, found = ORDER_VERSION, dict[str, Newest]()
    asked = select(
        table.c.order_key,
        table.c.outcome,
        func.coalesce(table.c.because, ""),
        func.coalesce(table.c.spec_sha256, ""),
        table.c.landed_at,
    ).order_by(table.c.version, table.c.shown, table.c.id)
    for row in _of_keys(connection, asked, flow, order_keys):
        found[row[0]] = Newest(*row)
    return found


def list_order_keys(connection: Connection, flow: str) -> set[str]:
    """Give the key of every order that ever landed."""
    asked = select(ORDER_VERSION.c.order_key).distinct().where(ORDER_VERSION.c.flow == flow)
    return set(connection.execute(asked).scalars())


def list_payloads(
    connection: Connection, flow: str, since: str, most: int
) -> list[tuple[str, str]]:
    """Give key and payload (JSON) of the latest orders that landed since a time."""
    table = ORDER_VERSION
    found = connection.execute(
        select(table.c.order_key, table.c.payload)
        .where(table.c.flow == flow, table.c.landed_at >= since, table.c.payload != "")
        .order_by(table.c.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in found]


def list_anchored(connection: Connection) -> dict[int, str]:
    """Give the subject that is tied to each contact; any one of several."""
    found = connection.execute(
        select(PERSON.c.contact_id, PERSON.c.subject)
        .where(PERSON.c.contact_id.is_not(None))
        .order_by(PERSON.c.subject)
    )
    return {row[0]: row[1] for row in found}


def list_subjects(connection: Connection) -> set[str]:
    """Give everybody whose orders ever came."""
    return set(connection.execute(select(PERSON.c.subject)).scalars())


def list_bodies(
    connection: Connection, operations: Sequence[str], states: Sequence[str]
) -> Iterator[CallBody]:
    """Give the calls of some operations in some states that left, in the order they were made."""
    table = CALL
    found = connection.execute(
        select(
            table.c.id,
            table.c.subject,
            table.c.order_key,
            table.c.send,
            table.c.operation,
            table.c.state,
            table.c.body,
            func.coalesce(table.c.sent_at, table.c.made_at),
        )
        .where(table.c.operation.in_(operations), table.c.state.in_(states))
        .order_by(table.c.id)
    )
    return (CallBody(*row) for row in found)


def list_creations(connection: Connection) -> list[Creation]:
    """Give every contact that we created, the oldest first."""
    table = CONSENT_EVENT
    found = connection.execute(
        select(table.c.contact_id, table.c.subject, table.c.status, table.c.at)
        .where(table.c.kind == "created", table.c.contact_id.is_not(None))
        .order_by(table.c.id)
    )
    return [Creation(*row) for row in found]


def list_decisions(connection: Connection) -> dict[tuple[str, str], list[Decision]]:
    """Give the decisions on consent for each subject and order, in the order they were taken."""
    table = CONSENT_EVENT
    rows = connection.execute(
        select(table.c.subject, table.c.order_key, table.c.decision, table.c.because, table.c.at)
        .where(table.c.kind == "decided")
        .order_by(table.c.id)
    )
    found: dict[tuple[str, str], list[Decision]] = {}
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(Decision(*row))
    return found


def _of_keys(
    connection: Connection, asked: Select[Any], flow: str, order_keys: Sequence[str]
) -> Iterator[Any]:
    table = ORDER_VERSION
    for keys in in_parts(order_keys):
        yield from connection.execute(
            asked.where(table.c.flow == flow, table.c.order_key.in_(keys))
        )

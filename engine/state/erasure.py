"""Erasure: everything of a person goes in one transaction, and what Dotdigital owes is on record.

What stays are keyed hashes, so that nobody comes back, and the number of each contact until
Dotdigital has deleted it. Money of erased orders is not kept: the marketplace has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

import orjson
from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select, tuple_, update

from engine.clock import write_time
from engine.state.claims import LEASE, LONGEST_REST, lock_people
from engine.state.finding import Found, OrderKey
from engine.state.measurements import Named, erase_measured
from engine.state.parts import in_parts
from engine.state.tables import (
    ALIAS,
    CALL,
    CONSENT_EVENT,
    CONTACT,
    DECISION,
    ERASURE,
    EXCEPTION,
    LEDGER,
    ORDER_VERSION,
    PERSON,
    RING,
)
from engine.state.tombstones import bury, bury_addresses

# "miradot erasure" as a number: landing shares it, an erasure has it alone.
_LOCK = int.from_bytes(b"mderase")


def exclude_erasure(connection: Connection) -> None:
    """Let no erasure begin before this transaction ends: who looks for tombstones writes after."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))


def count_rows(connection: Connection, found: Found) -> dict[str, int]:
    """Give how many rows of each table belong to a person."""
    counts: dict[str, int] = {}
    for table, where in _rows_of(found):
        number = connection.execute(select(func.count()).select_from(table).where(where))
        counts[str(table.name)] = int(number.scalar_one())
    return {name: number for name, number in counts.items() if number}


def erase_person(
    connection: Connection, key: bytes, found: Found, addresses: Iterable[str], now: datetime
) -> dict[str, int]:
    """Remove a person, bury every identifier, and note the contacts that Dotdigital has to delete.

    Give the rows that went, by table. A worker that holds a claim on them has lost it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    # Whoever is recording something for them right now ends first.
    lock_people(connection, found.subjects)
    for subject in sorted(found.subjects):
        bury(connection, key, "person", subject, now)
        bury_addresses(connection, subject, now)
    for address in sorted(addresses):
        bury(connection, key, "address", address, now)
        # A contact of that address that went from Dotdigital may still stand in the mirror.
        connection.execute(delete(CONTACT).where(CONTACT.c.email == address.strip().lower()))
    for _, order in sorted(found.orders):
        bury(connection, key, "order", order, now)
    for number in sorted(found.contacts):
        bury(connection, key, "contact", str(number), now)
        ask_deletion(connection, number, now)
    erase_measured(connection, Named({order for _, order in found.orders}, found.contacts))
    gone = {
        str(table.name): connection.execute(delete(table).where(where)).rowcount
        for table, where in _lock_calls(connection, found)
    }
    moved = _erase_evidence(connection, found)
    numbers = [f"/contactId/{one}/" for one in found.contacts]
    _empty_calls(connection, moved, (*found.subjects, *addresses, *numbers))
    return {name: number for name, number in gone.items() if number}


def _lock_calls(
    connection: Connection, found: Found
) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Give the rows of a person, each call locked by its number before: so do imports."""
    for table, where in _rows_of(found):
        if table is CALL:
            connection.execute(select(CALL.c.id).where(where).order_by(CALL.c.id).with_for_update())
        yield table, where


# What a decision about somebody else was made from, to take it back; see engine.sync.deciding.
_PERSON_BEFORE, _CONTACTS_BEFORE = "moved_from", ("anchor", "recreated_from")


def _erase_evidence(connection: Connection, found: Found) -> list[OrderKey]:
    """Take a person out of what decisions about others were made from.

    Give the orders that such a decision has moved from this person to another.
    """
    table = EXCEPTION
    wanted = select(table.c.id, table.c.flow, table.c.order_key, table.c.evidence)
    given, moved = wanted.where(table.c.evidence != "{}").order_by(table.c.id), list[OrderKey]()
    for number, flow, order, text in connection.execute(given).all():
        evidence = orjson.loads(text)
        gone = [name for name in _CONTACTS_BEFORE if evidence.get(name) in found.contacts]
        if evidence.get(_PERSON_BEFORE) in found.subjects:
            gone.append(_PERSON_BEFORE)
            moved.append((flow, order))
        if gone:
            left = orjson.dumps({**evidence, **dict.fromkeys(gone)}).decode()
            connection.execute(update(table).where(table.c.id == number).values(evidence=left))
    return moved


def _empty_calls(connection: Connection, orders: Iterable[OrderKey], words: Iterable[str]) -> None:
    """Empty the calls of moved orders that name a person; that they were made stays on record."""
    known = [one.lower() for one in words]
    for flow, order in orders:
        wanted = select(CALL.c.id, CALL.c.path, CALL.c.body).where(
            CALL.c.flow == flow, CALL.c.order_key == order
        )
        for number, path, body in connection.execute(wanted.order_by(CALL.c.id)).all():
            told = f"{unquote(path)}/\n{body}".lower()
            if any(one in told for one in known):
                emptied = update(CALL).where(CALL.c.id == number)
                connection.execute(emptied.values(path="", query="{}", body=""))


def _rows_of(found: Found) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Give each table with the condition for the rows of a person in it."""
    conditions: defaultdict[Table, list[ColumnElement[bool]]] = defaultdict(list)
    for part in in_parts(sorted(found.subjects)):
        conditions[LEDGER].append(LEDGER.c.person.in_(part))
        for table in (ORDER_VERSION, CALL, EXCEPTION, CONSENT_EVENT, ALIAS, DECISION, PERSON):
            conditions[table].append(table.c.subject.in_(part))
    for orders in in_parts(sorted(found.orders)):
        for table in (ORDER_VERSION, LEDGER, CALL, EXCEPTION, RING):
            conditions[table].append(tuple_(table.c.flow, table.c.order_key).in_(orders))
    for numbers in in_parts(sorted(found.contacts)):
        for table in (CONTACT, CONSENT_EVENT, DECISION):
            conditions[table].append(table.c.contact_id.in_(numbers))
    for table, wanted in conditions.items():
        yield table, or_(*wanted)


def ask_deletion(connection: Connection, contact_id: int, now: datetime) -> None:
    """Note a contact that Dotdigital has to delete; once is enough."""
    waits = select(ERASURE.c.id).where(ERASURE.c.contact_id == contact_id)
    if connection.execute(waits).first() is None:
        values = {"contact_id": contact_id, "asked_at": write_time(now), "attempts": 0}
        connection.execute(ERASURE.insert().values(values))


@dataclass(frozen=True, slots=True)
class Deletion:
    """A contact that Dotdigital has to delete, and how often that was tried."""

    id: int
    contact_id: int
    attempts: int


def list_deletions(connection: Connection, now: datetime) -> list[Deletion]:
    """Give the deletions that are due."""
    table = ERASURE
    wanted = (
        select(table.c.id, table.c.contact_id, table.c.attempts)
        .where(
            table.c.contact_id.is_not(None),
            or_(
                table.c.not_before.is_(None),
                table.c.not_before <= write_time(now),
                # Set before the clock was set back; nobody waits as long.
                table.c.not_before > write_time(now + LONGEST_REST + LEASE),
            ),
        )
        .order_by(table.c.id)
    )
    return [Deletion(*row) for row in connection.execute(wanted)]


def count_deletions(connection: Connection) -> int:
    """Give how many contacts Dotdigital still has to delete."""
    wanted = select(func.count()).where(ERASURE.c.contact_id.is_not(None))
    return int(connection.execute(wanted).scalar_one())


def end_deletion(connection: Connection, deletion: Deletion, now: datetime) -> None:
    """Note that Dotdigital has deleted a contact, and forget which it was."""
    connection.execute(
        update(ERASURE)
        .where(ERASURE.c.id == deletion.id)
        .values(contact_id=None, done_at=write_time(now), not_before=None)
    )


def delay_deletion(connection: Connection, deletion: Deletion, until: datetime) -> None:
    """Note an attempt that failed, and when the next one is due."""
    connection.execute(
        update(ERASURE)
        .where(ERASURE.c.id == deletion.id)
        .values(attempts=deletion.attempts + 1, not_before=write_time(until))
    )

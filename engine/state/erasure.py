"""Erasure: everything of a person goes in one transaction, and what Dotdigital owes is on record.

What stays are keyed hashes, so that nobody comes back, and the number of each contact until
Dotdigital has deleted it. Money of erased orders is not kept: the marketplace has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select, tuple_, update

from engine.clock import write_time
from engine.state.claims import LEASE, LONGEST_REST
from engine.state.finding import Found
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
    for part in in_parts(sorted(found.subjects)):
        # Whoever is recording something for them right now ends first.
        held = select(PERSON.c.epoch).where(PERSON.c.subject.in_(part)).with_for_update()
        connection.execute(held)
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
        for table, where in _rows_of(found)
    }
    return {name: number for name, number in gone.items() if number}


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

"""Tombstones apart from the database, and whoever stands in it though they were erased.

A backup holds people who were erased after it was made. Tombstones are keyed hashes and name
nobody, so that they can be kept elsewhere and buried again in what was put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import Connection, select

from engine.state.finding import Found, subjects_of_contacts
from engine.state.hashes import Kind
from engine.state.parts import in_parts
from engine.state.tables import ALIAS, CONTACT, ORDER_VERSION, PERSON, TOMBSTONE
from engine.state.tombstones import is_buried
from engine.state.writing import insert_new

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Who was erased: a keyed hash (64 hex digits), of what, and when (UTC, ISO 8601)."""

    kind: Kind
    digest: str
    made_at: str


def list_tombstones(connection: Connection) -> list[Tombstone]:
    """Give every tombstone, oldest first."""
    table = TOMBSTONE
    rows = connection.execute(
        select(table.c.kind, table.c.digest, table.c.made_at).order_by(
            table.c.made_at, table.c.digest
        )
    )
    return [Tombstone(*row) for row in rows]


def read_tombstone(text: str) -> Tombstone | None:
    """Give the tombstone of a line `KIND DIGEST TIME`; None for a line that is none."""
    words = text.split()
    if len(words) != len(Tombstone.__slots__):
        return None
    kind, digest, made_at = words
    known = [one for one in get_args(Kind) if one == kind]
    fits = known and _DIGEST.fullmatch(digest) and _TIME.fullmatch(made_at)
    return Tombstone(known[0], digest, made_at) if fits else None


def write_tombstone(one: Tombstone) -> str:
    """Give the line of a tombstone."""
    return f"{one.kind} {one.digest} {one.made_at}"


def set_tombstones(connection: Connection, stones: Iterable[Tombstone]) -> int:
    """Set tombstones that were kept elsewhere; give how many were not there yet."""
    rows = [{"digest": one.digest, "kind": one.kind, "made_at": one.made_at} for one in stones]
    return insert_new(connection, TOMBSTONE, rows)


def find_buried(connection: Connection, key: bytes, stones: Sequence[Tombstone]) -> Found:
    """Give whoever is here and has one of some tombstones, which are set already."""
    digests = [one.digest for one in stones]
    found = Found()
    for part in in_parts(sorted(connection.execute(select(PERSON.c.subject)).scalars())):
        found.subjects |= is_buried(connection, key, "person", part)
    for part in in_parts(digests):
        aliases = select(ALIAS.c.subject).where(ALIAS.c.address.in_(part))
        found.subjects |= set(connection.execute(aliases).scalars())
    found.orders |= _orders(connection, key)
    found.contacts |= _contacts(connection, key)
    found.subjects |= subjects_of_contacts(connection, found.contacts)
    return found


def _orders(connection: Connection, key: bytes) -> set[tuple[str, str]]:
    rows = connection.execute(select(ORDER_VERSION.c.flow, ORDER_VERSION.c.order_key).distinct())
    orders: set[tuple[str, str]] = set()
    for part in in_parts(sorted((row[0], row[1]) for row in rows)):
        gone = is_buried(connection, key, "order", [order for _, order in part])
        orders |= {(flow, order) for flow, order in part if order in gone}
    return orders


def _contacts(connection: Connection, key: bytes) -> set[int]:
    mirrored = connection.execute(select(CONTACT.c.contact_id, CONTACT.c.email)).all()
    tied = connection.execute(select(PERSON.c.contact_id).where(PERSON.c.contact_id.is_not(None)))
    known: dict[int, str] = {number: "" for number in tied.scalars() if number is not None}
    known |= {row[0]: row[1] or "" for row in mirrored}
    contacts: set[int] = set()
    for part in in_parts(sorted(known.items())):
        numbers = is_buried(connection, key, "contact", [str(number) for number, _ in part])
        mails = is_buried(connection, key, "address", [mail for _, mail in part if mail])
        contacts |= {number for number, mail in part if str(number) in numbers or mail in mails}
    return contacts

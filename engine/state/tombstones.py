"""Tombstones: who was erased, so that they stay so; the identifiers themselves are nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from engine.clock import write_time
from engine.state.hashes import Kind, hash_identifier
from engine.state.parts import in_parts
from engine.state.tables import ALIAS, TOMBSTONE
from engine.state.writing import insert_new


def bury(connection: Connection, key: bytes, kind: Kind, identifier: str, now: datetime) -> None:
    """Set a tombstone for an identifier; the first one stays."""
    _bury_digests(connection, kind, [hash_identifier(key, kind, identifier)], now)


def bury_addresses(connection: Connection, subject: str, now: datetime) -> int:
    """Set tombstones for all addresses under which orders of a subject came; give how many are new.

    Aliases are kept as the same hashes, so it needs neither the addresses nor the key.
    """
    digests = connection.execute(select(ALIAS.c.address).where(ALIAS.c.subject == subject))
    return _bury_digests(connection, "address", digests.scalars().all(), now)


_LIST_BURIED = select(TOMBSTONE.c.digest).where(
    TOMBSTONE.c.digest.in_(bindparam("digests", expanding=True))
)


def is_buried(
    connection: Connection, key: bytes, kind: Kind, identifiers: Iterable[str]
) -> set[str]:
    """Give those of some identifiers that have a tombstone, as they were given."""
    given = list(dict.fromkeys(identifiers))
    buried: set[str] = set()
    for part in in_parts(given):
        digests = {identifier: hash_identifier(key, kind, identifier) for identifier in part}
        found = connection.execute(_LIST_BURIED, {"digests": list(digests.values())})
        known = set(found.scalars())
        buried |= {identifier for identifier, digest in digests.items() if digest in known}
    return buried


def _bury_digests(connection: Connection, kind: Kind, digests: Iterable[str], now: datetime) -> int:
    made_at = write_time(now)
    rows = [{"digest": digest, "kind": kind, "made_at": made_at} for digest in digests]
    return insert_new(connection, TOMBSTONE, rows)

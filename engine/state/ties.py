"""Ties: what a database belongs to. With another account its numbers mean other people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from engine.clock import write_time
from engine.state.hashes import hash_identifier
from engine.state.tables import TIE, TOMBSTONE
from engine.state.writing import insert_new

_ACCOUNT, _KEY = "dotdigital", "tombstone-key"


def tie_account(connection: Connection, account: str, now: datetime) -> str:
    """Tie the database to an account of Dotdigital; give the one it is tied to from then on.

    The first one stays.
    """
    return _tie(connection, _ACCOUNT, account, now)


def tie_key(connection: Connection, key: bytes, now: datetime) -> bool:
    """Tie the database to the key of its tombstones; whether they can be read with this one.

    The first one stays, unless there is no tombstone yet.
    """
    digest = hash_identifier(key, "person", _KEY)
    if _tie(connection, _KEY, digest, now) == digest:
        return True
    if connection.execute(select(TOMBSTONE.c.digest).limit(1)).one_or_none() is not None:
        return False
    connection.execute(update(TIE).where(TIE.c.kind == _KEY).values(value=digest))
    return True


def _tie(connection: Connection, kind: str, value: str, now: datetime) -> str:
    row = {"kind": kind, "value": value, "made_at": write_time(now)}
    insert_new(connection, TIE, [row])
    found = connection.execute(select(TIE.c.value).where(TIE.c.kind == kind))
    return str(found.scalar_one())

"""Aliases: the addresses under which orders of a person came, as keyed hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from engine.clock import write_time
from engine.state.hashes import hash_identifier
from engine.state.tables import ALIAS
from engine.state.writing import put_rows


@dataclass(frozen=True, slots=True)
class Alias:
    """An address and the subject whose order it came with; `relay` when Mirakl lent it."""

    address: str
    subject: str
    relay: bool


def note_alias(connection: Connection, key: bytes, alias: Alias, now: datetime) -> None:
    """Note that orders of a subject came with an address; the newest sight is kept."""
    row = {
        "address": hash_identifier(key, "address", alias.address),
        "subject": alias.subject,
        "relay": alias.relay,
        "seen_at": write_time(now),
    }
    put_rows(connection, ALIAS, [row])


_LIST_SUBJECTS = (
    select(ALIAS.c.subject).where(ALIAS.c.address == bindparam("address")).order_by(ALIAS.c.subject)
)


def subjects_of_address(connection: Connection, key: bytes, address: str) -> list[str]:
    """Give the subjects whose orders came with an address, in order of their names."""
    asked = {"address": hash_identifier(key, "address", address)}
    return list(connection.execute(_LIST_SUBJECTS, asked).scalars())

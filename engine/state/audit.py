"""The audit: who did what on the page, and how it ended; written before it is done.

Acts: `resolved`, `undone`, `replayed` (changes of state), `revealed` (personal data shown). A
person is a keyed hash, so that a row outlasts an erasure without naming anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select, update

from engine.clock import write_time
from engine.state.hashes import hash_identifier
from engine.state.tables import AUDIT

Act = Literal["resolved", "undone", "replayed", "revealed"]
Ended = Literal["done", "refused"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody is about to do: to an exception by its number, or to a person by the key."""

    who: str
    act: Act
    exception: int | None = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What somebody did; `ended` is None where the process ended in between."""

    id: int
    at: str
    who: str
    act: str
    exception_id: int | None
    ended: str | None


def note_deed(connection: Connection, key: bytes, deed: Deed, now: datetime) -> int:
    """Note what somebody is about to do; give the number under which its end is noted."""
    person = hash_identifier(key, "person", deed.person) if deed.person else ""
    made = connection.execute(
        AUDIT.insert()
        .values(
            at=write_time(now),
            who=deed.who,
            act=deed.act,
            exception_id=deed.exception,
            person=person,
        )
        .returning(AUDIT.c.id)
    )
    return int(made.scalar_one())


def end_deed(connection: Connection, number: int, ended: Ended) -> None:
    """Note how it ended."""
    connection.execute(update(AUDIT).where(AUDIT.c.id == number).values(ended=ended))


def list_deeds(
    connection: Connection, exception: int | None = None, limit: int = 200
) -> list[AuditEntry]:
    """Give what people did, to one exception or at all, the newest first."""
    columns = (AUDIT.c.id, AUDIT.c.at, AUDIT.c.who, AUDIT.c.act, AUDIT.c.exception_id)
    wanted = select(*columns, AUDIT.c.ended)
    if exception is not None:
        wanted = wanted.where(AUDIT.c.exception_id == exception)
    found = connection.execute(wanted.order_by(AUDIT.c.id.desc()).limit(limit))
    return [AuditEntry(*row) for row in found]

"""The audit: who did what, on the page or by command, and how it ended; written before it is done.

Acts: `resolved`, `undone`, `replayed`, `erased` (changes of state), `revealed` (personal data
shown). A person is a keyed hash, so that a row outlasts an erasure without naming anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select, update

from engine.clock import write_time
from engine.state.hashes import hash_identifier
from engine.state.tables import AUDIT

Act = Literal["resolved", "undone", "replayed", "erased", "revealed"]
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


@dataclass(frozen=True, slots=True)
class WantedDeeds:
    """Which deeds are meant; what is empty is not asked about.

    `person` is the hash of `hash_person`; `since` counts, `until` does not; of `before`, a
    number, only earlier ones.
    """

    who: str = ""
    act: str = ""
    exception: int = 0
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0
    most: int = 200


def note_deed(connection: Connection, key: bytes, deed: Deed, now: datetime) -> int:
    """Note what somebody is about to do; give the number under which its end is noted."""
    person = hash_person(key, deed.person) if deed.person else ""
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


def list_deeds(connection: Connection, wanted: WantedDeeds) -> list[AuditEntry]:
    """Give what people did, the newest first."""
    columns = (AUDIT.c.id, AUDIT.c.at, AUDIT.c.who, AUDIT.c.act, AUDIT.c.exception_id)
    asked = select(*columns, AUDIT.c.ended)
    for column, value in (
        (AUDIT.c.who, wanted.who),
        (AUDIT.c.act, wanted.act),
        (AUDIT.c.exception_id, wanted.exception),
        (AUDIT.c.person, wanted.person),
    ):
        if value:
            asked = asked.where(column == value)
    if wanted.since is not None:
        asked = asked.where(AUDIT.c.at >= write_time(wanted.since))
    if wanted.until is not None:
        asked = asked.where(AUDIT.c.at < write_time(wanted.until))
    if wanted.before:
        asked = asked.where(AUDIT.c.id < wanted.before)
    found = connection.execute(asked.order_by(AUDIT.c.id.desc()).limit(wanted.most))
    return [AuditEntry(*row) for row in found]


def list_doers(connection: Connection) -> list[str]:
    """Give the names of everybody who did something, in order."""
    found = connection.execute(select(AUDIT.c.who).distinct().order_by(AUDIT.c.who))
    return list(found.scalars())


def hash_person(key: bytes, person: str) -> str:
    """Give the keyed hash under which deeds to a person stand."""
    return hash_identifier(key, "person", person)

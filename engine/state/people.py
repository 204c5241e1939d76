"""People: the anchor of each in Dotdigital, decisions about whose contact it is, and the mirror."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select, update

from engine.clock import write_time
from engine.state.tables import CONSENT_EVENT, CONTACT, DECISION, PERSON
from engine.state.writing import put_rows

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A contact as Dotdigital last told it; `answer` holds only what a decision needs."""

    contact_id: int
    email: str | None
    status: str
    person: str | None
    answer: Answer
    read_at: str


def read_anchor(connection: Connection, subject: str) -> int | None:
    """Give the contact of a person; a decision of people comes first."""
    decided = connection.execute(
        select(DECISION.c.contact_id)
        .where(DECISION.c.subject == subject, DECISION.c.undone_at.is_(None))
        .order_by(DECISION.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if decided is not None:
        return int(decided)
    row = connection.execute(select(PERSON.c.contact_id).where(PERSON.c.subject == subject))
    return row.scalar_one_or_none()


def is_decided(connection: Connection, subject: str) -> bool:
    """Whether people said whose contact it is."""
    row = connection.execute(
        select(DECISION.c.id)
        .where(DECISION.c.subject == subject, DECISION.c.undone_at.is_(None))
        .limit(1)
    ).one_or_none()
    return row is not None


def set_anchor(connection: Connection, subject: str, contact_id: int | None) -> None:
    """Tie a person to a contact, or to none."""
    connection.execute(
        update(PERSON).where(PERSON.c.subject == subject).values(contact_id=contact_id)
    )


def mirror_contacts(connection: Connection, contacts: Iterable[Mirrored]) -> None:
    """Put contacts into the mirror as they were told."""
    rows = [
        {
            "contact_id": one.contact_id,
            "email": one.email,
            "status": one.status,
            "person": one.person,
            "answer": orjson.dumps(one.answer).decode(),
            "read_at": one.read_at,
        }
        for one in contacts
    ]
    put_rows(connection, CONTACT, rows)


def drop_mirrored(connection: Connection, contact_id: int) -> None:
    """Take a contact that is gone out of the mirror.

    Whoever is tied to it stays so: an order must not bring back who was erased.
    """
    connection.execute(delete(CONTACT).where(CONTACT.c.contact_id == contact_id))


def find_mirrored(
    connection: Connection, *, contact_id: int | None, person: str, address: str
) -> list[Mirrored]:
    """Give the contacts that the mirror holds for a person: by anchor, person key and address."""
    table, found = CONTACT, dict[int, Mirrored]()
    wanted = [table.c.person == person, table.c.email == address.lower()]
    if contact_id is not None:
        wanted.insert(0, table.c.contact_id == contact_id)
    for one in wanted:
        for row in connection.execute(select(table).where(one)).mappings():
            answer = {**row, "answer": orjson.loads(row["answer"])}
            found.setdefault(row["contact_id"], Mirrored(**answer))
    return list(found.values())


def read_mirrored(connection: Connection, contact_id: int) -> Mirrored | None:
    """Give a contact as the mirror holds it."""
    row = (
        connection.execute(select(CONTACT).where(CONTACT.c.contact_id == contact_id))
        .mappings()
        .one_or_none()
    )
    return Mirrored(**{**row, "answer": orjson.loads(row["answer"])}) if row is not None else None


def subjects_of_contact(connection: Connection, contact_id: int) -> list[str]:
    """Give the people who are tied to a contact."""
    found = connection.execute(select(PERSON.c.subject).where(PERSON.c.contact_id == contact_id))
    return list(found.scalars())


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One line of a person's consent trail."""

    subject: str
    contact_id: int | None
    kind: str
    status: str
    decision: str = ""
    because: str = ""
    order_key: str = ""
    spec_sha256: str = ""


def note_consent(connection: Connection, events: Sequence[ConsentEvent], now: datetime) -> None:
    """Add to the consent trail."""
    if events:
        rows = [{"at": write_time(now), **asdict(one)} for one in events]
        connection.execute(CONSENT_EVENT.insert(), rows)

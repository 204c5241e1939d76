"""People: the anchor of each in Dotdigital, decisions about whose contact it is, and the mirror."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, select, update

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


_FIND_DECISION = (
    select(DECISION.c.contact_id)
    .where(DECISION.c.subject == bindparam("subject"), DECISION.c.undone_at.is_(None))
    .order_by(DECISION.c.id.desc())
    .limit(1)
)
_FIND_ANCHOR = select(PERSON.c.contact_id).where(PERSON.c.subject == bindparam("subject"))


_FIND_CARRIERS = (
    select(CONTACT.c.contact_id).where(CONTACT.c.person == bindparam("subject")).limit(2)
)


def read_anchor(connection: Connection, subject: str) -> int | None:
    """Give the contact of a person; a decision of people comes first.

    Where we never met the person, it is the one contact that carries the person key already: the
    database may be younger than the account.
    """
    whose = {"subject": subject}
    decided = connection.execute(_FIND_DECISION, whose).scalar_one_or_none()
    if decided is not None:
        return int(decided)
    anchor = connection.execute(_FIND_ANCHOR, whose).scalar_one_or_none()
    if anchor is not None:
        return int(anchor)
    carriers = connection.execute(_FIND_CARRIERS, whose).scalars().all()
    return int(carriers[0]) if len(carriers) == 1 else None


def is_decided(connection: Connection, subject: str) -> bool:
    """Whether people said whose contact it is."""
    return connection.execute(_FIND_DECISION, {"subject": subject}).one_or_none() is not None


_SET_ANCHOR = (
    update(PERSON)
    .where(PERSON.c.subject == bindparam("whose"))
    .values(contact_id=bindparam("anchor"))
)


def set_anchor(connection: Connection, subject: str, contact_id: int | None) -> None:
    """Tie a person to a contact, or to none."""
    connection.execute(_SET_ANCHOR, {"whose": subject, "anchor": contact_id})


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


_MIRROR = select(
    CONTACT.c.contact_id,
    CONTACT.c.email,
    CONTACT.c.status,
    CONTACT.c.person,
    CONTACT.c.answer,
    CONTACT.c.read_at,
)
_MirrorRow = Row[int, str | None, str, str | None, str, str]
_MIRROR_BY_CONTACT = _MIRROR.where(CONTACT.c.contact_id == bindparam("contact_id"))
_MIRROR_BY_PERSON = _MIRROR.where(CONTACT.c.person == bindparam("person"))
_MIRROR_BY_ADDRESS = _MIRROR.where(CONTACT.c.email == bindparam("email"))


def find_mirrored(
    connection: Connection, *, contact_id: int | None, person: str, address: str
) -> list[Mirrored]:
    """Give the contacts that the mirror holds for a person: by anchor, person key and address."""
    rows: list[_MirrorRow] = []
    if contact_id is not None:
        rows += connection.execute(_MIRROR_BY_CONTACT, {"contact_id": contact_id})
    rows += connection.execute(_MIRROR_BY_PERSON, {"person": person})
    rows += connection.execute(_MIRROR_BY_ADDRESS, {"email": address.lower()})
    return list({row.contact_id: _read_mirrored(row) for row in rows}.values())


def read_mirrored(connection: Connection, contact_id: int) -> Mirrored | None:
    """Give a contact as the mirror holds it."""
    row = connection.execute(_MIRROR_BY_CONTACT, {"contact_id": contact_id}).one_or_none()
    return _read_mirrored(row) if row is not None else None


def _read_mirrored(row: _MirrorRow) -> Mirrored:
    number, email, status, person, answer, read_at = row
    return Mirrored(number, email, status, person, orjson.loads(answer), read_at)


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


_ADD_EVENT = CONSENT_EVENT.insert()


def note_consent(connection: Connection, events: Sequence[ConsentEvent], now: datetime) -> None:
    """Add to the consent trail."""
    if events:
        rows = [{"at": write_time(now), **asdict(one)} for one in events]
        connection.execute(_ADD_EVENT, rows)

"""Candidates: the contacts that may be a person's, each with what speaks for it; none is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.connections.outcomes import Done
from engine.problem import Failure
from engine.state.database import Connection
from engine.state.decisions import subjects_decided
from engine.state.orders import read_ledger
from engine.state.people import (
    Mirrored,
    find_mirrored,
    is_decided,
    mirror_contacts,
    read_anchor,
    read_mirrored,
    subjects_of_contact,
)
from engine.state.reviews import Entry, newest_version
from engine.state.tombstones import is_buried
from engine.sync.flow import Flow, PayloadError, Question, read_payload
from engine.sync.knowledge import mirrored
from engine.sync.worker import Worker


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact as last read, and what ties the person to it.

    The people of `others` are tied to it as well; of `decided_for` it was decided.
    """

    contact_id: int
    address: str
    status: str
    person: str | None
    read_at: str
    evidence: tuple[str, ...]
    others: tuple[str, ...]
    decided_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seeker:
    """Whose contact is sought: a subject, by the question of one of its orders."""

    subject: str
    question: Question | None
    former: str | None = None
    """Whom the order was counted to before, where that is somebody else."""


def make_seeker(connection: Connection, flow: Flow, entry: Entry, now: datetime) -> Seeker:
    """Give who seeks a contact, from the newest version of the order an exception is about."""
    version = newest_version(connection, entry.flow, entry.order_key)
    if version is None or not version.payload:
        return Seeker(entry.subject, None)
    try:
        payload = read_payload(version.payload)
    except PayloadError:
        return Seeker(entry.subject, None)
    earlier = read_ledger(connection, entry.flow, entry.order_key)
    moved = earlier is not None and earlier.person != entry.subject
    former = earlier.person if moved and earlier is not None else None
    return Seeker(entry.subject, flow.ask(payload, now).question, former)


def find_candidates(connection: Connection, seeker: Seeker) -> list[Candidate]:
    """Give every contact that something speaks for, as the mirror holds it."""
    anchor = read_anchor(connection, seeker.subject)
    question = seeker.question
    found = {
        one.contact_id: one
        for one in find_mirrored(
            connection,
            contact_id=anchor,
            person=question.person if question is not None else seeker.subject,
            address=question.address if question is not None else "",
        )
    }
    former = read_anchor(connection, seeker.former) if seeker.former is not None else None
    if former is not None and former not in found:
        row = read_mirrored(connection, former)
        found |= {former: row} if row is not None else {}
    return [
        _tell(connection, seeker, row, anchor, former)
        for row in sorted(found.values(), key=lambda one: one.contact_id)
    ]


def read_candidate(worker: Worker, contact_id: int) -> None:
    """Ask Dotdigital about a contact now, and put the answer into the mirror.

    Raises Failure where there is no such contact, or no answer.
    """
    with worker.transaction() as connection:
        if is_buried(connection, worker.tombstone_key, "contact", [str(contact_id)]):
            raise Failure(f"contact {contact_id} is of somebody who was erased")
    outcome = worker.client.read_contact("contactId", contact_id)
    if not isinstance(outcome, Done):
        raise Failure(f"Dotdigital could not be asked about contact {contact_id}; try again later")
    body = outcome.body
    row = mirrored(body, worker.flow.form, worker.now) if isinstance(body, dict) else None
    if row is None:
        raise Failure(f"Dotdigital has no contact {contact_id}")
    with worker.transaction() as connection:
        mirror_contacts(connection, [row])


def _tell(
    connection: Connection,
    seeker: Seeker,
    row: Mirrored,
    anchor: int | None,
    former: int | None,
) -> Candidate:
    number, question = row.contact_id, seeker.question
    told: list[str] = []
    if number == anchor:
        decided = is_decided(connection, seeker.subject)
        told.append("people decided so before" if decided else "earlier orders were sent to it")
    if row.person is not None and row.person == seeker.subject:
        told.append("it carries this person's key")
    if question is not None and row.email == question.address:
        told.append("it has the address of this order")
    if number == former:
        told.append("it is the contact of the customer to whom the order belonged before")
    others = [one for one in subjects_of_contact(connection, number) if one != seeker.subject]
    if row.person is not None and row.person not in (seeker.subject, *others):
        others.append(row.person)
    decided_for = [one for one in subjects_decided(connection, number) if one != seeker.subject]
    return Candidate(
        contact_id=number,
        address=row.email or "",
        status=row.status,
        person=row.person,
        read_at=row.read_at,
        evidence=tuple(told),
        others=tuple(others),
        decided_for=tuple(decided_for),
    )


def choose(candidates: Sequence[Candidate], contact_id: int) -> Candidate:
    """Give the candidate that people named; Failure where nothing speaks for it."""
    found = next((one for one in candidates if one.contact_id == contact_id), None)
    if found is None or not found.evidence:
        known = ", ".join(str(one.contact_id) for one in candidates if one.evidence) or "none"
        raise Failure(
            f"nothing ties this person to contact {contact_id}: it has neither the order's address"
            f" nor the person's key; candidates: {known}"
        )
    if found.decided_for:
        raise Failure(
            f"contact {contact_id} was decided to be somebody else's ({found.decided_for[0]});"
            " undo that decision first"
        )
    return found

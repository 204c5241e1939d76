"""What Dotdigital answered about contacts, and what was sent for them before.

A compiled mapping asks one question, `find(person, address)`; it never reaches out itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from engine.runtime.amounts import Share

NO_SHARES: Mapping[str, Share] = {}
NOTHING_SENT: frozenset[str] = frozenset()


class ContactError(ValueError):
    """An answer about a contact that cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact as Dotdigital gave it.

    `status` is its e-mail status; `person` the person key it carries; `shares` and `sent` are our
    own memory: what each earlier record contributed, and the ids of calls already sent.
    """

    id: int
    email: str | None
    status: str
    person: str | None = None
    shares: Mapping[str, Share] = field(default_factory=dict)
    sent: frozenset[str] = NOTHING_SENT


@dataclass(frozen=True, slots=True)
class Contacts:
    """The answers at hand; `asked` is False when nobody asked, so nothing is known."""

    asked: bool
    by_email: Mapping[str, Contact] = field(default_factory=dict)
    by_person: Mapping[str, Contact] = field(default_factory=dict)

    def find(self, person: str, address: str) -> tuple[Contact | None, bool]:
        """Give the contact of a person, and whether the two keys disagree about it."""
        by_email = self.by_email.get(address.lower())
        by_person = self.by_person.get(person)
        if by_email is None or by_person is None:
            found = by_email or by_person
            claimed = found is by_email and found is not None and found.person is not None
            return found, claimed and found is not None and found.person != person
        return by_email, by_email.id != by_person.id


UNASKED = Contacts(asked=False)


def read_contacts(answers: Iterable[object], person_field: str) -> Contacts:
    """Give the contacts in Dotdigital's answers (`GET /contacts/v3`, channel properties included).

    Raises ContactError when an answer is not a contact, or two answers claim one address.
    """
    by_email: dict[str, Contact] = {}
    by_person: dict[str, Contact] = {}
    for number, answer in enumerate(answers, 1):
        contact = _read_contact(answer, number, person_field)
        for index, key in ((by_email, contact.email), (by_person, contact.person)):
            if key is None:
                continue
            if index.setdefault(key, contact) is not contact:
                raise ContactError(f"contact {number} repeats the key of an earlier contact")
    return Contacts(asked=True, by_email=by_email, by_person=by_person)


def _read_contact(answer: object, number: int, person_field: str) -> Contact:
    if not isinstance(answer, dict):
        raise ContactError(f"contact {number} is not an object")
    identity = answer.get("contactId")
    if not isinstance(identity, int) or isinstance(identity, bool):
        raise ContactError(f"contact {number} has no contactId")
    identifiers = _object_in(answer, "identifiers", number)
    email = identifiers.get("email")
    fields = _object_in(answer, "dataFields", number)
    person = fields.get(person_field)
    memory = _object_in(answer, "miradot", number)
    sent = memory.get("sent", [])
    return Contact(
        id=identity,
        email=email.strip().lower() if isinstance(email, str) and email.strip() else None,
        status=_status_of(answer, number),
        person=person if isinstance(person, str) and person else None,
        shares=cast("dict[str, Share]", _object_in(memory, "shares", number)),
        sent=frozenset(sent) if isinstance(sent, list) else NOTHING_SENT,
    )


def _status_of(answer: Mapping[str, object], number: int) -> str:
    """Give the e-mail status; a contact that has channels but no e-mail has no subscription."""
    if "channelProperties" not in answer:
        raise ContactError(f"contact {number} has no channelProperties; ask for them with include")
    channels = _object_in(answer, "channelProperties", number)
    if "email" not in channels:
        return "noSubscription"
    status = _object_in(channels, "email", number).get("status")
    return status if isinstance(status, str) else "(no status)"


def _object_in(holder: Mapping[str, object], member: str, number: int) -> Mapping[str, object]:
    value = holder.get(member)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ContactError(f'contact {number}: "{member}" is not an object')
    return value

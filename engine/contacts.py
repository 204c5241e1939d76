"""What the target answered about contacts, and what was sent for them before.

A compiled mapping asks one question, `find(person, address)`; it never reaches out itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.lock import ContactAnswer, TargetLock
from engine.runtime.amounts import Share
from engine.runtime.values import read_instant

NO_SHARES: Mapping[str, Share] = {}
NOTHING_SENT: frozenset[str] = frozenset()
_MEMORY = "miradot"


class ContactError(ValueError):
    """An answer about a contact that cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact as the target gave it.

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
        if by_email is not None and by_person is not None:
            return by_email, by_email.id != by_person.id
        found = by_email or by_person
        claimed_by = found.person if found is not None else None
        return found, claimed_by is not None and claimed_by != person


UNASKED = Contacts(asked=False)


@dataclass(frozen=True, slots=True)
class ContactForm:
    """How a mapping wants contacts read.

    `person_field` is the data field that carries the person key; `members` are what each share
    must hold, and whether it is `money` (decimal text) or an `instant` (ISO 8601 with a zone).
    """

    target: TargetLock
    person_field: str
    members: Mapping[str, str]


def read_contacts(answers: Iterable[object], form: ContactForm) -> Contacts:
    """Give the contacts in the target's answers, with all their channels.

    Raises ContactError when an answer is not a contact, or two answers claim one address or person.
    """
    by_email: dict[str, Contact] = {}
    by_person: dict[str, Contact] = {}
    for number, answer in enumerate(answers, 1):
        contact = _Answer(answer, number, form.target, form).read()
        for index, key in ((by_email, contact.email), (by_person, contact.person)):
            if key is not None and index.setdefault(key, contact) is not contact:
                raise ContactError(f"contact {number} repeats the key of an earlier contact")
    return Contacts(asked=True, by_email=by_email, by_person=by_person)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer being read."""

    answer: object
    number: int
    target: TargetLock
    wanted: ContactForm

    def read(self) -> Contact:
        """Give the contact."""
        form = self.target.contact
        answer = self._object(self.answer, "the answer")
        identity = answer.get(form.id)
        if not isinstance(identity, int) or isinstance(identity, bool):
            raise ContactError(f"contact {self.number} has no {form.id}")
        email = self._walk(answer, form.email)
        person = self._member(answer, form.fields).get(self.wanted.person_field)
        memory = self._member(answer, _MEMORY)
        sent = memory.get("sent", [])
        return Contact(
            id=identity,
            email=email.strip().lower() if isinstance(email, str) and email.strip() else None,
            status=self._status(answer, form),
            person=person if isinstance(person, str) and person else None,
            shares={
                key: self._share(key, share)
                for key, share in self._member(memory, "shares").items()
            },
            sent=frozenset(sent) if isinstance(sent, list) else NOTHING_SENT,
        )

    def _share(self, key: str, share: object) -> Share:
        given = self._object(share, f"the share of {key}")
        for member, kind in self.wanted.members.items():
            readable = (
                read_instant(given.get(member))
                if kind == "instant"
                else _is_amount(given.get(member))
            )
            if not readable:
                raise ContactError(f"contact {self.number}: the share of {key} has no {member}")
        if not isinstance(given.get("counts"), bool) or not isinstance(given.get("currency"), str):
            raise ContactError(
                f"contact {self.number}: the share of {key} needs counts and currency"
            )
        return given

    def _status(self, answer: Mapping[str, object], form: ContactAnswer) -> str:
        """Give the channel's status, or the contact's own where that one says less."""
        if form.channels not in answer:
            raise ContactError(
                f"contact {self.number} has no {form.channels}; ask for them with include"
            )
        channels = self._member(answer, form.channels)
        status = self._member(channels, form.channel).get(form.channel_status)
        if form.channel not in channels:
            status = form.without_channel
        overall = answer.get(form.overall_status)
        marketable = {one.code for one in self.target.email_statuses if one.marketable}
        if isinstance(overall, str) and overall not in marketable and status in marketable:
            return overall
        return status if isinstance(status, str) else "(no status)"

    def _walk(self, answer: Mapping[str, object], path: str) -> object:
        *objects, member = path.split(".")
        for name in objects:
            answer = self._member(answer, name)
        return answer.get(member)

    def _member(self, holder: Mapping[str, object], member: str) -> Mapping[str, object]:
        value = holder.get(member)
        return {} if value is None else self._object(value, f'"{member}"')

    def _object(self, value: object, name: str) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise ContactError(f"contact {self.number}: {name} is not an object")
        return value


def _is_amount(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,3})?", value) is not None


def expand_answers(answers: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """Give each contact; answers told by address (`{"a@example.com": {…}, …: null}`) are opened."""
    for answer in answers:
        if answer and all("@" in name for name in answer):
            yield from (one for one in answer.values() if isinstance(one, dict))
        else:
            yield answer

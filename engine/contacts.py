"""What the target answered about contacts, and what was sent for them before.

A compiled mapping asks one question, `find(person, address)`; it never reaches out itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.lock import ContactAnswer, Status, TargetLock
from engine.runtime.amounts import Share
from engine.runtime.values import read_email, read_instant

NO_SHARES: Mapping[str, Share] = {}
NOTHING_SENT: frozenset[str] = frozenset()
_MEMORY = "miradot"
# Stands for a status that cannot be read; no target has it, so nothing is decided about it.
NO_STATUS = "(no status)"


class ContactError(ValueError):
    """An answer about a contact that cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact as the target gave it.

    `email` is None where it has no address that can be read; `status` is its e-mail status;
    `person` the person key it carries; `shares` and `sent` are our own memory: what each earlier
    record contributed, and the ids of calls already sent.
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
    must hold, and whether it is `money` (decimal text) or an `instant` (ISO 8601 with a zone);
    `digits` are the decimals of each currency.
    """

    target: TargetLock
    person_field: str
    members: Mapping[str, str]
    digits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Memory:
    """What we remember of a person, in the place of what answers tell of it.

    `shares` are what earlier records contributed, as they were stored; `read` are those of them
    that were read before, and takes in the others. `sent` are the ids of calls already sent.
    """

    shares: Mapping[str, object]
    sent: Collection[str]
    read: dict[str, Share]

    def read_shares(self, read_share: Callable[[str, object], Share]) -> dict[str, Share]:
        """Give every share as it is read; raises what reading one raises."""
        for key, share in self.shares.items():
            if key not in self.read:
                self.read[key] = read_share(key, share)
        return {key: self.read[key] for key in self.shares}


def read_contacts(
    answers: Iterable[object], form: ContactForm, memory: Memory | None = None
) -> Contacts:
    """Give the contacts in the target's answers, with all their channels.

    Any JSON is read or refused: ContactError is raised when an answer is not a contact, or two
    answers are about one contact, address or person. With a `memory` each contact has that one.
    """
    by_id: dict[object, Contact] = {}
    by_email: dict[object, Contact] = {}
    by_person: dict[object, Contact] = {}
    for number, answer in enumerate(answers, 1):
        contact = _Answer(answer, number, form).read(memory)
        keys = {
            form.target.contact.id: (by_id, contact.id),
            "address": (by_email, contact.email),
            f"person key ({form.person_field})": (by_person, contact.person),
        }
        for what, (index, key) in keys.items():
            if key is not None and (first := index.setdefault(key, contact)) is not contact:
                raise ContactError(_tell_twice(first.id, contact.id, what))
    return Contacts(
        asked=True,
        by_email={one.email: one for one in by_id.values() if one.email is not None},
        by_person={one.person: one for one in by_id.values() if one.person is not None},
    )


def _tell_twice(first: int, second: int, what: str) -> str:
    if first == second:
        return f"contact {first} is there twice; one answer about it is enough"
    return f"contacts {first} and {second} have the same {what}, which only one of them can have"


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer being read."""

    answer: object
    number: int
    wanted: ContactForm

    def read(self, memory: Memory | None) -> Contact:
        """Give the contact."""
        form = self.wanted.target.contact
        answer = self._object(self.answer, "the answer")
        identity = answer.get(form.id)
        if not isinstance(identity, int) or isinstance(identity, bool) or identity < 1:
            raise ContactError(f"contact {self.number} has no {form.id}")
        email = self._email(answer, form)
        shares, sent = self._recall(answer, memory)
        return Contact(
            id=identity,
            email=email,
            status=self._status(answer, form, reachable=email is not None),
            person=self._text(
                self._member(answer, form.fields).get(self.wanted.person_field),
                self.wanted.person_field,
            ),
            shares=shares,
            sent=sent,
        )

    def _recall(
        self, answer: Mapping[str, object], memory: Memory | None
    ) -> tuple[Mapping[str, Share], frozenset[str]]:
        """Give what earlier records contributed and what was sent, told or remembered."""
        if memory is not None:
            return memory.read_shares(self._share), frozenset(memory.sent)
        told = self._member(answer, _MEMORY)
        shares = self._member(told, "shares").items()
        return {key: self._share(key, share) for key, share in shares}, self._sent(told)

    def _email(self, answer: Mapping[str, object], form: ContactAnswer) -> str | None:
        """Give the address as orders give it, in small letters; None for one of another form."""
        *objects, member = form.email.split(".")
        for name in objects:
            answer = self._member(answer, name)
        text = read_email(self._text(answer.get(member), form.email))
        return text.lower() if text is not None else None

    def _sent(self, memory: Mapping[str, object]) -> frozenset[str]:
        sent = memory.get("sent")
        if sent is None:
            return NOTHING_SENT
        if not isinstance(sent, list) or not all(isinstance(one, str) for one in sent):
            raise ContactError(f'contact {self.number}: "sent" is not a list of texts')
        return frozenset(sent)

    def _share(self, key: str, share: object) -> Share:
        given = dict(self._object(share, f"the share of {key}"))
        currency = given.get("currency")
        if not isinstance(given.get("counts"), bool) or not isinstance(currency, str):
            raise ContactError(
                f"contact {self.number}: the share of {key} needs counts and currency"
            )
        for member, kind in self.wanted.members.items():
            value = given.get(member)
            if kind == "instant":
                given[member] = readable = read_instant(value)
            else:
                readable = _amount(value, self.wanted.digits.get(currency))
            if readable is None:
                raise ContactError(f"contact {self.number}: the share of {key} has no {member}")
        return given

    def _status(self, answer: Mapping[str, object], form: ContactAnswer, *, reachable: bool) -> str:
        """Give what the channel and the contact itself allow together: never more than either.

        What cannot be read in either of them counts as unknown, which decides nothing. Without a
        readable address there is nobody to mail.
        """
        if form.channels not in answer:
            raise ContactError(
                f"contact {self.number} has no {form.channels}; ask for them with include"
            )
        channels = self._member(answer, form.channels)
        said = [form.without_channel]
        if form.channel in channels:
            said = [self._known(self._member(channels, form.channel).get(form.channel_status))]
        if form.overall_status in answer:
            said.append(self._known(answer[form.overall_status]))
        if not reachable:
            said.append(form.without_channel)
        return min(said, key=self._reach)

    def _known(self, status: object) -> str:
        """Give a status as it is told; what is no status of a contact is none that can be read."""
        none = self.wanted.target.no_contact
        return status if isinstance(status, str) and status not in ("", none) else NO_STATUS

    def _reach(self, status: str) -> int:
        """Rank statuses: unknown, erased, barred, marketable."""
        codes = self.wanted.target.email_statuses
        known: Status | None = next((one for one in codes if one.code == status), None)
        if known is None:
            return 0
        return 1 if known.erased else 3 if known.marketable else 2

    def _text(self, value: object, name: str) -> str | None:
        """Give a text, or None where there is none; anything else cannot be read."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise ContactError(f'contact {self.number}: "{name}" is not a text')
        return value.strip() or None

    def _member(self, holder: Mapping[str, object], member: str) -> Mapping[str, object]:
        value = holder.get(member)
        return {} if value is None else self._object(value, f'"{member}"')

    def _object(self, value: object, name: str) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise ContactError(f"contact {self.number}: {name} is not an object")
        return value


def _amount(value: object, digits: int | None) -> str | None:
    """Give decimal text that is an amount of a currency with so many decimals, else None."""
    if not isinstance(value, str) or digits is None:
        return None
    found = re.fullmatch(r"[0-9]{1,12}(?:\.([0-9]{1,3}))?", value)
    return value if found is not None and len(found[1] or "") <= digits else None


def expand_answers(answers: Iterable[Mapping[str, object]]) -> Iterator[object]:
    """Give each contact; answers told by address (`{"a@example.com": {…}, …: null}`) are opened.

    Only null says that there is no contact; whatever else stands there is an answer to be read.
    """
    for answer in answers:
        if answer and all("@" in name for name in answer):
            yield from (one for one in answer.values() if one is not None)
        else:
            yield answer

"""What is known of a person when an order is planned: Dotdigital's answers and our own memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from engine.clock import write_time
from engine.connections.outcomes import Done, Failed, Outcome, Throttled, Unknown
from engine.contacts import Contact, ContactForm, Contacts, Memory, read_contacts
from engine.runtime.amounts import Share
from engine.state.orders import LedgerRow
from engine.state.people import Mirrored
from engine.sync.flow import Question
from engine.sync.worker import Worker

Answer = dict[str, Any]


class ContactGone(Exception):  # noqa: N818 - what Dotdigital says, no fault of ours
    """The contact to whom a person is tied is no longer there; an order must not bring it back."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(contact_id)
        self.contact_id = contact_id


class ContactRefused(Exception):  # noqa: N818 - what Dotdigital says, no fault of ours
    """Dotdigital refuses to tell of a contact; its words."""


_READING = "contacts.read"
_MANY_ATTEMPTS = 5


class NotNow(Exception):  # noqa: N818 - a wait, no fault
    """Dotdigital could not be asked now; `seconds` are to pass at least.

    `cause` is the kind of outcome, `operation` what was asked for and `status` HTTP's, '' and 0
    where there is none: for the log.
    """

    def __init__(
        self,
        why: str,
        seconds: float = 0.0,
        *,
        cause: str = "Failed",
        operation: str = "",
        status: int = 0,
    ) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.cause = cause
        self.operation = operation
        self.status = status


def tell_wait(worker: Worker, attempts: int, wait: NotNow) -> None:
    """Log that something is tried again: what mends itself goes quietly, but not for long."""
    told: dict[str, object] = {"attempts": attempts, "cause": wait.cause}
    told |= {"operation": wait.operation} if wait.operation else {}
    told |= {"status": wait.status} if wait.status else {}
    log = worker.talk.warning if attempts >= _MANY_ATTEMPTS else worker.talk.info
    log("to be tried again", **told)


@dataclass(slots=True)
class Knowledge:
    """One person's contacts as told at `read_at`, and what earlier orders left behind.

    `decided` is the contact that people chose; then no other one counts.
    """

    person: str
    form: ContactForm
    anchor: int | None
    decided: bool
    shares: dict[str, dict[str, Any]]
    sent: set[str]
    answers: dict[int, Answer] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)
    read_at: datetime | None = None
    tried: set[str] = field(default_factory=set)
    """Addresses under which a contact may have been created, by a call without an answer."""
    _read: dict[str, Share] = field(default_factory=dict)
    """Shares as they were read: somebody may have hundreds, and is asked about for each order."""

    def contacts(self) -> Contacts:
        """Give the answers with our memory; raises ContactError where one cannot be read."""
        told = []
        for number, answer in self.answers.items():
            if self.decided and number != self.anchor:
                continue
            told.append(self._claimed(answer) if number == self.anchor else answer)
        return read_contacts(told, self.form, Memory(self.shares, self.sent, self._read))

    def _claimed(self, answer: Answer) -> Answer:
        """Give the anchor as this person's, unless Dotdigital says it is somebody else's."""
        fields = dict(answer.get(self.form.target.contact.fields) or {})
        if self.decided or not fields.get(self.form.person_field):
            fields[self.form.person_field] = self.person
        return {**answer, self.form.target.contact.fields: fields}

    def learn(self, answer: object, now: datetime) -> int | None:
        """Take in what Dotdigital told of a contact; give its number."""
        number = answer.get(self.form.target.contact.id) if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or not isinstance(number, int):
            return None
        self.answers[number] = strip_answer(answer, self.form)
        self.read_at = now
        return number

    def remember(self, order_key: str, share: dict[str, Any], sent: Iterable[str]) -> None:
        """Take in what an order adds."""
        self.shares[order_key] = share
        self._read.pop(order_key, None)
        self.sent |= set(sent)


def strip_answer(answer: Mapping[str, Any], form: ContactForm) -> Answer:
    """Give of a contact only what a decision needs: number, address, status and person key."""
    told = form.target.contact
    fields = answer.get(told.fields)
    person = fields.get(form.person_field) if isinstance(fields, dict) else None
    kept = {
        told.id: answer.get(told.id),
        told.channels: {},
        told.fields: {} if person is None else {form.person_field: person},
    }
    if told.channels not in answer:
        del kept[told.channels]
    channels = answer.get(told.channels)
    if isinstance(channels, dict) and told.channel in channels:
        channel = channels[told.channel]
        status = channel.get(told.channel_status) if isinstance(channel, dict) else None
        kept[told.channels] = {told.channel: {told.channel_status: status}}
    if told.overall_status in answer:
        kept[told.overall_status] = answer[told.overall_status]
    holder, *rest = told.email.split(".")
    if holder in answer:
        member = rest[0] if rest else ""
        inside = answer[holder]
        email = inside.get(member) if isinstance(inside, dict) else None
        kept[holder] = {member: email}
    return deepcopy(kept)


def mirrored(answer: Answer, form: ContactForm, now: datetime) -> Mirrored | None:
    """Give a contact as the mirror keeps it; None for an answer that is no contact."""
    kept = strip_answer(answer, form)
    number = kept.get(form.target.contact.id)
    if not isinstance(number, int):
        return None
    holder, *rest = form.target.contact.email.split(".")
    email = (kept.get(holder) or {}).get(rest[0] if rest else "")
    person = kept[form.target.contact.fields].get(form.person_field)
    return Mirrored(
        contact_id=number,
        email=email.strip().lower() if isinstance(email, str) else None,
        status=status_of(kept, form),
        person=person if isinstance(person, str) else None,
        answer=kept,
        read_at=write_time(now),
    )


def status_of(answer: Answer, form: ContactForm) -> str:
    """Give the e-mail status of a stripped answer, for people to read."""
    told = form.target.contact
    channel = (answer.get(told.channels) or {}).get(told.channel) or {}
    return str(channel.get(told.channel_status) or answer.get(told.overall_status) or "")


def recall(
    person: str,
    form: ContactForm,
    anchor: tuple[int | None, bool],
    ledger: Iterable[LedgerRow],
    sent: Iterable[str],
) -> Knowledge:
    """Give what we remember of a person; nobody has been asked yet."""
    shares = {one.order_key: orjson.loads(one.share) for one in ledger}
    return Knowledge(person, form, anchor[0], anchor[1], shares, set(sent))


def read_live(worker: Worker, known: Knowledge, question: Question) -> None:
    """Ask Dotdigital about a person now: by anchor, and by an address that is new.

    Raises ContactGone and ContactRefused, and NotNow where there is no answer.
    """
    now = worker.now
    if known.anchor is not None and known.anchor not in known.answers:
        found = _body(worker.client.read_contact("contactId", known.anchor))
        if found is None:
            raise ContactGone(known.anchor)
        known.learn(found, now)
    tried = sorted(known.tried - {question.address}) if known.anchor is None else []
    for address in (*tried, question.address):
        if address not in known.addresses and not _is_known_address(known, address):
            _read_address(worker, known, address)
        known.addresses.add(address)


def _read_address(worker: Worker, known: Knowledge, address: str) -> None:
    now = worker.now
    try:
        found = _body(worker.client.read_contact("email", address))
    except ValueError as error:
        raise ContactRefused(str(error)) from None
    if found is not None:
        known.learn(found, now)
    known.read_at = known.read_at or now


def _is_known_address(known: Knowledge, address: str) -> bool:
    holder, *rest = known.form.target.contact.email.split(".")
    return any(
        str((one.get(holder) or {}).get(rest[0] if rest else "")).strip().lower() == address
        for one in known.answers.values()
    )


def _body(outcome: Outcome) -> object:
    if isinstance(outcome, Done):
        return outcome.body
    if isinstance(outcome, Throttled):
        told = "Dotdigital asks for a pause"
        raise NotNow(told, outcome.seconds, cause="Throttled", operation=_READING)
    if isinstance(outcome, Failed | Unknown):
        raise NotNow(outcome.why, operation=_READING, status=outcome.status)
    raise ContactRefused(f"{outcome.code} {outcome.said}".strip())


def find_contact(contacts: Contacts, question: Question | None) -> Contact | None:
    """Give the contact an order leads to, None where there is none or two disagree."""
    if question is None:
        return None
    contact, disagree = contacts.find(question.person, question.address)
    return None if disagree else contact

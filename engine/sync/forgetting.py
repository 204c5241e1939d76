"""Forgetting a person: found by any identifier, gone here at once, in Dotdigital as soon as it can.

Find → ask Dotdigital by address → one transaction (rows go, tombstones and deletions stand) →
delete in Dotdigital, now and by later cycles → rebuild the database without the bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from engine.connections.outcomes import Done, Outcome, Throttled
from engine.problem import Failure
from engine.runtime.people import mask
from engine.state.database import Connection
from engine.state.erasure import (
    Deletion,
    ask_deletion,
    count_rows,
    delay_deletion,
    end_deletion,
    erase_person,
    list_deletions,
)
from engine.state.finding import (
    Found,
    calls_under_way,
    find_person,
    find_traces,
    mails_of,
    payloads_of,
    payloads_of_nobody,
    subjects_of_contacts,
    subjects_of_mail,
    subjects_of_order,
)
from engine.state.hashes import Kind
from engine.state.tombstones import bury, is_buried
from engine.sync.account import collections_of
from engine.sync.flow import PayloadError, read_payload
from engine.sync.knowledge import status_of
from engine.sync.worker import Worker

_BINNED = "binned"
"""A contact that was deleted; Dotdigital's recycle bin keeps it up to 30 days."""
By = Literal["order", "email", "person", "customer", "contact"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """What a person is known by; a contact is known by its number."""

    by: By
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever was found: all they go by, and how much there is of them, by table.

    `buried` says that the identifier has a tombstone already; `under_way` counts calls that left
    and are not answered yet.
    """

    found: Found
    addresses: frozenset[str]
    rows: dict[str, int]
    buried: bool
    under_way: int

    @property
    def is_known(self) -> bool:
        """Whether there is anything to erase."""
        return bool(self.rows or self.found.contacts)

    def masked(self) -> list[str]:
        """Give the addresses for people to read."""
        return sorted({str(mask(one)) for one in self.addresses})


@dataclass(slots=True)
class Erased:
    """What an erasure did: rows by table, contacts deleted and owed, traces that were left."""

    rows: dict[str, int] = field(default_factory=dict)
    deletions: Counter[str] = field(default_factory=Counter)
    traces: dict[str, int] = field(default_factory=dict)


def find(worker: Worker, identifier: Identifier) -> Person:
    """Give whoever an identifier leads to; Dotdigital is asked about their addresses.

    Raises Failure for an identifier that cannot be one, and where Dotdigital gives no answer.
    """
    kind, name = _kind_of(worker, identifier)
    with worker.transaction() as connection:
        buried = bool(is_buried(connection, worker.tombstone_key, kind, [name]))
        start = Found(_subjects(worker, connection, identifier, name))
        if identifier.by == "contact":
            start.contacts.add(int(name))
        start.subjects |= _held_early(worker, connection, start.subjects, name.lower())
        found = find_person(connection, start)
        texts = payloads_of(connection, found)
        addresses = mails_of(connection, found.contacts)
    addresses |= addresses_of(worker, texts)
    addresses |= {name.lower()} if identifier.by == "email" else set()
    if identifier.by == "contact":
        known = _read_mail(worker, int(name))
        found.contacts -= set() if known or found.subjects else {int(name)}
        addresses |= known
    live = _ask(worker, addresses, found.subjects, trusted=name if kind == "address" else "")
    with worker.transaction() as connection:
        found = find_person(connection, Found(found.subjects, found.orders, found.contacts | live))
        rows = count_rows(connection, found)
        under_way = calls_under_way(connection, found.subjects)
    return Person(found, frozenset(addresses), rows, buried, under_way)


def erase(worker: Worker, person: Person, identifier: Identifier) -> Erased:
    """Erase a person here, and delete their contacts in Dotdigital as far as it lets us now."""
    done = Erased()
    kind, name = _kind_of(worker, identifier)
    key, now = worker.tombstone_key, worker.now
    with worker.transaction() as connection:
        # What came since the look is theirs as well.
        found = find_person(connection, person.found)
        texts = payloads_of(connection, found)
        addresses = person.addresses | mails_of(connection, found.contacts)
        addresses |= addresses_of(worker, texts)
        done.rows = erase_person(connection, key, found, addresses, now)
        bury(connection, key, kind, name, now)
    done.deletions = deliver_deletions(worker)
    if person.under_way:
        _look_again(worker, addresses, found.subjects)
        done.deletions += deliver_deletions(worker)
    named = [identifier.value] if identifier.by in ("order", "email", "customer") else []
    words = (*named, *found.subjects, *sorted(addresses), *(order for _, order in found.orders))
    with worker.transaction() as connection:
        done.traces = find_traces(connection, words)
    return done


def deliver_deletions(worker: Worker) -> Counter[str]:
    """Delete in Dotdigital whoever was erased here and is due; give how many, and how many wait."""
    figures = Counter[str]()
    with worker.transaction() as connection:
        due = list_deletions(connection, worker.now)
    for one in due:
        outcome = _delete(worker, one)
        with worker.transaction() as connection:
            if isinstance(outcome, Done):
                end_deletion(connection, one, worker.now)
            else:
                seconds = outcome.seconds if isinstance(outcome, Throttled) else 0.0
                delay_deletion(connection, one, worker.wait_for(one.attempts, at_least=seconds))
        figures["deleted" if isinstance(outcome, Done) else "owed"] += 1
        if not isinstance(outcome, Done):
            cause = type(outcome).__name__
            worker.talk.warning("contact not deleted yet", attempts=one.attempts + 1, cause=cause)
    return figures


def _delete(worker: Worker, deletion: Deletion) -> Outcome:
    """Delete the records of a contact, then the contact: records do not follow it."""
    for name in _collections(worker):
        outcome = worker.client.delete_records(deletion.contact_id, name)
        if not isinstance(outcome, Done):
            return outcome
    return worker.client.delete_contact(deletion.contact_id)


def _collections(worker: Worker) -> list[str]:
    """Give the collections in which contacts may have records of ours."""
    target = worker.flow.target
    known = [name for name, one in target.insight.collections.items() if not one.prefix]
    named = set(known) | set(collections_of(worker.flow))
    found = [(name, target.collection(name)) for name in sorted(named)]
    return [name for name, one in found if one is None or one.scope == "contact"]


def _kind_of(worker: Worker, identifier: Identifier) -> tuple[Kind, str]:
    """Give under which kind an identifier is buried, and as what."""
    value = identifier.value.strip()
    if not value:
        raise Failure(f"--{identifier.by} needs a value")
    if identifier.by == "customer":
        person = worker.flow.person_of(value)
        if not person:
            raise Failure(f'the mapping "{worker.flow.name}" knows no customers')
        return "person", person
    if identifier.by == "contact" and not (value.isascii() and value.isdigit() and int(value)):
        raise Failure("--contact takes a number above 0, as Dotdigital gives it")
    if identifier.by == "email" and value.count("@") != 1:
        raise Failure("--email takes one address")
    kinds: dict[By, Kind] = {"email": "address", "order": "order", "contact": "contact"}
    return kinds.get(identifier.by, "person"), value


def _subjects(
    worker: Worker, connection: Connection, identifier: Identifier, name: str
) -> set[str]:
    if identifier.by == "order":
        return subjects_of_order(connection, name)
    if identifier.by == "email":
        return subjects_of_mail(connection, worker.tombstone_key, name)
    if identifier.by == "contact":
        return subjects_of_contacts(connection, [int(name)])
    return {name}


def _held_early(
    worker: Worker, connection: Connection, subjects: set[str], address: str
) -> set[str]:
    """Give the orders that name a person though they were held before anybody was asked."""
    found: set[str] = set()
    for subject, text in payloads_of_nobody(connection, worker.flow.name):
        try:
            asked = worker.flow.ask(read_payload(text), worker.now)
        except PayloadError:
            continue
        if asked.person in subjects or address in asked.addresses:
            found.add(subject)
    return found


def addresses_of(worker: Worker, texts: Iterable[tuple[str, str]]) -> set[str]:
    """Give every address under which orders of this flow came."""
    found: set[str] = set()
    for flow, text in texts:
        if flow != worker.flow.name:
            continue
        try:
            payload = read_payload(text)
        except PayloadError:
            continue
        found |= set(worker.flow.ask(payload, worker.now).addresses)
    return found


def _ask(worker: Worker, addresses: Iterable[str], subjects: set[str], trusted: str) -> set[int]:
    """Give the contacts that Dotdigital has under addresses, but nobody else's.

    One that carries another person's key is theirs, unless it was asked for by its own address.
    """
    form = worker.flow.form
    numbers: set[int] = set()
    for address in sorted(addresses):
        body = _read(worker, "email", address)
        if body is None or status_of(body, form) == _BINNED:
            continue
        fields = body.get(form.target.contact.fields)
        person = fields.get(form.person_field) if isinstance(fields, dict) else None
        if not person or person in subjects or address == trusted.lower():
            numbers.add(int(str(body[form.target.contact.id])))
    return numbers


def _read(
    worker: Worker, by: Literal["email", "contactId"], value: str | int
) -> dict[str, object] | None:
    try:
        outcome = worker.client.read_contact(by, value)
    except ValueError:
        # No contact can have such an address.
        return None
    if not isinstance(outcome, Done):
        raise Failure("Dotdigital could not be asked who it knows; nothing was erased")
    return outcome.body if isinstance(outcome.body, dict) else None


def _read_mail(worker: Worker, number: int) -> set[str]:
    """Give the address of a contact, as Dotdigital tells it now."""
    body = _read(worker, "contactId", number)
    holder, _, member = worker.flow.form.target.contact.email.partition(".")
    inside = body.get(holder) if body is not None else None
    email = inside.get(member) if isinstance(inside, dict) else None
    return {email.strip().lower()} if isinstance(email, str) else set()


def _look_again(worker: Worker, addresses: Iterable[str], subjects: set[str]) -> None:
    """Look for contacts that a call made which was under way when the person was erased."""
    made = _ask(worker, addresses, subjects, trusted="")
    with worker.transaction() as connection:
        for number in sorted(made):
            if not is_buried(connection, worker.tombstone_key, "contact", [str(number)]):
                bury(connection, worker.tombstone_key, "contact", str(number), worker.now)
                ask_deletion(connection, number, worker.now)

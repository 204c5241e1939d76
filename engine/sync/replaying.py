"""Replaying: orders that are sent once more are planned anew first, and what people see is told.

A plan is made from what Dotdigital says now, so consent, erasure and ages count again. Looking
ahead writes nothing; sending goes the usual way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.contacts import ContactError, Contacts
from engine.lock import Operation, TargetLock
from engine.mapping import Mapping
from engine.plan import Call, Record
from engine.state.claims import lock_people, revoke_claims
from engine.state.database import Connection
from engine.state.orders import list_ledger
from engine.state.people import find_mirrored, is_decided, read_anchor
from engine.state.reviews import OrderVersion, list_lasting_effects, newest_version
from engine.state.tombstones import is_buried
from engine.sync.flow import PayloadError, Question, read_payload
from engine.sync.knowledge import (
    ContactGone,
    ContactRefused,
    Knowledge,
    NotNow,
    read_live,
    recall,
)
from engine.sync.planning import leave_out_had, send_again
from engine.sync.settling import settle_subject
from engine.sync.worker import Worker

ERASED = "the person was erased; nothing is sent for them again"
PURGED = "what Mirakl gave was purged; it can be sent when Mirakl shows the order again"
_MOST_MOVES = 3


class _Stopped(Exception):  # noqa: N818 - an answer, no fault
    """Nothing would be sent; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """An order that would be sent once more: its plan now, or why there is none."""

    version: OrderVersion
    plan: Record | None = None
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """A call of a plan; `seen` says what a customer would see of it, '' for records."""

    send: str
    operation: str
    seen: str


@dataclass(frozen=True, slots=True)
class Lookout:
    """Plans orders as they would be sent now; `mapping` may be one that masks."""

    worker: Worker
    mapping: Mapping
    live: bool = True
    """Whether Dotdigital is asked; otherwise what it told last counts."""

    def look(self, version: OrderVersion) -> Ahead:
        """Give what would be sent for an order; nothing is written."""
        if not version.payload:
            return Ahead(version, stopped=PURGED)
        try:
            payload = read_payload(version.payload)
        except PayloadError as error:
            return Ahead(version, stopped=f"it cannot be read: {error}")
        question = self.worker.flow.ask(payload, self.worker.now).question
        with self.worker.transaction() as connection:
            if self._is_erased(connection, version, question):
                return Ahead(version, stopped=ERASED)
            known = self._recall(connection, version, question)
        try:
            contacts = self._ask(known, question)
        except _Stopped as stopped:
            return Ahead(version, stopped=str(stopped))
        plan = self.mapping.apply(payload, contacts, self.worker.now)
        plan["calls"] = leave_out_had(plan["calls"], known.sent)
        return Ahead(version, plan)

    def _ask(self, known: Knowledge, question: Question | None) -> Contacts:
        """Give what is known of the contacts; raises _Stopped where nothing can be decided."""
        try:
            if question is not None and self.live:
                read_live(self.worker, known, question)
            return known.contacts()
        except ContactGone:
            why = "the contact is gone from Dotdigital; an order does not bring it back"
        except ContactRefused as refused:
            why = f"Dotdigital refuses to tell of the contact: {refused}"
        except ContactError as error:
            why = f"Dotdigital's answers contradict each other: {error}"
        except NotNow as wait:
            why = f"Dotdigital could not be asked now: {wait}"
        raise _Stopped(why)

    def _is_erased(
        self, connection: Connection, version: OrderVersion, question: Question | None
    ) -> bool:
        key = self.worker.tombstone_key
        people = [version.subject, *([question.person] if question is not None else [])]
        addresses = [question.address] if question is not None else []
        return bool(
            is_buried(connection, key, "person", people)
            or is_buried(connection, key, "order", [version.order_key])
            or is_buried(connection, key, "address", addresses)
        )

    def _recall(
        self, connection: Connection, version: OrderVersion, question: Question | None
    ) -> Knowledge:
        flow = self.worker.flow
        person = question.person if question is not None else version.subject
        anchor = read_anchor(connection, person), is_decided(connection, person)
        ledger = list_ledger(connection, flow.name, person)
        sent = list_lasting_effects(connection, flow.name, person, version.order_key)
        known = recall(person, flow.form, anchor, ledger, sent)
        if question is not None and not self.live:
            found = find_mirrored(
                connection, contact_id=anchor[0], person=person, address=question.address
            )
            known.answers |= {one.contact_id: dict(one.answer) for one in found}
        return known


def name_effects(target: TargetLock, plan: Record) -> Iterator[Effect]:
    """Give the calls of a plan, each with what a customer would see of it."""
    for call in plan["calls"]:
        yield Effect(call["send"], call["operation"], _tell_seen(target, call))


def tell_reach(operation: Operation) -> str:
    """Give what a customer sees of an operation whatever it carries, '' for nothing."""
    if operation.reaches_people == "marketing":
        return "starts a programme that mails the customer"
    return "mails the customer" if operation.reaches_people == "service" else ""


def _tell_seen(target: TargetLock, call: Call) -> str:
    operation = target.operations[call["operation"]]
    if reach := tell_reach(operation):
        return reach
    body = call["body"] if isinstance(call["body"], dict) else {}
    told = []
    if operation.creates_contact:
        marketable = {one.code for one in target.email_statuses if one.marketable}
        channels = body.get("channelProperties") or {}
        if (channels.get(target.contact.channel) or {}).get("status") in marketable:
            told.append("subscribes the customer")
    if operation.lists and body.get("lists"):
        told.append("puts the customer on list " + ", ".join(map(str, body["lists"])))
    return " and ".join(told)


def reopen(worker: Worker, orders: Iterable[str]) -> list[OrderVersion]:
    """Let orders wait again, with every call that may be repeated; give what waits."""
    flow = worker.flow.name
    with worker.transaction() as connection:
        found = [newest_version(connection, flow, key) for key in orders]
        waiting = [one for one in found if one is not None]
        lock_people(connection, {one.subject for one in waiting})
        for version in waiting:
            revoke_claims(connection, version.subject)
            send_again(connection, flow, version.order_key)
    return waiting


def deliver(worker: Worker, versions: Sequence[OrderVersion]) -> list[OrderVersion]:
    """Deliver whatever waits of the people of some orders; give how each order ended.

    Those whom another worker holds are delivered by it.
    """
    for subject in dict.fromkeys(one.subject for one in versions):
        _deliver_subject(worker, subject)
    for _ in range(_MOST_MOVES):
        # An order may turn out to be another person's.
        ended = _read_again(worker, versions)
        given = {one.subject for one in versions}
        moved = {one.subject for one in ended if one.outcome is None} - given
        if not moved:
            return ended
        for subject in sorted(moved):
            _deliver_subject(worker, subject)
        versions = ended
    return _read_again(worker, versions)


def _deliver_subject(worker: Worker, subject: str) -> None:
    with worker.transaction() as connection:
        claim = worker.claimant.claim_subject(connection, subject, worker.now)
    if claim is not None:
        settle_subject(worker, claim)


def _read_again(worker: Worker, versions: Sequence[OrderVersion]) -> list[OrderVersion]:
    with worker.transaction() as connection:
        found = [newest_version(connection, one.flow, one.order_key) for one in versions]
    return [one for one in found if one is not None]

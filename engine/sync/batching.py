"""The batch lane: many people at once, on the mirror, by imports whose reports are read.

Begin every turn → create who is new → plan every version → import the latest figures of each person
→ import all records → do alone what cannot be imported → end the versions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.connections.answers import StopError
from engine.contacts import ContactError
from engine.mapping import Probed
from engine.plan import Call
from engine.state.claims import (
    Claim,
    ClaimLost,
    hold_claim,
    release_claim,
    renew_claims,
    revoke_claims,
)
from engine.state.database import Connection, DatabaseUnavailable
from engine.state.exceptions import Raised
from engine.state.orders import Waiting
from engine.state.outbox import SENDING, SUPERSEDED, Plan, end_calls, lock_calls, write_calls
from engine.state.parts import in_parts
from engine.state.people import (
    ConsentEvent,
    find_mirrored,
    mirror_contacts,
    note_consent,
    set_anchor,
)
from engine.sync.bulk_items import CONTACTS, INSIGHT, BulkItem, as_creation, as_item
from engine.sync.causes import raise_cause
from engine.sync.erased import was_erased
from engine.sync.flow import PayloadError, read_payload
from engine.sync.imports import Entry, Fate, Importer
from engine.sync.knowledge import NotNow, mirrored
from engine.sync.planning import (
    Planned,
    Turn,
    begin_turn,
    finish_in,
    note_figures,
    plan_version,
    send_again,
)
from engine.sync.releasing import give_back
from engine.sync.settling import Delivery, ask_about, settle_turn, settle_version_live
from engine.sync.worker import Worker

_AT_ONCE = 100
"""Turns per transaction: others must not wait long for the database."""


@dataclass(slots=True)
class Batched:
    """A version of the batch: its plan, the calls that travel, and the rows that cannot."""

    turn: Turn
    planned: Planned
    items: list[tuple[int, BulkItem]] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    refusals: list[Raised] = field(default_factory=list)
    contact: int | None = None
    """The contact that an import updated for it."""


@dataclass(slots=True)
class BatchRun:
    """Claims of one worker, settled together."""

    worker: Worker
    claims: Sequence[Claim]
    _turns: dict[str, Turn] = field(default_factory=dict)
    _later: dict[str, float] = field(default_factory=dict)
    _planned: list[Batched] = field(default_factory=list)
    _kept: datetime | None = None

    def __post_init__(self) -> None:
        # By name, as whoever locks people does; see lock_people.
        self.claims = sorted(self.claims, key=lambda one: one.subject)

    def run(self) -> None:
        """Settle every claim, and give all of them back."""
        try:
            self._run()
        except DatabaseUnavailable:
            self.worker.owed.extend(self.claims)
            raise

    def _run(self) -> None:
        try:
            self._begin()
            self._ask_for_unmirrored()
            self._create()
            self._plan()
            self._import()
            self._finish()
        except NotNow as wait:
            self._later |= dict.fromkeys(self._turns, wait.seconds)
            self.worker.talk.warning("batch to be tried again", cause=wait.cause)
        except StopError:
            give_back(self.worker, self.claims)
            raise
        self._release()

    def _begin(self) -> None:
        for claims in in_parts(self.claims, _AT_ONCE):
            with self.worker.transaction() as connection:
                for claim in claims:
                    try:
                        self._turns[claim.subject] = begin_turn(self.worker, connection, claim)
                    except ClaimLost:
                        continue
        for turn in self._turns.values():
            self._learn(turn)

    def _learn(self, turn: Turn) -> None:
        """Take in what the mirror holds about a person."""
        questions = [ask_about(self.worker, one) for one in turn.waiting]
        with self.worker.transaction() as connection:
            for question in questions:
                if question is None or question.address in turn.known.addresses:
                    continue
                found = find_mirrored(
                    connection,
                    contact_id=turn.known.anchor,
                    person=question.person,
                    address=question.address,
                )
                for one in found:
                    turn.known.answers[one.contact_id] = dict(one.answer)
                turn.known.addresses.add(question.address)

    def _ask_for_unmirrored(self) -> None:
        """Settle alone whoever is tied to a contact that the mirror does not hold, or may be."""
        for turn in list(self._turns.values()):
            anchor = turn.known.anchor
            gone = anchor is not None and anchor not in turn.known.answers
            if gone or turn.known.tried:
                self._settle_alone(turn)

    def _create(self) -> None:
        """Create the contacts of people whom Dotdigital does not know."""
        entries: list[Entry] = []
        found: dict[int, tuple[Turn, Waiting, Call]] = {}
        for turn in list(self._turns.values()):
            made = self._find_creation(turn)
            if made is None:
                continue
            version, probed, call = made
            item = as_creation(self.worker.flow.target, probed.plan, call)
            try:
                row = self._write(turn, version, call, probed)
            except ClaimLost:
                del self._turns[turn.claim.subject]
                continue
            if item is None:
                self._create_alone(turn, version, call, row)
                continue
            found[row] = (turn, version, call)
            entries.append(Entry(row, item.key, item.item))
        if entries:
            fates = Importer(self.worker, CONTACTS, "", self._keep).run(entries)
            for entry in entries:
                self._take_creation(found[entry.row], entry, fates[entry.row])

    def _find_creation(self, turn: Turn) -> tuple[Waiting, Probed, Call] | None:
        """Give the call that creates a person's contact, with the version that plans it."""
        flow = self.worker.flow
        try:
            contacts = turn.known.contacts()
        except ContactError:
            return None
        for version in turn.waiting:
            try:
                payload = read_payload(version.payload)
            except PayloadError:
                return None
            probed = flow.mapping.apply(payload, contacts, self.worker.now)
            for call in probed.plan["calls"]:
                if flow.target.operations[call["operation"]].creates_contact:
                    return version, probed, call
        return None

    def _create_alone(self, turn: Turn, version: Waiting, call: Call, row: int) -> None:
        """Create a contact by a call of its own, which is refused when the contact exists."""
        delivery = Delivery(self.worker, turn, Planned(version, [], [(row, call)]))
        made: list[bool] = []
        self._alone(turn, lambda: made.append(delivery.make_first()))
        turn.known.read_at = None
        if made == [False]:
            # Refused, or there already: it is told, or found, when the person is settled alone.
            self._settle_alone(turn)

    def _write(self, turn: Turn, version: Waiting, call: Call, probed: Probed) -> int:
        """Put a creation on record, with the figures that it carries."""
        flow, worker = self.worker.flow, self.worker
        owner = Plan(flow.name, version.id, version.order_key, turn.claim.subject, flow.sha256)
        with worker.transaction() as connection:
            hold_claim(connection, turn.claim)
            note_figures(worker, connection, turn, version, probed)
            return write_calls(connection, owner, [call], SENDING, worker.now)[0]

    def _take_creation(self, made: tuple[Turn, Waiting, Call], entry: Entry, fate: Fate) -> None:
        """Take in what became of a creation."""
        turn, version, call = made
        known, worker = turn.known, self.worker
        with worker.transaction() as connection:
            number = fate.contact_id
            erased = number is not None and was_erased(worker, connection, turn.claim, number)
            if erased or not self._holds(connection, turn, version):
                turn.waiting = []
                return
        if fate.contact_id is None:
            # Refused, or there already: it is told, or found, when the person is settled alone.
            self._settle_alone(turn)
            return
        answer = {"contactId": fate.contact_id, **entry.item}
        answer["status"] = entry.item["channelProperties"]["email"]["status"]
        known.learn(answer, worker.now)
        known.anchor, known.read_at = fate.contact_id, None
        known.sent.add(call["id"])
        told = mirrored(known.answers[fate.contact_id], worker.flow.form, worker.now)
        with worker.transaction() as connection:
            if was_erased(worker, connection, turn.claim, fate.contact_id):
                turn.waiting = []
                return
            set_anchor(connection, turn.claim.subject, fate.contact_id)
            mirror_contacts(connection, [told] if told is not None else [])
            event = ConsentEvent(
                turn.claim.subject, fate.contact_id, "created", str(answer["status"])
            )
            note_consent(connection, [event], worker.now)

    def _plan(self) -> None:
        """Plan every version and put the plans on record, person by person, in order."""
        for turn in list(self._turns.values()):
            try:
                for version in turn.waiting:
                    planned = plan_version(self.worker, turn, version)
                    if planned.calls:
                        self._planned.append(self._sort(turn, planned))
                        turn.known.sent |= {call["id"] for _, call in planned.calls}
            except ClaimLost:
                del self._turns[turn.claim.subject]
            self._keep()

    def _sort(self, turn: Turn, planned: Planned) -> Batched:
        made = Batched(turn, planned)
        for row, call in planned.calls:
            item = as_item(self.worker.flow.target, call)
            if item is None:
                made.alone.append(row)
            else:
                made.items.append((row, item))
        return made

    def _import(self) -> None:
        """Import the latest figures of each contact, then all records, collection by collection."""
        latest: dict[str, tuple[int, BulkItem]] = {}
        records: defaultdict[str, list[Entry]] = defaultdict(list)
        overtaken = []
        for one in self._planned:
            for row, item in one.items:
                if item.kind == CONTACTS:
                    overtaken += [latest[item.key][0]] if item.key in latest else []
                    latest[item.key] = (row, item)
                else:
                    records[item.collection].append(Entry(row, item.key, item.item))
        with self.worker.transaction() as connection:
            lock_calls(connection, overtaken)
            for rows in in_parts(overtaken, _AT_ONCE):
                end_calls(connection, rows, SUPERSEDED, self.worker.now)
        fates: dict[int, Fate] = {}
        updates = [Entry(row, item.key, item.item) for row, item in latest.values()]
        if updates:
            fates |= Importer(self.worker, CONTACTS, "", self._keep).run(updates)
        for collection, entries in sorted(records.items()):
            fates |= Importer(self.worker, INSIGHT, collection, self._keep).run(entries)
        for one in self._planned:
            self._take_fates(one, fates)

    def _take_fates(self, one: Batched, fates: Mapping[int, Fate]) -> None:
        calls = dict(one.planned.calls)
        for row, item in one.items:
            fate = fates.get(row)
            if fate is not None and fate.refusal is None and item.kind == CONTACTS:
                one.contact = int(item.key)
            if fate is None or fate.refusal is None:
                continue
            said = f"{fate.refusal.code} {fate.refusal.said}".strip()
            told = raise_cause(
                "REFUSED_BY_DOTDIGITAL",
                one.planned.version.order_key,
                send=calls[row]["send"],
                said=said,
            )
            one.refusals.append(told)

    def _finish(self) -> None:
        """End what travelled whole; what could not is made alone, on what Dotdigital says then."""
        for part in in_parts(
            [one for one in self._planned if not one.alone or one.refusals], _AT_ONCE
        ):
            with self.worker.transaction() as connection:
                for one in part:
                    self._end(connection, one)
        for one in self._planned:
            if one.alone and not one.refusals:
                self._make_alone(one)

    def _end(self, connection: Connection, one: Batched) -> None:
        if not self._holds(connection, one.turn, one.planned.version):
            return
        self._tie(connection, one)
        end_calls(connection, one.alone, SUPERSEDED, self.worker.now)
        finish_in(self.worker, connection, one.turn, one.planned, one.refusals)

    def _holds(self, connection: Connection, turn: Turn, version: Waiting) -> bool:
        """Whether a person is still ours; else what was imported for an order is sent once more.

        It may be older than what another worker has sent meanwhile.
        """
        try:
            hold_claim(connection, turn.claim)
        except ClaimLost:
            # That one may be as long at it: two that send again at once would do so for ever.
            until = self.worker.now + self.worker.rules.lease
            revoke_claims(connection, turn.claim.subject, not_before=until)
            send_again(connection, self.worker.flow.name, version.order_key)
            return False
        return True

    def _tie(self, connection: Connection, one: Batched) -> None:
        """Tie a person to the contact that was updated for them."""
        if one.contact is not None:
            set_anchor(connection, one.turn.claim.subject, one.contact)
            one.turn.known.anchor = one.contact

    def _make_alone(self, one: Batched) -> None:
        worker, turn = self.worker, one.turn
        with worker.transaction() as connection:
            if not self._holds(connection, turn, one.planned.version):
                return
            self._tie(connection, one)
            end_calls(connection, one.alone, SUPERSEDED, worker.now)
        turn.known.answers.clear()
        turn.known.addresses.clear()
        for row, call in one.planned.calls:
            if row in one.alone:
                turn.known.sent.discard(call["id"])
        version = one.planned.version
        question = ask_about(worker, version)
        self._alone(turn, lambda: settle_version_live(worker, turn, version, question))

    def _settle_alone(self, turn: Turn) -> None:
        turn.known.answers.clear()
        turn.known.addresses.clear()
        self._alone(turn, lambda: settle_turn(self.worker, turn))
        turn.waiting = []

    def _alone(self, turn: Turn, settle: Callable[[], None]) -> None:
        """Settle something by single calls; a wait or a lost claim is this person's alone."""
        try:
            settle()
        except NotNow as wait:
            turn.waiting = []
            self._later[turn.claim.subject] = wait.seconds
        except ClaimLost:
            turn.waiting = []
        self._keep()

    def _keep(self) -> None:
        """Let the claims hold on while this takes its time."""
        worker = self.worker
        if self._kept is not None and worker.now - self._kept < worker.rules.lease / 4:
            return
        self._kept = worker.now
        with worker.transaction() as connection:
            renew_claims(connection, list(self.claims), worker.now + worker.rules.lease)

    def _release(self) -> None:
        for claims in in_parts(self.claims, _AT_ONCE):
            with self.worker.transaction() as connection:
                for claim in claims:
                    seconds = self._later.get(claim.subject)
                    until = None
                    if seconds is not None:
                        until = self.worker.wait_for(claim.attempts, at_least=seconds)
                    release_claim(connection, claim, not_before=until)

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
from engine.state.outbox import SUPERSEDED, end_calls, lock_calls
from engine.state.parts import in_parts
from engine.state.people import (
    Mirrored,
    find_mirrored,
    mirror_contacts,
    set_anchor,
)
from engine.sync.bulk_items import CONTACTS, INSIGHT, BulkItem, as_creation, as_item
from engine.sync.causes import raise_cause
from engine.sync.creating import Creation, find_creation, take_creation, write_creation
from engine.sync.erased import was_erased
from engine.sync.imports import Entry, Fate, Importer
from engine.sync.knowledge import NotNow
from engine.sync.planning import (
    Planned,
    Turn,
    ask_mapping,
    begin_turn,
    finish_in,
    record_answer,
    send_again,
)
from engine.sync.releasing import give_back
from engine.sync.settling import Delivery, ask_about, settle_turn, settle_version_live
from engine.sync.worker import Worker

_AT_ONCE = 100
"""Turns or versions per transaction: others must not wait long for the database."""
_Made = tuple[Turn, Waiting, Call]


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
                        turn = begin_turn(self.worker, connection, claim)
                    except ClaimLost:
                        continue
                    self._turns[claim.subject] = turn
                    self._learn(connection, turn)

    def _learn(self, connection: Connection, turn: Turn) -> None:
        """Take in what the mirror holds about a person."""
        for version in turn.waiting:
            question = ask_about(self.worker, version)
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
        found: dict[int, _Made] = {}
        entries: list[Entry] = []
        for turns in in_parts(list(self._turns.values()), _AT_ONCE):
            alone = list[tuple[Turn, Creation]]()
            made = [(turn, one) for turn in turns if (one := find_creation(self.worker, turn))]
            with self.worker.transaction() as connection:
                for turn, one in made:
                    item = as_creation(self.worker.flow.target, one.probed.plan, one.call)
                    if item is None:
                        alone.append((turn, one))
                        continue
                    row = self._write(connection, turn, one)
                    if row is not None:
                        found[row] = (turn, one.version, one.call)
                        entries.append(Entry(row, item.key, item.item))
            for turn, one in alone:
                self._create_alone(turn, one)
        if entries:
            fates = Importer(self.worker, CONTACTS, "", self._keep).run(entries)
            self._take_creations([(found[one.row], fates[one.row]) for one in entries])

    def _create_alone(self, turn: Turn, made: Creation) -> None:
        """Create a contact by a call of its own, which is refused when the contact exists."""
        with self.worker.transaction() as connection:
            row = self._write(connection, turn, made)
        if row is None:
            return
        delivery = Delivery(self.worker, turn, Planned(made.version, [], [(row, made.call)]))
        done: list[bool] = []
        self._alone(turn, lambda: done.append(delivery.make_first()))
        turn.known.read_at = None
        if done == [False]:
            # Refused, or there already: it is told, or found, when the person is settled alone.
            self._settle_alone(turn)

    def _write(self, connection: Connection, turn: Turn, made: Creation) -> int | None:
        """Put a creation on record; None where the person is not ours any more."""
        if not self._is_held(connection, turn):
            return None
        return write_creation(self.worker, connection, turn, made)

    def _is_held(self, connection: Connection, turn: Turn) -> bool:
        """Whether a person is still ours; else the turn is over."""
        try:
            hold_claim(connection, turn.claim)
        except ClaimLost:
            self._turns.pop(turn.claim.subject, None)
            return False
        return True

    def _take_creations(self, made: Sequence[tuple[_Made, Fate]]) -> None:
        """Take in what became of creations."""
        worker, unmade = self.worker, list[Turn]()
        for part in in_parts(made, _AT_ONCE):
            with worker.transaction() as connection:
                told: list[Mirrored | None] = []
                for (turn, version, call), fate in part:
                    number, claim = fate.contact_id, turn.claim
                    gone = number is not None and was_erased(worker, connection, claim, number)
                    if gone or not self._holds(connection, turn, version):
                        turn.waiting = []
                    elif number is None:
                        unmade.append(turn)
                    else:
                        told.append(take_creation(worker, connection, turn, call, number))
                mirror_contacts(connection, [one for one in told if one is not None])
        for turn in unmade:
            # Refused, or there already: it is told, or found, when the person is settled alone.
            self._settle_alone(turn)

    def _plan(self) -> None:
        """Plan every version and put the plans on record, person by person, in order."""
        pairs = [(turn, version) for turn in self._turns.values() for version in turn.waiting]
        for part in in_parts(pairs, _AT_ONCE):
            with self.worker.transaction() as connection:
                held = {
                    turn.claim.subject
                    for turn in {id(turn): turn for turn, _ in part}.values()
                    if self._is_held(connection, turn)
                }
                for turn, version in part:
                    if turn.claim.subject in held:
                        self._plan_version(connection, turn, version)
            self._keep()

    def _plan_version(self, connection: Connection, turn: Turn, version: Waiting) -> None:
        answered = ask_mapping(self.worker, turn, version)
        planned = record_answer(self.worker, connection, turn, version, answered)
        if planned.calls:
            self._planned.append(self._sort(turn, planned))
            turn.known.sent |= {call["id"] for _, call in planned.calls}

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

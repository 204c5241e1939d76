"""Planning one version: the mapping is asked, and its answer put on record before anything leaves.

A plan is made from what is known now and either finishes or is made again; figures are absolute, so
nothing is doubled by that. Only a call that must not be repeated keeps its row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import orjson

from engine.contacts import ContactError
from engine.mapping import Probed
from engine.plan import Call, Record
from engine.state.aliases import Alias, note_alias
from engine.state.claims import Claim, hold_claim
from engine.state.database import Connection
from engine.state.doubts import doubt_calls
from engine.state.exceptions import About, Raised, add_exception, open_exceptions
from engine.state.orders import (
    End,
    LedgerRow,
    Waiting,
    list_ledger,
    list_waiting,
    newest_settled,
    newest_version_ids,
    read_ledger,
    reopen_versions,
    settle_version,
    write_ledger,
)
from engine.state.outbox import (
    READY,
    SUPERSEDED,
    UNKNOWN,
    Plan,
    end_calls,
    list_effects,
    list_undecided,
    list_unfinished,
    repeat_calls,
    write_calls,
)
from engine.state.people import ConsentEvent, is_decided, note_consent, read_anchor
from engine.state.rings import ring_later
from engine.state.shops import Feed
from engine.sync.causes import raise_cause, raised_by_mapping
from engine.sync.doubting import hold_doubtful
from engine.sync.flow import Flow, PayloadError, read_payload
from engine.sync.knowledge import Knowledge, recall
from engine.sync.worker import Worker

NEWER_CAME = "a newer version came before this one was sent"
CAME_LATE = "it came after a newer version"
NOTHING_NEW = "everything in it was sent before"
ALL_TAKEN = "Dotdigital took every call"


@dataclass(slots=True)
class Turn:
    """A subject whose turn it is: the claim, what waits, and what we remember."""

    claim: Claim
    waiting: list[Waiting]
    known: Knowledge


@dataclass(slots=True)
class Planned:
    """A version with its plan on record: what it raised, and its calls by row of the outbox."""

    version: Waiting
    raised: list[Raised]
    calls: list[tuple[int, Call]] = field(default_factory=list)


def begin_turn(worker: Worker, connection: Connection, claim: Claim) -> Turn:
    """Clear away what an earlier attempt left open, and give what waits, newest version only."""
    hold_claim(connection, claim)
    flow = worker.flow
    _drop_unfinished(worker, connection, claim)
    waiting = _supersede(worker, connection, list_waiting(connection, flow.name, claim.subject))
    anchor = read_anchor(connection, claim.subject), is_decided(connection, claim.subject)
    ledger = list_ledger(connection, flow.name, claim.subject)
    sent = list_effects(connection, flow.name, claim.subject)
    known = recall(claim.subject, flow.form, anchor, ledger, sent)
    if known.anchor is None:
        known.tried = _tried_addresses(connection, flow, claim.subject)
    return Turn(claim, waiting, known)


def _tried_addresses(connection: Connection, flow: Flow, subject: str) -> set[str]:
    """Give the addresses under which a contact may have been created without our knowing."""
    bodies = list_undecided(connection, flow.name, subject, flow.target.creating)
    told = [orjson.loads(one) for one in bodies if one]
    return {str(one["identifiers"]["email"]) for one in told if isinstance(one, dict)}


def _drop_unfinished(worker: Worker, connection: Connection, claim: Claim) -> None:
    flow, now = worker.flow, worker.now
    for row in list_unfinished(connection, flow.name, claim.subject):
        if row.idempotent or row.state == READY:
            end_calls(connection, [row.id], SUPERSEDED, now)
            if row.state != READY:
                doubt_calls(connection, flow.name, [row.id], now + worker.rules.late_wait)
            continue
        end_calls(connection, [row.id], UNKNOWN, now)
        about = About(flow.name, row.order_key, row.order_version_id, claim.subject)
        told = raise_cause("OUTCOME_UNKNOWN", row.order_key, send=row.send)
        add_exception(connection, about, told, now)


def _supersede(worker: Worker, connection: Connection, waiting: list[Waiting]) -> list[Waiting]:
    """End what a newer version has overtaken; give the newest version of each order."""
    flow, now = worker.flow, worker.now
    newest = {one.order_key: one for one in waiting}
    kept = []
    for one in waiting:
        # One whose time cannot be read is older or newer than nothing: it is planned, and held.
        why = NEWER_CAME if one.version and newest[one.order_key] is not one else ""
        if why and newest[one.order_key].version == one.version:
            _read_again(worker, connection, one)
        if not why and one.version:
            settled = newest_settled(connection, flow.name, one.order_key)
            why = CAME_LATE if settled is not None and settled[0] > one.version else ""
            if settled is not None and settled[0] == one.version:
                # Another content under the same stamp: what was sent under it is sent once more.
                repeat_calls(connection, flow.name, one.order_key)
                _read_again(worker, connection, one)
        if why:
            settle_version(connection, one.id, End("unchanged", why, flow.sha256), now)
        else:
            kept.append(one)
    return kept


def _read_again(worker: Worker, connection: Connection, version: Waiting) -> None:
    """Ask Mirakl once more for an order with two contents under one stamp: what it shows counts."""
    feed = Feed(worker.flow.name, version.shop)
    ring_later(connection, feed, version.order_key, worker.now + worker.rules.reread_wait)


def plan_version(worker: Worker, turn: Turn, version: Waiting) -> Planned:
    """Plan a version and put on record what becomes of it; the calls are then to be made."""
    answered = ask_mapping(worker, turn, version)
    with worker.transaction() as connection:
        hold_claim(connection, turn.claim)
        return record_answer(worker, connection, turn, version, answered)


def ask_mapping(worker: Worker, turn: Turn, version: Waiting) -> Probed | Raised:
    """Give what the mapping makes of a version, or why it cannot be asked."""
    try:
        contacts = turn.known.contacts()
    except ContactError as error:
        return raise_cause("CONTACTS_DISAGREE", version.order_key, said=str(error))
    try:
        payload = read_payload(version.payload)
    except PayloadError as error:
        return raise_cause("UNREADABLE_ORDER", version.order_key, said=str(error))
    return worker.flow.mapping.apply(payload, contacts, worker.now)


def record_answer(
    worker: Worker,
    connection: Connection,
    turn: Turn,
    version: Waiting,
    answered: Probed | Raised,
) -> Planned:
    """Put on record what became of a version, inside a transaction that others may share."""
    if isinstance(answered, Raised):
        return _hold(worker, connection, turn, version, [answered])
    return record_plan(worker, connection, turn, version, answered)


def record_plan(
    worker: Worker, connection: Connection, turn: Turn, version: Waiting, probed: Probed
) -> Planned:
    """Put a plan on record: figures, exceptions, the consent decision, and every call."""
    flow, plan, now = worker.flow, probed.plan, worker.now
    earlier = read_ledger(connection, flow.name, version.order_key)
    person = plan["identity"]["person"] if plan["identity"] is not None else None
    if earlier is not None and person is not None and earlier.person != person:
        told = [raise_cause("PERSON_CHANGED", version.order_key)]
        return _hold(worker, connection, turn, version, told)
    raised = raised_by_mapping(plan["exceptions"])
    if plan["outcome"] == "held":
        return _hold(worker, connection, turn, version, raised)
    if person is not None and (plan["outcome"] == "planned" or earlier is not None):
        note_figures(worker, connection, turn, version, probed)
    _note_alias(connection, worker, turn, probed)
    _note_decision(connection, worker, turn, version, plan)
    owner = Plan(flow.name, version.id, version.order_key, turn.claim.subject, flow.sha256)
    wanted = leave_out_had(plan["calls"], turn.known.sent)
    calls, doubtful = hold_doubtful(worker, connection, owner, wanted)
    turn.known.sent |= doubtful
    if not calls:
        open_exceptions(connection, about(flow, version, turn), raised, now)
        settle_version(connection, version.id, End("unchanged", _why(plan), flow.sha256), now)
        return Planned(version, raised)
    rows = write_calls(connection, owner, calls, READY, now)
    return Planned(version, raised, list(zip(rows, calls, strict=True)))


def leave_out_had(calls: Iterable[Call], sent: Collection[str]) -> list[Call]:
    """Give the calls without those that must not be repeated and had, or may have had, effect.

    A mapping remembers what was sent by the contact; where that is gone, nothing is remembered.
    """
    return [one for one in calls if one["idempotent"] or one["id"] not in sent]


def note_figures(
    worker: Worker, connection: Connection, turn: Turn, version: Waiting, probed: Probed
) -> None:
    """Put on record what an order adds to its person, before anything of it leaves."""
    identity, flow = probed.plan["identity"], worker.flow
    if identity is None:
        return
    share = probed.share(flow.form.members)
    money = orjson.dumps(probed.plan["money"]).decode()
    text, person = orjson.dumps(share).decode(), identity["person"]
    row = LedgerRow(version.order_key, person, version.version, version.id, text, money)
    write_ledger(connection, flow.name, row, worker.now)
    turn.known.remember(version.order_key, share, ())


def hold_version(
    worker: Worker, turn: Turn, version: Waiting, code: str, **words: object
) -> Planned:
    """Hold a version for a cause of delivery's own."""
    with worker.transaction() as connection:
        hold_claim(connection, turn.claim)
        told = [raise_cause(code, version.order_key, **words)]
        return _hold(worker, connection, turn, version, told)


def _hold(
    worker: Worker, connection: Connection, turn: Turn, version: Waiting, raised: list[Raised]
) -> Planned:
    now, flow = worker.now, worker.flow
    open_exceptions(connection, about(flow, version, turn), raised, now)
    end = End("held", raised[0].message if raised else "", flow.sha256)
    settle_version(connection, version.id, end, now)
    return Planned(version, [])


def finish_version(worker: Worker, turn: Turn, planned: Planned, refusals: list[Raised]) -> None:
    """End a version whose calls have all been made: sent, or rejected in Dotdigital's words."""
    with worker.transaction() as connection:
        hold_claim(connection, turn.claim)
        finish_in(worker, connection, turn, planned, refusals)


def finish_in(
    worker: Worker,
    connection: Connection,
    turn: Turn,
    planned: Planned,
    refusals: list[Raised],
) -> None:
    """End a version inside a transaction that others share."""
    flow, now = worker.flow, worker.now
    raised = planned.raised + refusals
    open_exceptions(connection, about(flow, planned.version, turn), raised, now)
    end = End("sent", ALL_TAKEN, flow.sha256)
    if refusals:
        end = End("rejected", refusals[0].message, flow.sha256)
    settle_version(connection, planned.version.id, end, now)


def send_again(connection: Connection, flow: str, order_key: str) -> None:
    """Let the newest version of an order wait again, with all calls that may be repeated."""
    repeat_calls(connection, flow, order_key)
    reopen_versions(connection, newest_version_ids(connection, flow, [order_key]))


def about(flow: Flow, version: Waiting, turn: Turn) -> About:
    """Give what an exception of a version is about."""
    return About(flow.name, version.order_key, version.id, turn.claim.subject)


def _note_alias(connection: Connection, worker: Worker, turn: Turn, probed: Probed) -> None:
    address = probed.values.get("address.email")
    if isinstance(address, str):
        relay = probed.values.get("address.kind") == "relay"
        alias = Alias(address, turn.claim.subject, relay)
        note_alias(connection, worker.tombstone_key, alias, worker.now)


def _note_decision(
    connection: Connection, worker: Worker, turn: Turn, version: Waiting, plan: Record
) -> None:
    consent = plan["consent"]
    if consent is None or not plan["calls"]:
        return
    event = ConsentEvent(
        subject=turn.claim.subject,
        contact_id=turn.known.anchor,
        kind="decided",
        status=consent["decision"].removeprefix("add_"),
        decision=consent["decision"],
        because=consent["because"],
        order_key=version.order_key,
        spec_sha256=worker.flow.sha256,
    )
    note_consent(connection, [event], worker.now)


def _why(plan: Record) -> str:
    notes = [one["message"] for one in plan["exceptions"] if one["level"] == "note"]
    return notes[0] if notes else NOTHING_NEW

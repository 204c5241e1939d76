"""Contacts for people whom Dotdigital does not know: which call makes one, and what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.contacts import ContactError
from engine.mapping import Probed
from engine.plan import Call
from engine.state.database import Connection
from engine.state.orders import Waiting
from engine.state.outbox import SENDING, Plan, write_calls
from engine.state.people import ConsentEvent, Mirrored, note_consent, set_anchor
from engine.sync.flow import PayloadError, read_payload
from engine.sync.knowledge import mirrored
from engine.sync.planning import Turn, note_figures
from engine.sync.worker import Worker


@dataclass(frozen=True, slots=True)
class Creation:
    """The call that makes a contact, with the version and the answer of the mapping it is of."""

    version: Waiting
    probed: Probed
    call: Call


def find_creation(worker: Worker, turn: Turn) -> Creation | None:
    """Give what creates a person's contact; None where nothing of what waits does."""
    flow = worker.flow
    try:
        contacts = turn.known.contacts()
    except ContactError:
        return None
    for version in turn.waiting:
        try:
            payload = read_payload(version.payload)
        except PayloadError:
            return None
        probed = flow.mapping.apply(payload, contacts, worker.now)
        for call in probed.plan["calls"]:
            if flow.target.operations[call["operation"]].creates_contact:
                return Creation(version, probed, call)
    return None


def write_creation(worker: Worker, connection: Connection, turn: Turn, made: Creation) -> int:
    """Put a creation on record, with the figures that it carries; give its row of the outbox."""
    flow, version = worker.flow, made.version
    owner = Plan(flow.name, version.id, version.order_key, turn.claim.subject, flow.sha256)
    note_figures(worker, connection, turn, version, made.probed)
    return write_calls(connection, owner, [made.call], SENDING, worker.now)[0]


def take_creation(
    worker: Worker, connection: Connection, turn: Turn, call: Call, number: int
) -> Mirrored | None:
    """Take in the contact that an import made by a call, and the person's tie to it.

    Gives the contact for the mirror, which is written for all of a transaction at once.
    """
    known, body = turn.known, call["body"]
    item: dict[str, Any] = body if isinstance(body, dict) else {}
    status = item["channelProperties"]["email"]["status"]
    known.learn({"contactId": number, **item, "status": status}, worker.now)
    known.anchor, known.read_at = number, None
    known.sent.add(call["id"])
    set_anchor(connection, turn.claim.subject, number)
    event = ConsentEvent(turn.claim.subject, number, "created", str(status))
    note_consent(connection, [event], worker.now)
    return mirrored(known.answers[number], worker.flow.form, worker.now)

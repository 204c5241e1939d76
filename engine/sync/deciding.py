"""Deciding: what people say about an exception, put on record, and what follows from it.

A decision about a contact is a rule: later orders of the person follow it, until it is undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.problem import Failure
from engine.state.claims import lock_people, revoke_claims
from engine.state.database import Connection
from engine.state.decisions import (
    Closing,
    close_exception,
    decide_contact,
    list_undelivered,
    move_order,
    settle_unknown,
    undo_decision,
    undo_decisions,
    write_evidence,
)
from engine.state.exceptions import UNKNOWN_OUTCOME
from engine.state.orders import list_ledger, newest_version_ids, reopen_versions
from engine.state.people import (
    ConsentEvent,
    drop_mirrored,
    note_consent,
    read_anchor,
    set_anchor,
)
from engine.state.reviews import Entry
from engine.state.tombstones import is_buried
from engine.sync.candidates import choose, find_candidates, make_seeker, read_candidate
from engine.sync.flow import Flow
from engine.sync.planning import send_again
from engine.sync.worker import Worker

GONE, CHANGED = "CONTACT_GONE", "PERSON_CHANGED"
_OWN_REVIEWS = (GONE, CHANGED, "CONTACTS_DISAGREE")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was put on record, in sentences, and which orders wait again."""

    number: int
    code: str
    did: tuple[str, ...]
    waiting: tuple[str, ...] = ()


def close_as_is(connection: Connection, entry: Entry, closing: Closing, now: datetime) -> Resolved:
    """Close an exception without anything else; its order stays as it is."""
    if entry.code == UNKNOWN_OUTCOME:
        raise Failure("say what you found in Dotdigital: --happened or --did-not-happen")
    _close(connection, entry, closing, now)
    return Resolved(entry.id, entry.code, ("closed; the order stays as it is",))


def tell_outcome(
    connection: Connection, entry: Entry, closing: Closing, now: datetime, *, happened: bool
) -> Resolved:
    """Say whether a call took effect; one that did not is planned once more, by the rules of now.

    Where an answer came after all, what it said stands. Raises Failure for another exception.
    """
    if entry.code != UNKNOWN_OUTCOME or entry.order_version_id is None:
        raise Failure(f"{_name(entry)}: nobody has to say whether it happened")
    revoke_claims(connection, entry.subject)
    _close(connection, entry, closing, now)
    effect = settle_unknown(connection, entry.order_version_id, entry.place, happened=happened)
    if effect is None:
        told = f"{entry.place} was answered after all; what Dotdigital said stands"
        return Resolved(entry.id, entry.code, (told,))
    if happened:
        told = f"{entry.place} counts as done and is never sent again"
        return Resolved(entry.id, entry.code, (told,))
    # Only this effect is missing; what the other calls did stands.
    reopen_versions(connection, newest_version_ids(connection, entry.flow, [entry.order_key]))
    told = f"{entry.place} may be sent once more, if the rules still want it"
    return Resolved(entry.id, entry.code, (told,), (entry.order_key,))


def decide(worker: Worker, entry: Entry, closing: Closing, contact_id: int) -> Resolved:
    """Say whose contact it is; Failure where nothing but the number speaks for it."""
    if not is_identity_review(worker.flow, entry.code):
        raise Failure(f"{_name(entry)} is not about whose contact it is")
    read_candidate(worker, contact_id)
    now = worker.now
    with worker.transaction() as connection:
        refuse_erased(connection, worker.tombstone_key, entry)
        seeker = make_seeker(connection, worker.flow, entry, now)
        chosen = choose(find_candidates(connection, seeker), contact_id)
        lock_people(connection, {entry.subject, seeker.former or entry.subject})
        revoke_claims(connection, entry.subject)
        before = read_anchor(connection, entry.subject)
        number = decide_contact(connection, entry.subject, contact_id, closing, now)
        did = [f"orders of this person go to contact {contact_id} from now on"]
        evidence: dict[str, object] = {"decision": number, "anchor": before}
        waiting = []
        if seeker.former is not None and entry.code == CHANGED:
            evidence["moved_from"] = seeker.former
            told, again = _Move(entry, seeker.former, entry.subject, contact_id).make(connection)
            did += told
            waiting += again
        did += [
            f"person {one} is tied to it as well, whose next order will be held for review"
            for one in chosen.others
        ]
        _close(connection, entry, Closing(closing.by, closing.note, evidence), now)
        event = ConsentEvent(
            subject=entry.subject,
            contact_id=contact_id,
            kind="decided",
            status=chosen.status,
            decision="contact",
            because=_because(closing),
            order_key=entry.order_key,
        )
        note_consent(connection, [event], now)
        waiting += _reopen(connection, entry.subject)
    return Resolved(entry.id, entry.code, tuple(did), tuple(dict.fromkeys(waiting)))


def is_identity_review(flow: Flow, code: str) -> bool:
    """Whether an exception asks whose contact it is."""
    identity = flow.mapping.checked.spec.identity
    return code in _OWN_REVIEWS or (identity is not None and code == identity.keys_disagree)


def recreate(
    connection: Connection, key: bytes, entry: Entry, closing: Closing, now: datetime
) -> Resolved:
    """Let a person whose contact is gone be created again, as the consent rules say."""
    if entry.code != GONE:
        raise Failure(f"{_name(entry)}: --recreate is for {GONE}")
    refuse_erased(connection, key, entry)
    anchor = read_anchor(connection, entry.subject)
    revoke_claims(connection, entry.subject)
    undo_decisions(connection, entry.subject, now)
    set_anchor(connection, entry.subject, None)
    if anchor is not None:
        drop_mirrored(connection, anchor)
    _close(connection, entry, Closing(closing.by, closing.note, {"recreated_from": anchor}), now)
    event = ConsentEvent(
        subject=entry.subject,
        contact_id=anchor,
        kind="decided",
        status="",
        decision="recreate",
        because=_because(closing),
        order_key=entry.order_key,
    )
    note_consent(connection, [event], now)
    told = "the person may be created again; their consent is decided anew"
    return Resolved(entry.id, entry.code, (told,), tuple(_reopen(connection, entry.subject)))


def undo(connection: Connection, entry: Entry, closing: Closing, now: datetime) -> Resolved:
    """Take a decision back, and let what was delivered on it be planned again."""
    evidence = dict(entry.evidence)
    if entry.closed_at is None or "undone_by" in evidence:
        raise Failure(f"{_name(entry)}: there is no decision in force to undo")
    lock_people(connection, {entry.subject, evidence.get("moved_from") or entry.subject})
    revoke_claims(connection, entry.subject)
    waiting: list[str] = []
    if "decision" in evidence and undo_decision(connection, int(evidence["decision"]), now):
        # What was delivered on the decision has tied the person to its contact.
        set_anchor(connection, entry.subject, evidence["anchor"])
        did = ["the decision counts no more; a review opens again if the contacts still disagree"]
        if "moved_from" in evidence and evidence["moved_from"] is None:
            did.append("the order stays where it is: its former customer was erased")
        elif "moved_from" in evidence:
            former = str(evidence["moved_from"])
            contact = read_anchor(connection, former)
            told, waiting = _Move(entry, entry.subject, former, contact).make(connection)
            did += told
    elif "recreated_from" in evidence:
        made = read_anchor(connection, entry.subject)
        if made is not None:
            raise Failure(f"{_name(entry)}: the person was created since, as contact {made}")
        set_anchor(connection, entry.subject, evidence["recreated_from"])
        did = ["the person is tied to the contact that is gone, and is not created"]
    else:
        raise Failure(f"{_name(entry)} was closed without a decision that can be undone")
    write_evidence(connection, entry.id, {**evidence, "undone_by": closing.by})
    event = ConsentEvent(
        subject=entry.subject,
        contact_id=read_anchor(connection, entry.subject),
        kind="decided",
        status="",
        decision="undone",
        because=_because(closing),
        order_key=entry.order_key,
    )
    note_consent(connection, [event], now)
    waiting += _reopen(connection, entry.subject, entry.closed_at)
    return Resolved(entry.id, entry.code, tuple(did), tuple(dict.fromkeys(waiting)))


def refuse_erased(connection: Connection, key: bytes, entry: Entry) -> None:
    """Raise Failure where person or order was erased: no decision brings them back."""
    person = is_buried(connection, key, "person", [entry.subject])
    order = is_buried(connection, key, "order", [entry.order_key])
    if person or order:
        raise Failure(f"{_name(entry)}: the person was erased, and nothing is sent for them again")


@dataclass(frozen=True, slots=True)
class _Move:
    """An order that counts to another person from now on, whose contact is `contact`."""

    entry: Entry
    before: str
    after: str
    contact: int | None

    def make(self, connection: Connection) -> tuple[list[str], list[str]]:
        """Move it; give what that means, and what is sent again for the first person's figures."""
        flow, order = self.entry.flow, self.entry.order_key
        revoke_claims(connection, self.before)
        revoke_claims(connection, self.after)
        move_order(connection, flow, order, self.before, self.after)
        told = [f"order {order} counts to person {self.after}, no longer to {self.before}"]
        left = list_ledger(connection, flow, self.before)
        contact = read_anchor(connection, self.before)
        if contact is not None and contact == self.contact:
            if left:
                told.append(f"other orders of person {self.before} count no more in that contact")
            return told, []
        if contact is not None:
            told.append(
                f"the record of the order stands with contact {contact}: remove it there, since"
                " Dotdigital keeps a record with one contact only"
            )
        if left:
            # Figures are absolute: one order is enough to put all of them right.
            send_again(connection, flow, left[0].order_key)
            return told, [left[0].order_key]
        if contact is not None:
            told.append(f"contact {contact} has no other order; correct its figures by hand")
        return told, []


def _reopen(connection: Connection, subject: str, since: str = "") -> list[str]:
    meant = list_undelivered(connection, subject, since)
    for flow, key in meant:
        send_again(connection, flow, key)
    return [key for _, key in meant]


def _close(connection: Connection, entry: Entry, closing: Closing, now: datetime) -> None:
    if not close_exception(connection, entry.id, closing, now):
        raise Failure(f"{_name(entry)} is closed already; look at it with: exceptions show")


def _because(closing: Closing) -> str:
    return f"{closing.by}: {closing.note}"


def _name(entry: Entry) -> str:
    return f"exception {entry.id} ({entry.code})"

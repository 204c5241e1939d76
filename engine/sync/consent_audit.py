"""Auditing consent: every contact in Dotdigital against all that we ever sent about it.

It reads all contacts anew and changes nothing. What it proves is that no call of ours widened what
may be done with anybody, and that nobody is where marketing is sent who must not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from engine.runtime.people import make_relay_test
from engine.runtime.values import EmailAddress
from engine.state.outbox import ACCEPTED, DONE, REFUSED, SENDING, SUPERSEDED, UNKNOWN
from engine.state.surveys import (
    CallBody,
    Creation,
    Decision,
    list_anchored,
    list_bodies,
    list_creations,
    list_decisions,
)
from engine.sync.flow import Flow
from engine.sync.knowledge import mirrored
from engine.sync.listing import list_contacts
from engine.sync.worker import Worker

Kind = Literal[
    "made more contactable by us",
    "relay on a marketing list",
    "no consent on a marketing list",
    "relay in a marketing programme",
    "no consent in a marketing programme",
    "subscribed without whole evidence",
    "status in an update",
    "subscribed later",
    "evidence purged",
]
BREACHES: frozenset[Kind] = frozenset(
    {
        "made more contactable by us",
        "relay on a marketing list",
        "no consent on a marketing list",
        "relay in a marketing programme",
        "no consent in a marketing programme",
        "subscribed without whole evidence",
        "status in an update",
    }
)
_LEFT = (SENDING, ACCEPTED, DONE, REFUSED, UNKNOWN, SUPERSEDED)
_EFFECTIVE = (SENDING, ACCEPTED, DONE, UNKNOWN)
_UNSUBSCRIBED = "add_unsubscribed"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one contact (None: known to us only), and whose act it was."""

    kind: Kind
    contact_id: int | None
    said: str
    by: Literal["miradot", "somebody else", "not known"]
    order: str = ""
    status: str = ""
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A contact as Dotdigital tells it now; its address is only looked at, never told."""

    contact_id: int
    status: str
    is_relay: bool
    lists: frozenset[int]


@dataclass(slots=True)
class Audited:
    """What was looked at and found. `same`, `narrower`, `wider`: since we created the contact."""

    contacts: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    created: int = 0
    same: int = 0
    narrower: int = 0
    wider: int = 0
    gone: int = 0
    calls: int = 0
    purged: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """All that we ever sent that has to do with consent."""

    creations: Mapping[int, Creation]
    updates: tuple[CallBody, ...]
    enrolments: tuple[CallBody, ...]
    decisions: Mapping[tuple[str, str], Sequence[Decision]]
    anchored: Mapping[int, str]
    creating: tuple[CallBody, ...]


def audit_consent(worker: Worker) -> Audited:
    """Audit every contact; raises NotReadError where Dotdigital cannot be read."""
    sent, found = read_sent(worker), Audited()
    held: dict[int, Held] = {}
    for contact in read_contacts(worker):
        held[contact.contact_id] = contact
        found.contacts += 1
        found.statuses[contact.status] = found.statuses.get(contact.status, 0) + 1
    found.calls = len(sent.creating) + len(sent.updates) + len(sent.enrolments)
    calls = (*sent.creating, *sent.updates, *sent.enrolments)
    found.purged = sum(not one.body for one in calls)
    _compare(worker.flow, sent, held, found)
    found.findings += _find_on_lists(worker.flow, sent, held.values())
    found.findings += _find_enrolled(worker.flow, sent, held)
    found.findings += _find_unproved(worker.flow, sent)
    found.findings += _find_updates(worker.flow, sent)
    return found


def read_sent(worker: Worker) -> Sent:
    """Read what we ever sent, whatever mapping sent it."""
    target = worker.flow.target
    marketing = [
        name for name, one in target.operations.items() if one.reaches_people == "marketing"
    ]
    with worker.transaction() as connection:
        creations = list(list_bodies(connection, target.creating, _EFFECTIVE))
        updates = tuple(list_bodies(connection, target.updating, _LEFT))
        return Sent(
            creations={one.contact_id: one for one in list_creations(connection)},
            updates=updates,
            enrolments=tuple(list_bodies(connection, marketing, _EFFECTIVE)),
            decisions=list_decisions(connection),
            anchored=list_anchored(connection),
            creating=tuple(creations),
        )


def read_contacts(worker: Worker) -> Iterator[Held]:
    """Give every contact of the account, read now; raises NotReadError."""
    is_relay = _relay_test(worker.flow)
    for told in list_contacts(worker):
        row = mirrored(dict(told), worker.flow.form, worker.now)
        if row is not None:
            relay = row.email is not None and is_relay(EmailAddress(row.email))
            yield Held(row.contact_id, row.status, relay, _lists_of(told))


def _lists_of(told: Mapping[str, Any]) -> frozenset[int]:
    """Give the lists a contact is on; one that it left is told with another status."""
    lists = told.get("lists")
    return frozenset(
        one["listId"]
        for one in (lists if isinstance(lists, list) else ())
        if isinstance(one, dict)
        and isinstance(one.get("listId"), int)
        and one.get("status", "subscribed") == "subscribed"
    )


def _relay_test(flow: Flow) -> Any:  # noqa: ANN401 - a test for addresses
    checked = flow.mapping.checked
    identity, domains = checked.spec.identity, list(checked.source.relay_domains)
    shapes = False
    if identity is not None and identity.relay is not None:
        given: Any = identity.relay.domains
        if isinstance(given, str):
            given = checked.params.values[given.removeprefix("$")]
        domains += given if isinstance(given, list) else [str(given)]
        shapes = identity.relay.masked_shapes
    return make_relay_test(domains, masked_shapes=shapes)


def _compare(flow: Flow, sent: Sent, held: Mapping[int, Held], found: Audited) -> None:
    """Hold each contact that we created against the status that we gave it."""
    marketable = _marketable(flow)
    for number, creation in sent.creations.items():
        found.created += 1
        contact = held.get(number)
        if contact is None:
            found.gone += 1
            continue
        before, now = creation.status in marketable, contact.status in marketable
        if now and not before:
            found.wider += 1
            found.findings.append(_tell_wider(flow, sent, creation, contact))
        elif before and not now:
            found.narrower += 1
        else:
            found.same += 1


def _tell_wider(flow: Flow, sent: Sent, creation: Creation, contact: Held) -> Finding:
    """Tell by whose act somebody may be mailed whom we created otherwise."""
    number, status, marketable = contact.contact_id, contact.status, _marketable(flow)
    said = f"created as {creation.status} at {creation.at[:19]}Z, and {status} now"
    purged = 0
    for call in _calls_of(sent, number):
        purged += not call.body
        if _status_in(flow, _body(call)) in marketable:
            said += f"; call {call.id} ({call.operation}) of ours carried that"
            kind: Kind = "made more contactable by us"
            return Finding(kind, number, said, "miradot", call.order_key, status, call.id)
    said += "; no call of ours carried that, so it was the person, or somebody in Dotdigital"
    if purged:
        said += f" (calls of which only the row is kept: {purged})"
    return Finding("subscribed later", number, said, "somebody else", status=status)


def _find_on_lists(flow: Flow, sent: Sent, held: Iterable[Held]) -> Iterator[Finding]:
    marketable, lists = _marketable(flow), _marketing(flow, "list_id")
    for contact in held:
        on = sorted(contact.lists & lists)
        creation = sent.creations.get(contact.contact_id)
        if not on:
            continue
        told = "list " + ", ".join(map(str, on))
        by: Literal["miradot", "somebody else"] = "somebody else"
        if any(_is_on(one, on) for one in _calls_of(sent, contact.contact_id)):
            by = "miradot"
        if contact.is_relay:
            yield Finding(
                "relay on a marketing list",
                contact.contact_id,
                f"a relay address of the marketplace is on {told}, which is for marketing",
                by,
                status=contact.status,
            )
        elif (
            creation is not None
            and creation.status not in marketable
            and contact.status not in marketable
        ):
            yield Finding(
                "no consent on a marketing list",
                contact.contact_id,
                f"created as {creation.status}, {contact.status} now, and on {told}, which is for"
                " marketing",
                by,
                status=contact.status,
            )


def _calls_of(sent: Sent, contact_id: int) -> Iterator[CallBody]:
    creation = sent.creations.get(contact_id)
    subject = creation.subject if creation is not None else sent.anchored.get(contact_id)
    return (one for one in (*sent.creating, *sent.updates) if one.subject == subject)


def _is_on(call: CallBody, lists: Iterable[int]) -> bool:
    body = _body(call)
    given = body.get("lists") if isinstance(body, dict) else None
    return isinstance(given, list) and not set(given).isdisjoint(lists)


def _find_enrolled(flow: Flow, sent: Sent, held: Mapping[int, Held]) -> Iterator[Finding]:
    """Find whom we started in a marketing programme though they must not be there."""
    numbers = {subject: number for number, subject in sent.anchored.items()}
    for call in sent.enrolments:
        # The number is put in when the call leaves: it is that of the person's contact.
        number = numbers.get(call.subject)
        contact = held.get(number) if number is not None else None
        decision = _decided_for(sent, call)
        if contact is not None and contact.is_relay:
            said = "a relay address of the marketplace was started in a marketing programme"
            kind: Kind = "relay in a marketing programme"
        elif decision is not None and not _may_market(flow, decision):
            said = f"started in a marketing programme, though {decision.because}"
            kind = "no consent in a marketing programme"
        else:
            continue
        status = contact.status if contact is not None else ""
        yield Finding(kind, number, said, "miradot", call.order_key, status, call.id)


def _decided_for(sent: Sent, call: CallBody) -> Decision | None:
    """Give the decision that a call was made upon: later ones are no reason to have left it."""
    taken = sent.decisions.get((call.subject, call.order_key), ())
    return next((one for one in reversed(taken) if one.at <= call.sent_at), None)


def _may_market(flow: Flow, decision: Decision) -> bool:
    consent = flow.mapping.checked.spec.consent
    for row in consent.rows if consent is not None else ():
        if row.because == decision.because:
            return row.may_market
    return decision.decision != _UNSUBSCRIBED


def _find_unproved(flow: Flow, sent: Sent) -> Iterator[Finding]:
    """Find whom we created as subscribed without every part of their consent record."""
    operations, marketable = flow.target.operations, _marketable(flow)
    numbers = {one.subject: one for one in sent.creations.values()}
    for call in sent.creating:
        creation = numbers.get(call.subject)
        number = creation.contact_id if creation is not None else None
        if not call.body or call.body == "null":
            if creation is not None and creation.status in marketable:
                decision = _decided_for(sent, call)
                because = decision.because if decision is not None else "no reason is on record"
                said = f"created as {creation.status}; the call was purged, its reason: {because}"
                yield Finding(
                    "evidence purged", number, said, "miradot", call.order_key, call=call.id
                )
            continue
        body = _body(call)
        if _status_in(flow, body) not in marketable:
            continue
        missing = _missing_evidence(operations[call.operation].body, body)
        if missing:
            said = "created as subscribed without " + ", ".join(missing)
            yield Finding(
                *("subscribed without whole evidence", number, said, "miradot"),
                order=call.order_key,
                call=call.id,
            )


def _missing_evidence(template: object, body: object) -> list[str]:
    """Give the parts of a consent record that the operation takes and the body lacks."""
    wanted = template.get("consentRecords") if isinstance(template, dict) else None
    if not isinstance(wanted, list) or not isinstance(body, dict):
        return ["its consent record"]
    given = body.get("consentRecords")
    if not isinstance(given, list) or not given or not isinstance(given[0], dict):
        return ["its consent record"]
    return [name for name in wanted[0] if not given[0].get(name)]


def _find_updates(flow: Flow, sent: Sent) -> Iterator[Finding]:
    """Find calls that updated a contact and carried a status; there must never be one."""
    for call in sent.updates:
        if _status_in(flow, _body(call)) is not None:
            said = f"call {call.id} ({call.operation}) updated a contact and carried a status"
            anchors = [number for number, one in sent.anchored.items() if one == call.subject]
            yield Finding(
                *("status in an update", anchors[0] if anchors else None, said, "miradot"),
                order=call.order_key,
                call=call.id,
            )


def _status_in(flow: Flow, body: object) -> str | None:
    """Give the status that a body states for any channel, or over all; None where none."""
    told = flow.target.contact
    if not isinstance(body, dict):
        return None
    channels = body.get(told.channels)
    for channel in channels.values() if isinstance(channels, dict) else ():
        if isinstance(channel, dict) and channel.get(told.channel_status) is not None:
            return str(channel[told.channel_status])
    overall = body.get(told.overall_status)
    return str(overall) if overall is not None else None


def _marketable(flow: Flow) -> frozenset[str]:
    return frozenset(one.code for one in flow.target.email_statuses if one.marketable)


def _marketing(flow: Flow, kind: str) -> frozenset[int]:
    """Give the numbers of the lists that the mapping declares to be for marketing."""
    checked = flow.mapping.checked
    values = (
        checked.params.values[name]
        for name, one in checked.spec.params.items()
        if one.type == kind and one.purpose == "marketing"
    )
    return frozenset(one for one in values if isinstance(one, int))


def _body(call: CallBody) -> object:
    return orjson.loads(call.body) if call.body else None

"""The dossier of a person for the page: what was sent, why, and what they agreed to."""

from __future__ import annotations

from engine.clock import write_time
from engine.commands.exception import tell_trail
from engine.commands.exceptions import as_row
from engine.lock import TargetLock
from engine.runtime.people import mask
from engine.state.dossier import (
    CallForPerson,
    OrderEnded,
    find_subject,
    list_calls_of,
    list_versions,
)
from engine.state.people import read_anchor, read_mirrored
from engine.state.reviews import Wanted, list_exceptions, list_trail
from engine.sync.worker import Worker
from engine.web.desk import CallRow, NotThere, PersonPage, VersionRow

# What became of a call, where its state in the outbox is no word for people.
_STATES = {"done": "took effect"}


def read_dossier(worker: Worker, wanted: str) -> tuple[PersonPage, str]:
    """Give the masked page of a person by hashed key or order, and the contact's address."""
    with worker.transaction() as connection:
        subject = find_subject(connection, wanted)
        if subject is None:
            raise NotThere("nobody is known by this key or order; addresses are not searched here")
        versions = list_versions(connection, subject)
        calls = list_calls_of(connection, subject)
        trail = list_trail(connection, subject)
        anchor = read_anchor(connection, subject)
        contact = read_mirrored(connection, anchor) if anchor is not None else None
        found = list_exceptions(connection, Wanted(subject=subject, state="all"))
    page: PersonPage = {
        "schema": "miradot/page-person.v1",
        "at": write_time(worker.now),
        "person": subject,
        "masked": True,
        "orders": [_version(one) for one in versions],
        "calls": [_call(one, worker.flow.target) for one in calls],
        "trail": [tell_trail(one) for one in reversed(trail)],
        "exceptions": [as_row(one) for one in reversed(found)],
    }
    if contact is not None:
        page["contact"] = {
            "contact_id": contact.contact_id,
            "address": str(mask(contact.email)) if contact.email else "",
            "status": contact.status,
            "read_at": contact.read_at,
        }
    return page, (contact.email or "") if contact is not None else ""


def _version(one: OrderEnded) -> VersionRow:
    return {
        "order": one.order_key,
        "version": one.version,
        "landed_at": one.landed_at,
        "outcome": one.outcome or "waiting",
        "because": one.because or "",
    }


def _call(one: CallForPerson, target: TargetLock) -> CallRow:
    operation = target.operations.get(one.operation)
    row: CallRow = {
        "order": one.order_key,
        "send": one.send,
        "means": operation.title.partition(";")[0] if operation is not None else one.operation,
        "state": _STATES.get(one.state, one.state),
        "said": one.said or "",
        "sent_at": one.sent_at or "",
        "mapping_sha256": one.spec_sha256,
    }
    if one.status is not None:
        row["status"] = one.status
    return row

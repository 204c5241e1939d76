"""Calls as items of a bulk import: which may travel so, and what the import is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from engine.connections.imports import Kind
from engine.lock import TargetLock
from engine.plan import Call, Record

CONTACTS: Kind = "contacts"
INSIGHT: Kind = "insight"


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One call as an item; `key` is how the report names it, `collection` '' for contacts."""

    kind: Kind
    collection: str
    key: str
    item: dict[str, Any]


def as_creation(target: TargetLock, plan: Record, call: Call) -> BulkItem | None:
    """Give the item that creates a contact; None where it must be created alone.

    Only a relay address may be created in bulk, as one who did not opt in: an import would change
    the status of a contact that is there already, and nobody can have opted in with a relay
    address.
    """
    bulk, body = target.operations[call["operation"]].bulk, call["body"]
    identity = plan["identity"]
    if bulk is None or identity is None or not identity["email_masked"]:
        return None
    if not isinstance(body, dict) or "consentRecords" in body:
        return None
    if body["channelProperties"]["email"]["status"] != bulk.get("only_status"):
        return None
    item = {"matchIdentifier": "email", **body}
    return BulkItem(CONTACTS, "", str(body["identifiers"]["email"]), item)


def as_item(target: TargetLock, call: Call) -> BulkItem | None:
    """Give the item that does what a call does; None for one that cannot travel in an import."""
    operation = target.operations[call["operation"]]
    if operation.bulk is None or operation.creates_contact or _waits(call["body"]):
        return None
    steps = [unquote(step) for step in call["path"].split("/")]
    if operation.needs == "contact_id":
        number = contact_of(target, call)
        named = {"matchIdentifier": "contactId", "identifiers": {"contactId": number}}
        return BulkItem(CONTACTS, "", str(number), {**named, **_object(call["body"])})
    record = {"key": steps[-1], "json": _object(call["body"])}
    if operation.needs == "contact":
        identifier, value = steps[-4], steps[-3]
        told = int(value) if identifier == "contactId" else value
        record["contactIdentity"] = {"identifier": identifier, "value": told}
    return BulkItem(INSIGHT, steps[-2], steps[-1], record)


def contact_of(target: TargetLock, call: Call) -> int | None:
    """Give the number of the contact that a call updates; None for any other call."""
    if target.operations[call["operation"]].needs != "contact_id":
        return None
    return int(call["path"].rsplit("/", 1)[1])


def _object(body: object) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def _waits(body: object) -> bool:
    """Whether a body needs the answer to another call."""
    if isinstance(body, dict):
        return "$answer" in body or any(map(_waits, body.values()))
    return isinstance(body, list) and any(map(_waits, body))

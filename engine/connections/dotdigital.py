"""Dotdigital as miradot may change it: the target lock's operations, imports, erasure.

Nothing here takes a free path or body, and nothing can subscribe again whoever opted out: a call of
a mapping leaves only as the lock has it, and the few others are written out below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import orjson

from engine.connections.allowed import Allowed, EgressError
from engine.connections.answers import UnsafeAnswerError, in_doubt, is_missing
from engine.connections.dotdigital_reads import CONTACTS, FIELD_NAME, INSIGHT, DotdigitalReader
from engine.connections.imports import largest_import
from engine.connections.outcomes import Done, Outcome
from engine.connections.pace import Pace
from engine.connections.wire import Sent, Wire
from engine.lock import TargetLock
from engine.patterns import fits

FieldType = Literal["String", "Numeric", "Date", "Boolean"]
# Calls that are no operations of the lock, with their tiers (see READ_TIERS).
_SETUP_TIER, _DELETE_TIER, _EMPTY_TIER = "medium", "high", "medium"
_CREATED = 201


class DotdigitalClient(DotdigitalReader):
    """One account, to be read and written.

    What writes raises EgressError before anything leaves that may not, and may raise DeniedError:
    user, password or region are wrong.
    """

    def __init__(self, wire: Wire, target: TargetLock, pace: Pace, address: str = "") -> None:
        super().__init__(wire, target, pace, address)
        self._allowed = Allowed(target)
        self._largest = largest_import(target)

    def send(
        self, operation: str, method: str, path: str, query: Mapping[str, str], body: object
    ) -> Outcome:
        """Make one call of the lock, given whole; EgressError for any other.

        Unknown is only told of operations that add up. UnsafeAnswerError is raised when an update
        created a contact.
        """
        allowed = self._allowed.check(operation, method, path, query, body)
        raw = _encode(operation, body)
        if allowed.delivery_only and len(raw) > self._largest:
            raise EgressError(f"{operation}: its body is longer than {self._largest} bytes")
        sent = Sent(method, path, query, raw)
        outcome = self._ask(sent, allowed.tier, idempotent=allowed.idempotent)
        if not isinstance(outcome, Done):
            return outcome
        if allowed.needs == "contact_id" and outcome.status == _CREATED:
            raise UnsafeAnswerError(f"Dotdigital created a contact by {operation}")
        bulk = allowed.delivery_only
        if (bulk or allowed.creates_contact) and not _names_what_was_made(outcome, bulk=bulk):
            return in_doubt("its answer names nothing", idempotent=allowed.idempotent)
        return outcome

    def import_contacts(self, items: Iterable[Mapping[str, object]]) -> Outcome:
        """Start a bulk import of contacts; Done holds its `importId`.

        An item is named by its contactId and states no status, or by its address and states that
        it is unsubscribed: then it may be new.
        """
        name = "contacts.import"
        operation = self._target.operations[name]
        merge = _fixed(operation.body, "mergeOption")
        body = {"mergeOption": merge, "contacts": list(items)}
        return self.send(name, operation.method, operation.path, operation.query, body)

    def import_records(self, collection: str, records: Iterable[Mapping[str, object]]) -> Outcome:
        """Start a bulk import of records into a collection of the lock; Done holds `importId`."""
        name = "insight.import"
        operation = self._target.operations[name]
        known = self._target.collection(collection)
        if known is None:
            raise EgressError(f"{name}: its collection is not in the lock")
        body = {
            "collectionName": collection,
            "collectionScope": known.scope,
            "collectionType": known.type,
            "records": list(records),
        }
        return self.send(name, operation.method, operation.path, operation.query, body)

    def create_collection(
        self, name: str, scope: Literal["contact", "account"], type_: str
    ) -> Outcome:
        """Create an Insight collection; one that is there already is Done as well."""
        insight, known = self._target.insight, self._target.collection(name)
        if name in insight.own_collections or not fits(insight.collection_name, name):
            raise EgressError("the collection is not one to create")
        if known is not None and (known.scope, known.type) != (scope, type_):
            raise EgressError("the scope or type of the collection is another one in the lock")
        query = {"collectionScope": scope, "collectionType": type_}
        sent = Sent("POST", f"{INSIGHT}/collections/{name}", query)
        return self._ask(sent, _SETUP_TIER, idempotent=True)

    def create_data_field(self, name: str, type_: FieldType) -> Outcome:
        """Create a data field of contacts, which only the account's users see."""
        if not fits(FIELD_NAME, name) or name in self._target.built_in_fields:
            raise EgressError("the data field is not one to create")
        body = orjson.dumps({"name": name, "type": type_, "visibility": "Private"})
        return self._ask(Sent("POST", "/v2/data-fields", {}, body), _SETUP_TIER, idempotent=True)

    def delete_contact(self, contact_id: int) -> Outcome:
        """Delete a contact; one who is not there is Done. Records go first: they do not follow."""
        sent = Sent("DELETE", f"{CONTACTS}/contactId/{_number(contact_id)}")
        return self._delete(sent, _DELETE_TIER)

    def delete_records(self, contact_id: int, collection: str) -> Outcome:
        """Delete all records of a contact in a collection, for good; done a while later."""
        if not fits(self._target.insight.collection_name, collection):
            raise EgressError("there can be no such collection")
        of_contact = f"{INSIGHT}/contacts/contactId/{_number(contact_id)}"
        return self._delete(Sent("DELETE", f"{of_contact}/{collection}/empty"), _EMPTY_TIER)

    def _delete(self, sent: Sent, tier: str) -> Outcome:
        outcome = self._ask(sent, tier, idempotent=True)
        return Done(outcome.status) if is_missing(outcome) else outcome


def _encode(name: str, body: object) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        raise EgressError(f"{name}: its body holds what JSON cannot") from None


def _fixed(template: object, member: str) -> object:
    """Give the value that the lock itself gives to a member of a body."""
    return template.get(member) if isinstance(template, dict) else None


def _names_what_was_made(outcome: Done, *, bulk: bool) -> bool:
    """Say whether an answer names the contact, or the import, that it is about."""
    member, kind = ("importId", str) if bulk else ("contactId", int)
    return isinstance(outcome.body, dict) and isinstance(outcome.body.get(member), kind)


def _number(contact_id: int) -> str:
    if isinstance(contact_id, bool) or contact_id < 1:
        raise EgressError("there can be no such contactId")
    return str(contact_id)

"""Bulk imports: accepted at once, done a while later, and told record by record in a report.

A record can be updated and be among the failures, where only a part of it did not apply.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from engine.sandbox.dotdigital.account import Account
from engine.sandbox.dotdigital.bodies import BULK_MERGE, Closed, ContactBody, bad, fit_body
from engine.sandbox.dotdigital.contacts import Contact, Contacts
from engine.sandbox.dotdigital.insight import Insight, Unfit
from engine.sandbox.service import Json, Refused

CONTACTS, INSIGHT = "contacts", "insight"
# How Dotdigital's import report names what the single call names otherwise.
_REASONS = {"contacts:idAlreadyExists": "Duplicate", "contacts:badJson": "ApiSchemaViolation"}


class ContactImport(Closed):
    """Contacts to create or update."""

    merge_option: Literal["overwrite", "overwriteIfNotEmpty", "overwriteIfEmpty"] = "overwrite"
    contacts: Annotated[list[Json], Field(min_length=1)]
    resubscribe_options: Json = Field(default_factory=dict)


class Identity(Closed):
    """The owner of a record."""

    identifier: Literal["contactId", "email"]
    value: str | int


class InsightRecord(Closed):
    """One record of an import."""

    key: Annotated[str, Field(min_length=1)]
    contact_identity: Identity | None = None
    json_: Annotated[Json, Field(alias="json")]


class InsightImport(Closed):
    """Records for one collection."""

    collection_name: str
    collection_scope: Literal["account", "contact"]
    collection_type: str
    records: Annotated[list[InsightRecord], Field(min_length=1)]


@dataclass(slots=True)
class Import:
    """One import; `report` is there once it is done."""

    id: str
    kind: str
    body: ContactImport | InsightImport
    ready: datetime
    report: Json | None = None


@dataclass(slots=True)
class Imports:
    """Imports of both kinds, and how many of them may run at once."""

    account: Account
    contacts: Contacts
    insight: Insight
    all: dict[str, Import] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Addresses and record keys that the next import leaves out as failed: a fault switched on."""

    def start(self, kind: str, body: ContactImport | InsightImport, now: datetime) -> Import:
        """Take an import; 429 when too many are running."""
        self.work(now)
        running = sum(one.report is None and one.kind == kind for one in self.all.values())
        most = self.account.contact_imports if kind == CONTACTS else self.account.insight_imports
        if running >= most:
            raise Refused(bad(f"{kind}:tooManyActiveImports", f"{most} are running", status=429))
        number = len(self.all) + 1
        made = Import(
            id=f"00000000-0000-4000-8000-{number:012d}",
            kind=kind,
            body=body,
            ready=now + self.account.import_takes,
        )
        self.all[made.id] = made
        return made

    def work(self, now: datetime) -> None:
        """Do every import that is due, in the order in which they came."""
        for one in self.all.values():
            if one.report is None and one.ready <= now:
                body = one.body
                if isinstance(body, ContactImport):
                    one.report = self._import_contacts(body, now)
                else:
                    one.report = self._import_records(body, now)

    def _import_contacts(self, body: ContactImport, now: datetime) -> Json:
        told: Json = {"created": [], "updated": [], "failures": []}
        merge = BULK_MERGE[body.merge_option]
        for item in body.contacts:
            try:
                given = {"resubscribeOptions": body.resubscribe_options, **item}
                contact = fit_body(given, ContactBody, "contacts:badJson")
                found = self._match(contact)
                made, new = self.contacts.upsert(found, contact, merge, now)
            except Refused as refused:
                told["failures"].append(_failure(item, refused))
                continue
            told["created" if new else "updated"].append(_reference(made))
        told["summary"] = {
            "newContacts": len(told["created"]),
            "updatedContacts": len(told["updated"]),
            "globallySuppressed": 0,
            "invalidEntries": len(told["failures"]),
            "duplicateIdentifiers": 0,
        }
        return told

    def _match(self, contact: ContactBody) -> Contact | None:
        if contact.email in self.broken:
            raise Refused(bad("InvalidEmail", "the fault switch says so"))
        if contact.match_identifier == "contactId":
            found = self.contacts.by_id.get(contact.identifiers.contact_id or 0)
            if found is None:
                raise Refused(bad("InvalidContactId", "no such contact"))
            return found
        if contact.email is None:
            raise Refused(bad("NoValidIdentifiers", "there is no address"))
        return self.contacts.by_email.get(contact.email)

    def _import_records(self, body: InsightImport, now: datetime) -> Json:
        failures: list[Json] = []
        for record in body.records:
            try:
                collection = self.insight.collection(
                    body.collection_name, body.collection_scope, body.collection_type
                )
                owner = self._owner(record, body.collection_scope)
                collection.put(record.key, owner, record.json_, now)
            except Unfit as unfit:
                failures.append(
                    {"key": record.key, "failureReason": str(unfit), "json": record.json_}
                )
        total = len(body.records)
        summary = {
            "totalRecords": total,
            "totalImported": total - len(failures),
            "totalRejected": len(failures),
        }
        return {"summary": summary, "failures": failures}

    def _owner(self, record: InsightRecord, scope: str) -> int | None:
        if record.key in self.broken:
            raise Unfit("Unknown")
        if scope == "account":
            return None
        identity = record.contact_identity
        if identity is None:
            raise Unfit("InvalidContactIdentifier")
        found = self.contacts.find(identity.identifier, str(identity.value))
        if found is None:
            missing = "Email" if identity.identifier == "email" else "Id"
            raise Unfit(f"Contact{missing}DoesNotExist")
        return found.id


def show_import(one: Import) -> Json:
    """Give an import as polling shows it; the two services name their states differently."""
    if one.report is None:
        running = "NotFinished" if one.kind == CONTACTS else "Processing"
        return {"importId": one.id, "status": running}
    return {"importId": one.id, "status": "Finished", **one.report}


def _failure(item: Json, refused: Refused) -> Json:
    said = refused.answer.body
    code = str(said["errorCode"]) if isinstance(said, dict) else "Unknown"
    description = str(said["description"]) if isinstance(said, dict) else ""
    failure = {"failureCode": _REASONS.get(code, code), "description": description}
    return {"identifiers": item.get("identifiers"), "failures": [failure]}


def _reference(contact: Contact) -> Json:
    return {"contactId": contact.id, "identifiers": {"email": contact.email}}

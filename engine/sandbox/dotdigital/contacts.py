"""Contacts and their consent, by Dotdigital's rules.

- A new contact without an e-mail status becomes subscribed.
- A status is changed only when one is sent; `subscribed` for one who opted out subscribes again,
  in silence, unless `resubscribeWithNoChallenge` is false: then the person is asked first.
- What Dotdigital itself blocked (bounces, complaints, global suppression) no call lifts.
- A deleted contact waits in the recycle bin, and an upsert brings it back.
- Data fields are written even where nobody may be mailed; null clears one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.sandbox.dotdigital.account import Account
from engine.sandbox.dotdigital.bodies import ContactBody, MergeOption, bad
from engine.sandbox.mirakl.lines import instant
from engine.sandbox.service import Json, Refused

SUBSCRIBED, PENDING, BINNED = "subscribed", "pendingOptIn", "binned"
# What a person or the shop decided, and a call may change.
_OPEN = ("subscribed", "unsubscribed", "suppressed", "noSubscription", "pendingOptIn")


@dataclass(slots=True)
class Contact:
    """One contact; `status` is that of its e-mail channel."""

    id: int
    email: str
    status: str
    created: datetime
    modified: datetime
    fields: dict[str, object] = field(default_factory=dict)
    lists: set[int] = field(default_factory=set)
    consent: list[Json] = field(default_factory=list)
    binned: datetime | None = None

    def show(self) -> Json:
        """Give the contact as the API shows it."""
        status = BINNED if self.binned is not None else self.status
        return {
            "contactId": self.id,
            "status": status,
            "created": instant(self.created),
            "updated": instant(self.modified),
            "identifiers": {"email": self.email},
            "dataFields": dict(self.fields),
            "channelProperties": {
                "email": {"emailType": "Html", "optInType": "Unknown", "status": status}
            },
            "lists": [{"listId": one, "status": "subscribed"} for one in sorted(self.lists)],
            "consentRecords": list(self.consent),
        }


@dataclass(frozen=True, slots=True)
class Suppression:
    """Somebody who can no longer be mailed, and since when."""

    contact: Contact
    removed: datetime
    reason: str


@dataclass(slots=True)
class Contacts:
    """Every contact, by id and by address."""

    account: Account
    by_id: dict[int, Contact] = field(default_factory=dict)
    by_email: dict[str, Contact] = field(default_factory=dict)
    suppressions: list[Suppression] = field(default_factory=list)
    _next_id: int = 510_001

    def find(self, identifier: str, value: str) -> Contact | None:
        """Give the contact with an identifier; 400 for one of an unknown kind."""
        if identifier == "email":
            return self.by_email.get(value.strip().lower())
        if identifier == "contactId" and value.isdigit():
            return self.by_id.get(int(value))
        raise Refused(bad("contacts:invalidId", f'no contact can have the {identifier} "{value}"'))

    def create(self, body: ContactBody, now: datetime) -> Contact:
        """Create a contact; 409 when its address is taken."""
        if body.email is None:
            raise Refused(bad("contacts:badJson", "a contact needs an e-mail address here"))
        if body.email in self.by_email:
            raise Refused(bad("contacts:idAlreadyExists", "the address is taken", status=409))
        contact = Contact(self._next_id, body.email, body.status or SUBSCRIBED, now, now)
        self._next_id += 1
        self._write(contact, body, "overwrite", now)
        if contact.status != SUBSCRIBED:
            self.suppressions.append(Suppression(contact, now, contact.status))
        self.by_id[contact.id] = contact
        self.by_email[contact.email] = contact
        return contact

    def upsert(
        self, found: Contact | None, body: ContactBody, merge: MergeOption, now: datetime
    ) -> tuple[Contact, bool]:
        """Update a contact or create one; whether it is new."""
        if found is None:
            return self.create(body, now), True
        taken = self.by_email.get(body.email) if body.email is not None else None
        if taken is not None and taken is not found:
            raise Refused(bad("contacts:idAlreadyExists", "another contact has it", status=409))
        found.binned = None
        if body.email is not None and body.email != found.email:
            del self.by_email[found.email]
            found.email = body.email
            self.by_email[body.email] = found
        if body.status is not None:
            self.set_status(found, _allowed(found.status, body), now)
        self._write(found, body, merge, now)
        return found, False

    def set_status(self, contact: Contact, status: str, now: datetime, reason: str = "") -> None:
        """Set a status and remember who can no longer be mailed."""
        if contact.status == SUBSCRIBED and status not in (SUBSCRIBED, PENDING):
            self.suppressions.append(Suppression(contact, now, reason or status))
        contact.status, contact.modified = status, now

    def delete(self, contact: Contact, now: datetime) -> None:
        """Move a contact to the recycle bin."""
        contact.binned = contact.modified = now

    def unsubscribe(self, address: str, now: datetime) -> None:
        """Let a person unsubscribe; nothing happens to one whom nobody knows."""
        contact = self.by_email.get(address.strip().lower())
        if contact is not None and contact.status in (SUBSCRIBED, PENDING):
            self.set_status(contact, "unsubscribed", now, "unsubscribed")

    def know(self, address: str, status: str, now: datetime) -> Contact:
        """Give the contact of an address with a status of any kind, as only Dotdigital sets it."""
        email = address.strip().lower()
        contact = self.by_email.get(email)
        if contact is None:
            body = ContactBody.model_validate({"identifiers": {"email": email}})
            contact = self.create(body, now)
        contact.binned = now if status == BINNED else None
        self.set_status(contact, contact.status if status == BINNED else status, now)
        return contact

    def check(self, body: ContactBody) -> None:
        """Refuse fields and lists that the account does not have, and values of another type."""
        for name, value in body.data_fields.items():
            kind = self.account.fields.get(name)
            if kind is None or not _fits(value, kind):
                said = f"no data field {name}" if kind is None else f"{name} is {kind}"
                raise Refused(bad("contacts:badJson", said))
        for one in body.lists:
            if one not in self.account.lists:
                raise Refused(bad("contacts:badJson", f"no list {one}"))

    def _write(
        self, contact: Contact, body: ContactBody, merge: MergeOption, now: datetime
    ) -> None:
        self.check(body)
        for name, value in body.data_fields.items():
            held = contact.fields.get(name) is not None
            empty = value in (None, "")
            kept = merge == "overwrite-if-empty" and held
            if kept or (merge == "overwrite-if-not-empty" and empty):
                continue
            if value is None:
                contact.fields.pop(name, None)
            else:
                contact.fields[name] = value
        contact.lists |= set(body.lists)
        contact.consent += [{**one, "dateTimeCreated": instant(now)} for one in body.evidence]
        contact.modified = now


def _allowed(status: str, body: ContactBody) -> str:
    """Give the status that a call leaves behind."""
    if status not in _OPEN or body.status is None:
        return status
    again = body.status == SUBSCRIBED and status in ("unsubscribed", "suppressed", PENDING)
    silent = body.resubscribe_options.resubscribe_with_no_challenge
    return PENDING if again and not silent else body.status


def _fits(value: object, kind: str) -> bool:
    if value is None:
        return True
    if kind == "Numeric":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind == "Date":
        return isinstance(value, str) and _is_date(value)
    return isinstance(value, str)


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def show_suppression(one: Suppression) -> Json:
    """Give a suppression as `suppressed-since` lists it."""
    return {
        "suppressedContact": {
            "id": one.contact.id,
            "email": one.contact.email,
            "status": one.contact.status,
        },
        "dateRemoved": instant(one.removed),
        "reason": one.reason,
    }


def by_status(contacts: Mapping[int, Contact]) -> dict[str, int]:
    """Give how many contacts have each status."""
    counts: dict[str, int] = {}
    for one in contacts.values():
        status = BINNED if one.binned is not None else one.status
        counts[status] = counts.get(status, 0) + 1
    return dict(sorted(counts.items()))

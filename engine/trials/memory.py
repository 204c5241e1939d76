"""Memory: what Dotdigital and we know of a buyer, before a case and after each delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.contacts import NO_STATUS, UNASKED, Contact, Contacts
from engine.mapping import Probed

NONE, NOT_ASKED = "none", "unasked"
_SOMEBODY_ELSE = "f" * 32
_ID = 1


def contacts_saying(said: str, whose: str, values: Mapping[str, object]) -> Contacts:
    """Give the one answer that a case states: a status, `none` or `unasked`.

    `values` are the mapping's own for this record, so that the answer is about its buyer.
    """
    email, person = values.get("address.email"), values.get("person")
    if said == NOT_ASKED:
        return UNASKED
    if said == NONE or not isinstance(email, str) or not isinstance(person, str):
        return Contacts(asked=True)
    key = person if whose == "the_buyer" else _SOMEBODY_ELSE
    return _contacts_with(Contact(_ID, email.lower(), said, key))


def deliver(contacts: Contacts, probed: Probed, members: Mapping[str, str]) -> Contacts:
    """Give what is known after every call of a plan was delivered; `members` are a share's."""
    plan, values = probed.plan, probed.values
    email, person = values.get("address.email"), values.get("person")
    if plan["outcome"] != "planned" or not isinstance(email, str) or not isinstance(person, str):
        return contacts
    known, _ = contacts.find(person, email)
    status = values.get("consent.status")
    if known is None:
        known = Contact(_ID, email.lower(), str(status or NO_STATUS), person)
    sent = known.sent | {call["id"] for call in plan["calls"]}
    shares = {**known.shares, str(plan["key"]): probed.share(members)}
    return _contacts_with(replace(known, sent=sent, shares=shares, person=person))


def _contacts_with(contact: Contact) -> Contacts:
    return Contacts(
        asked=True,
        by_email={contact.email: contact} if contact.email is not None else {},
        by_person={contact.person: contact} if contact.person is not None else {},
    )

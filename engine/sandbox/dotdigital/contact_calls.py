"""Calls about contacts, version 3: read, create, upsert, delete, import."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from engine.sandbox.dotdigital.bodies import ContactBody, MergeOption, bad, read_body
from engine.sandbox.dotdigital.contacts import Contact
from engine.sandbox.dotdigital.imports import CONTACTS, ContactImport, show_import
from engine.sandbox.dotdigital.paging import cut_page, read_moment
from engine.sandbox.dotdigital.state import Call, State
from engine.sandbox.service import Answer, Parts, Refused, Request

_FORM = "contacts:badJson"


def list_contacts(state: State, request: Request, _parts: Parts) -> Answer:
    """List contacts, those modified since a moment only where `~modified=gte::…` says so."""
    since = request.value("~modified").removeprefix("gte::")
    moment = read_moment(since, "contacts:invalidFilter") if since else None
    found = [one.show() for one in state.contacts.by_id.values() if _modified(one, moment)]
    return cut_page(request, found)


def read_contact(state: State, _request: Request, parts: Parts) -> Answer:
    """Give one contact."""
    return Answer(200, _found(state, parts["identifier"], parts["value"]).show())


def create_contact(state: State, request: Request, _parts: Parts) -> Answer:
    """Create a contact, or refuse with 409 when its address is taken."""
    body = read_body(request, ContactBody, _FORM)
    if "resubscribe_options" in body.model_fields_set:
        return bad(_FORM, "resubscribeOptions is not taken on creation")
    return Answer(201, state.contacts.create(body, state.now).show())


def patch_contact(state: State, request: Request, parts: Parts) -> Answer:
    """Update a contact, or create one; by `contactId` there is nothing to create."""
    body = read_body(request, ContactBody, _FORM)
    merge = _merge_option(request.value("merge-option", "overwrite"))
    found = state.contacts.find(parts["identifier"], parts["value"])
    if found is None and parts["identifier"] != "email":
        return bad("contacts:contactNotFound", "no such contact", status=404)
    if found is None and body.email is None:
        identifiers = body.identifiers.model_copy(update={"email": parts["value"].strip().lower()})
        body = body.model_copy(update={"identifiers": identifiers})
    contact, new = state.contacts.upsert(found, body, merge, state.now)
    return Answer(201 if new else 200, contact.show())


def delete_contact(state: State, _request: Request, parts: Parts) -> Answer:
    """Move a contact to the recycle bin."""
    state.contacts.delete(_found(state, parts["identifier"], parts["value"]), state.now)
    return Answer(204)


def import_contacts(state: State, request: Request, _parts: Parts) -> Answer:
    """Take a bulk import."""
    body = read_body(request, ContactImport, _FORM)
    return Answer(202, {"importId": state.imports.start(CONTACTS, body, state.now).id})


def tell_import(state: State, _request: Request, parts: Parts) -> Answer:
    """Tell what became of an import of contacts."""
    found = state.imports.all.get(parts["number"])
    if found is None or found.kind != CONTACTS:
        return bad("contacts:importNotFound", "no such import", status=404)
    return Answer(200, show_import(found))


def _found(state: State, identifier: str, value: str) -> Contact:
    contact = state.contacts.find(identifier, value)
    if contact is None:
        raise Refused(bad("contacts:contactNotFound", "no such contact", status=404))
    return contact


def _merge_option(text: str) -> MergeOption:
    for option in get_args(MergeOption):
        if option == text:
            merge: MergeOption = option
            return merge
    raise Refused(bad("contacts:invalidFilter", f'no merge-option "{text}"'))


def _modified(contact: Contact, since: datetime | None) -> bool:
    return since is None or contact.modified >= since


_ONE = "/contacts/v3/{identifier}/{value}"
CALLS = (
    Call("low", "PUT", "/contacts/v3/import", import_contacts),
    Call("unlimited", "GET", "/contacts/v3/import/{number}", tell_import),
    Call("low", "GET", "/contacts/v3", list_contacts),
    Call("high", "POST", "/contacts/v3", create_contact),
    Call("high", "GET", _ONE, read_contact),
    Call("high", "PATCH", _ONE, patch_contact),
    Call("high", "DELETE", _ONE, delete_contact),
)

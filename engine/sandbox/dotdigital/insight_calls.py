"""Calls about Insight data, version 3: records one by one, in bulk, and listed."""

from __future__ import annotations

from engine.sandbox.dotdigital.bodies import bad, read_body
from engine.sandbox.dotdigital.contacts import Contact
from engine.sandbox.dotdigital.imports import INSIGHT, InsightImport, show_import
from engine.sandbox.dotdigital.insight import Collection, Unfit
from engine.sandbox.dotdigital.paging import cut_page, read_moment
from engine.sandbox.dotdigital.state import Call, State
from engine.sandbox.service import Answer, Json, Parts, Refused, Request

_FORM = "insightData:badJson"


def put_record(state: State, request: Request, parts: Parts) -> Answer:
    """Put one record of a contact; both the contact and the collection must be there."""
    return _put(state, request, parts, _contact(state, parts).id)


def put_account_record(state: State, request: Request, parts: Parts) -> Answer:
    """Put one record of the account."""
    return _put(state, request, parts, None)


def _put(state: State, request: Request, parts: Parts, owner: int | None) -> Answer:
    collection = _collection(state, parts["collection"])
    try:
        new = collection.put(parts["key"], owner, _object(request), state.now)
    except Unfit as unfit:
        return bad(_FORM, str(unfit))
    return Answer(201 if new else 204)


def create_collection(state: State, request: Request, parts: Parts) -> Answer:
    """Create a collection; one that is there is answered with 200."""
    known = parts["collection"] in state.insight.collections
    scope, kind = request.value("collectionScope"), request.value("collectionType")
    try:
        state.insight.collection(parts["collection"], scope, kind)
    except Unfit as unfit:
        return bad(_FORM, str(unfit))
    return Answer(200 if known else 201)


def list_collections(state: State, request: Request, _parts: Parts) -> Answer:
    """List the collections."""
    found: list[Json] = [
        {"name": one.name, "type": one.type, "scope": one.scope, "recordCount": len(one.records)}
        for one in state.insight.collections.values()
    ]
    return cut_page(request, found)


def tell_schema(state: State, _request: Request, parts: Parts) -> Answer:
    """Tell the type that each field of a collection has taken."""
    found = _collection(state, parts["collection"])
    return Answer(200, {"types": {path.lstrip("."): kind for path, kind in found.types.items()}})


def list_records(state: State, request: Request, parts: Parts) -> Answer:
    """List the records of a collection, those updated since a moment only where asked."""
    found = _collection(state, parts["collection"])
    since = request.value("~modified").removeprefix("gte::")
    moment = read_moment(since, "insightData:invalidFilter") if since else None
    records = [
        one.show() for one in found.records.values() if moment is None or one.updated >= moment
    ]
    return cut_page(request, records)


def delete_record(state: State, _request: Request, parts: Parts) -> Answer:
    """Delete one record of a contact; it is gone at once."""
    contact, found = _contact(state, parts), _collection(state, parts["collection"])
    held = found.records.get(parts["key"])
    if held is None or held.owner != contact.id:
        return bad("insightData:recordNotFound", "no such record", status=404)
    del found.records[held.key]
    return Answer(204)


def empty_records(state: State, _request: Request, parts: Parts) -> Answer:
    """Delete all records of a contact in a collection."""
    contact = _contact(state, parts)
    for held, record in state.insight.records_of(contact.id):
        if held.name == parts["collection"]:
            del held.records[record.key]
    return Answer(202, {"jobId": f"job-{contact.id}"})


def import_records(state: State, request: Request, _parts: Parts) -> Answer:
    """Take a bulk import."""
    body = read_body(request, InsightImport, _FORM)
    return Answer(202, {"importId": state.imports.start(INSIGHT, body, state.now).id})


def tell_import(state: State, _request: Request, parts: Parts) -> Answer:
    """Tell what became of an import of records."""
    found = state.imports.all.get(parts["number"])
    if found is None or found.kind != INSIGHT:
        return bad("insightData:importNotFound", "no such import", status=404)
    return Answer(200, show_import(found))


def _contact(state: State, parts: Parts) -> Contact:
    contact = state.contacts.find(parts["identifier"], parts["value"])
    if contact is None:
        raise Refused(bad("insightData:contactNotFound", "no such contact", status=404))
    return contact


def _collection(state: State, name: str) -> Collection:
    collection = state.insight.collections.get(name)
    if collection is None:
        raise Refused(bad("insightData:collectionNotFound", f"no collection {name}", status=404))
    return collection


def _object(request: Request) -> Json:
    try:
        given = request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Refused(bad(_FORM, "the body is not a JSON object"))
    return given


_OF_CONTACT = "/insightData/v3/contacts/{identifier}/{value}/{collection}"
CALLS = (
    Call("low", "PUT", "/insightData/v3/import", import_records),
    Call("unlimited", "GET", "/insightData/v3/import/{number}", tell_import),
    Call("medium", "GET", "/insightData/v3/collections", list_collections),
    Call("medium", "POST", "/insightData/v3/collections/{collection}", create_collection),
    Call("medium", "GET", "/insightData/v3/collections/{collection}/schema", tell_schema),
    Call("low", "GET", "/insightData/v3/contacts/{collection}", list_records),
    Call("low", "GET", "/insightData/v3/account/{collection}", list_records),
    Call("medium", "DELETE", f"{_OF_CONTACT}/empty", empty_records),
    Call("high", "PUT", f"{_OF_CONTACT}/{{key}}", put_record),
    Call("high", "DELETE", f"{_OF_CONTACT}/{{key}}", delete_record),
    Call("high", "PUT", "/insightData/v3/account/{collection}/{key}", put_account_record),
)

"""Calls that only version 2 of the API has: programmes, mail, opt-outs, the account itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.sandbox.dotdigital.account import FieldType
from engine.sandbox.dotdigital.bodies import Closed, read_body
from engine.sandbox.dotdigital.contacts import SUBSCRIBED, show_suppression
from engine.sandbox.dotdigital.paging import read_moment
from engine.sandbox.dotdigital.state import Call, State
from engine.sandbox.mirakl.lines import instant
from engine.sandbox.service import Answer, Json, Parts, Refused, Request

_MOST_ENROLLED = 25
_LARGEST_PAGE = 1000


class Enrolment(Closed):
    """Contacts to enrol in a programme."""

    program_id: int
    contacts: Annotated[list[int], Field(max_length=_MOST_ENROLLED)] = Field(default_factory=list)
    address_books: Annotated[list[int], Field(max_length=10)] = Field(default_factory=list)


class TriggeredMail(Closed):
    """One transactional mail, made from a campaign."""

    to_addresses: Annotated[list[str], Field(min_length=1)]
    campaign_id: int
    personalization_values: list[Json] = Field(default_factory=list)


class DataField(Closed):
    """A data field to create."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
    type: FieldType
    visibility: str = "Private"
    default_value: object = None


def _faulty(token: str, status: int = 400) -> Answer:
    """Give an error as version 2 writes it."""
    return Answer(status, {"message": f"Error: {token}"})


def list_programmes(state: State, request: Request, _parts: Parts) -> Answer:
    """List the programmes."""
    found = [
        {"id": number, "name": name, "status": status, "dateCreated": "2026-01-01T00:00:00Z"}
        for number, (name, status) in state.account.programmes.items()
    ]
    return Answer(200, _select(request, found))


def enrol(state: State, request: Request, _parts: Parts) -> Answer:
    """Enrol contacts; what became of each shows only later, in the enrolment's report."""
    body = read_body(request, Enrolment, "ERROR_INVALID_REQUEST")
    _, status = state.account.programmes.get(body.program_id, ("", ""))
    if not status:
        return _faulty("ERROR_PROGRAM_NOT_FOUND", 404)
    if status != "Active":
        return _faulty("ERROR_PROGRAM_NOT_ACTIVE", 422)
    if bool(body.contacts) == bool(body.address_books):
        return _faulty("ERROR_INVALID_REQUEST")
    for number in body.contacts:
        contact = state.contacts.by_id.get(number)
        if contact is not None and contact.status == SUBSCRIBED:
            state.enrolments[number, body.program_id] += 1
    enrolment = f"11111111-0000-4000-8000-{sum(state.enrolments.values()):012d}"
    told = {"id": enrolment, "programId": body.program_id, "status": "Processing"}
    return Answer(201, {**told, "contacts": body.contacts, "dateCreated": instant(state.now)})


def send_mail(state: State, request: Request, _parts: Parts) -> Answer:
    """Send a transactional mail; nothing in the answer would tell a repeat."""
    body = read_body(request, TriggeredMail, "ERROR_INVALID_REQUEST")
    if body.campaign_id not in state.account.campaigns:
        return _faulty("ERROR_CAMPAIGN_NOT_FOUND", 404)
    state.mails.append(body.model_dump(mode="json", by_alias=True))
    return Answer(200)


def list_suppressed(state: State, request: Request, parts: Parts) -> Answer:
    """List who can no longer be mailed since a moment: unsubscribed, bounced, complained."""
    moment = read_moment(parts["since"], "ERROR_INVALID_REQUEST")
    found = [show_suppression(one) for one in state.contacts.suppressions if one.removed >= moment]
    return Answer(200, _select(request, found))


def list_fields(state: State, _request: Request, _parts: Parts) -> Answer:
    """List the data fields of contacts."""
    known = state.account.fields.items()
    return Answer(
        200,
        [
            {"name": name, "type": kind, "visibility": "Private", "defaultValue": None}
            for name, kind in known
        ],
    )


def create_field(state: State, request: Request, _parts: Parts) -> Answer:
    """Create a data field."""
    body = read_body(request, DataField, "ERROR_DATAFIELD_INVALID")
    if body.name in state.account.fields:
        return _faulty("ERROR_NON_UNIQUE_DATAFIELD")
    state.account.fields[body.name] = body.type
    return Answer(201)


def list_lists(state: State, request: Request, _parts: Parts) -> Answer:
    """List the lists, which version 2 calls address books, with how many contacts each holds."""
    members = [one.lists for one in state.contacts.by_id.values()]
    found = [
        {
            "id": number,
            "name": name,
            "visibility": "Private",
            "contacts": sum(number in lists for lists in members),
        }
        for number, name in state.account.lists.items()
    ]
    return Answer(200, _select(request, found))


def list_templates(state: State, request: Request, _parts: Parts) -> Answer:
    """List the e-mail templates; what they hold is left out here."""
    found = [
        {
            "id": number,
            "name": name,
            "subject": name,
            "fromName": "Sandbox",
            "htmlContent": "",
            "plainTextContent": "",
        }
        for number, name in state.account.templates.items()
    ]
    return Answer(200, _select(request, found))


def tell_account(state: State, request: Request, _parts: Parts) -> Answer:
    """Tell of the account; `ApiEndpoint` is the host to call."""
    properties = {
        "Name": "Sandbox",
        "MainEmail": "owner@example.com",
        "ApiEndpoint": f"http://{request.headers.get('host', '127.0.0.1')}",
        "TimeZoneIana": "Europe/London",
        "CurrencyCode": "GBP",
    }
    told = [{"name": name, "type": "String", "value": value} for name, value in properties.items()]
    return Answer(200, {"id": state.number, "properties": told})


def tell_time(state: State, _request: Request, _parts: Parts) -> Answer:
    """Tell the time."""
    return Answer(200, instant(state.now))


def _select(request: Request, found: list[Json]) -> list[Json]:
    """Give the part of a list that `select` and `skip` ask for."""
    try:
        select, skip = int(request.value("select", "1000")), int(request.value("skip", "0"))
    except ValueError:
        raise Refused(_faulty("ERROR_PARAMETER_INVALID")) from None
    if not 0 < select <= _LARGEST_PAGE or skip < 0:
        raise Refused(_faulty("ERROR_PARAMETER_INVALID"))
    return found[skip : skip + select]


CALLS = (
    Call("medium", "GET", "/v2/programs", list_programmes),
    Call("unlimited", "POST", "/v2/programs/enrolments", enrol),
    Call("unlimited", "POST", "/v2/email/triggered-campaign", send_mail),
    Call("medium", "GET", "/v2/contacts/suppressed-since/{since}", list_suppressed),
    Call("medium", "GET", "/v2/data-fields", list_fields),
    Call("medium", "POST", "/v2/data-fields", create_field),
    Call("medium", "GET", "/v2/address-books", list_lists),
    Call("medium", "GET", "/v2/templates", list_templates),
    Call("unlimited", "GET", "/v2/account-info", tell_account),
    Call("unlimited", "GET", "/v2/server-time", tell_time),
)

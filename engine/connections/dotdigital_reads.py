"""Dotdigital as it may be looked at: contacts, opt-outs, reports, and what the account has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar
from urllib.parse import quote

from engine.connections.answers import classify, in_doubt, is_missing
from engine.connections.imports import Kind, ReportError, read_report
from engine.connections.listings import (
    ContactList,
    ContactPage,
    DataField,
    InsightCollection,
    InsightRecord,
    ListingError,
    Programme,
    SuppressedPage,
    Template,
    read_collections,
    read_data_fields,
    read_lists,
    read_page,
    read_programmes,
    read_properties,
    read_records,
    read_suppressions,
    read_templates,
)
from engine.connections.moments import write_moment
from engine.connections.outcomes import Done, Failed, Outcome, Refused, Throttled, Unknown
from engine.connections.pace import Pace
from engine.connections.wire import Got, NoAnswer, Sent, Wire
from engine.lock import TargetLock
from engine.patterns import fits
from engine.runtime.values import read_email, read_instant

# Dotdigital tells the tier of a call on its reference page, and knows four: low for imports and
# long lists, medium, high for single records, unlimited for polling.
READ_TIERS: Mapping[str, str] = {
    "read a contact": "high",
    "list contacts": "low",
    "list suppressed": "medium",
    "list programmes": "medium",
    "list data fields": "medium",
    "list collections": "medium",
    "list lists": "medium",
    "list templates": "medium",
    "list records": "low",
    "tell an import": "unlimited",
    "read the clock": "unlimited",
    "read the account": "unlimited",
}
ReadOutcome = Done | Refused | Throttled | Failed
CONTACTS, INSIGHT = "/contacts/v3", "/insightData/v3"
FIELD_NAME = r"^[A-Za-z0-9_-]{1,20}$"
_IMPORTS: Mapping[Kind, str] = {
    "contacts": f"{CONTACTS}/import",
    "insight": f"{INSIGHT}/import",
}
_IMPORT_ID = r"^[A-Za-z0-9-]{1,100}$"
_PAGE = 1000
_MISSING = 404
_Read = TypeVar("_Read")


class NotReadError(Exception):
    """A list that could not be read; `outcome` says whether and when to try again.

    `address` is where it was asked for, where nothing at all was found there.
    """

    def __init__(self, what: str, outcome: Outcome, address: str = "") -> None:
        # Not in the vendor's words, which may repeat an address.
        told = outcome.why if isinstance(outcome, Failed) else type(outcome).__name__.lower()
        if address:
            told = f"it answered {_MISSING} at {address}; is MIRADOT_DOTDIGITAL_URL right?"
        super().__init__(f"could not {what}: {told}")
        self.outcome = outcome


class DotdigitalReader:
    """One account, to be read.

    Every method may raise DeniedError: user, password or region are wrong. `address` is where the
    account is reached, for people to whom it is told.
    """

    def __init__(self, wire: Wire, target: TargetLock, pace: Pace, address: str = "") -> None:
        self._wire = wire
        self._address = address
        self._target = target
        self._pace = pace

    def tell_import(self, kind: Kind, import_id: str) -> ReadOutcome:
        """Tell what became of an import; the body of Done is an ImportReport."""
        if not fits(_IMPORT_ID, import_id):
            raise ValueError("there can be no such import")
        path = f"{_IMPORTS[kind]}/{import_id}"
        outcome = self._read("tell an import", path)
        if not isinstance(outcome, Done):
            return outcome
        try:
            return Done(outcome.status, read_report(kind, outcome.body))
        except ReportError as error:
            return Failed(f"the report cannot be read: {error}")

    def read_contact(self, by: Literal["email", "contactId"], value: str | int) -> ReadOutcome:
        """Read one contact, with all its channels; the body of Done is None when there is none.

        Nobody but the contact asked for is given: another one is Failed.
        """
        possible = isinstance(value, int) if by == "contactId" else read_email(value) == value
        if not possible:
            raise ValueError(f"there can be no such {by}")
        path = f"{CONTACTS}/{by}/{quote(str(value), safe='')}"
        outcome = self._read("read a contact", path)
        if is_missing(outcome):
            return Done(_MISSING)
        if isinstance(outcome, Done):
            why = self._doubt(outcome.body, by, str(value))
            return Failed(f"the answer about a contact {why}") if why else outcome
        return outcome

    def list_contacts(
        self,
        modified_since: datetime | None,
        marker: str | None = None,
        data_fields: Sequence[str] = (),
        *,
        with_lists: bool = False,
    ) -> ContactPage:
        """List contacts with all their channels and the data fields named, oldest first.

        With `with_lists` each also tells the lists it is on. Raises NotReadError.
        """
        if not all(fits(FIELD_NAME, one) for one in data_fields):
            raise ValueError("a data field to read has no possible name")
        sets = (self._target.contact.channels, *(("lists",) if with_lists else ()))
        query = {"include": "|".join(sets), "limit": str(_PAGE)}
        if data_fields:
            query["data-fields"] = "|".join(data_fields)
        if modified_since is not None:
            query["~modified"] = f"gte::{write_moment(modified_since)}"
        if marker is not None:
            query["marker"] = marker
        items, following = self._list("list contacts", CONTACTS, query, read_page)
        _check_marker("list contacts", marker, following)
        return ContactPage(items, following)

    def list_suppressed(self, since: datetime, skip: int = 0) -> SuppressedPage:
        """List who can no longer be mailed since a moment; raises NotReadError."""
        path = f"/v2/contacts/suppressed-since/{quote(write_moment(since), safe='')}"
        query = {"select": str(_PAGE), "skip": str(skip)}
        items = self._list("list suppressed", path, query, read_suppressions)
        return SuppressedPage(items, skip + _PAGE if len(items) >= _PAGE else None)

    def server_time(self) -> datetime:
        """Give Dotdigital's clock, aware; raises NotReadError."""
        what = "read the clock"
        got = self._exchange(Sent("GET", "/v2/server-time"), READ_TIERS[what])
        if isinstance(got, Throttled):
            raise NotReadError(what, got)
        if isinstance(got, NoAnswer):
            raise NotReadError(what, Failed(str(got)))
        # The one answer that is plain text, by its documentation.
        text = got.body.decode("ascii", "replace").strip().strip('"')
        moment = read_instant(text)
        if moment is None:
            outcome = classify(got, idempotent=True)
            raise NotReadError(what, Failed("no time") if isinstance(outcome, Done) else outcome)
        return datetime.fromisoformat(moment)

    def account_info(self) -> Mapping[str, str]:
        """Give the account's properties by name, such as ApiEndpoint; raises NotReadError."""
        return self._list("read the account", "/v2/account-info", {}, read_properties)

    def list_programmes(self) -> tuple[Programme, ...]:
        """List the programmes; raises NotReadError."""
        return self._list_older("list programmes", "/v2/programs", read_programmes)

    def list_data_fields(self) -> tuple[DataField, ...]:
        """List the data fields; raises NotReadError."""
        return self._list("list data fields", "/v2/data-fields", {}, read_data_fields)

    def list_collections(self) -> tuple[InsightCollection, ...]:
        """List the Insight collections; raises NotReadError."""
        what, path = "list collections", f"{INSIGHT}/collections"
        found: list[InsightCollection] = []
        query = {"limit": str(_PAGE)}
        while True:
            items, marker = self._list(what, path, query, read_collections)
            found += items
            if marker is None:
                return tuple(found)
            _check_marker(what, query.get("marker"), marker)
            query = {**query, "marker": marker}

    def list_lists(self) -> tuple[ContactList, ...]:
        """List the lists of the account; raises NotReadError."""
        return self._list_older("list lists", "/v2/address-books", read_lists)

    def list_templates(self) -> tuple[Template, ...]:
        """List the e-mail templates; raises NotReadError."""
        return self._list_older("list templates", "/v2/templates", read_templates)

    def list_records(
        self, collection: str, modified_since: datetime | None, marker: str | None = None
    ) -> tuple[tuple[InsightRecord, ...], str | None]:
        """List the records of a collection of the lock, a page of them; with the next marker.

        Raises NotReadError; ValueError for a collection that the lock does not know.
        """
        known = self._target.collection(collection)
        if known is None or not fits(self._target.insight.collection_name, collection):
            raise ValueError("the collection is not in the lock")
        place = "contacts" if known.scope == "contact" else "account"
        query = {"limit": str(_PAGE)}
        if modified_since is not None:
            query["~modified"] = f"gte::{write_moment(modified_since)}"
        if marker is not None:
            query["marker"] = marker
        what = "list records"
        found = self._list(what, f"{INSIGHT}/{place}/{collection}", query, read_records)
        _check_marker(what, marker, found[1])
        return found

    def _read(self, what: str, path: str, query: Mapping[str, str] | None = None) -> ReadOutcome:
        """Read something; a read is always idempotent, so nothing is unknown about it."""
        outcome = self._ask(Sent("GET", path, query or {}), READ_TIERS[what], idempotent=True)
        return (
            Failed(outcome.why, status=outcome.status) if isinstance(outcome, Unknown) else outcome
        )

    def _list(
        self, what: str, path: str, query: Mapping[str, str], read: Callable[[object], _Read]
    ) -> _Read:
        """Read a list; raises NotReadError unless it came whole and in its form."""
        outcome = self._read(what, path, query)
        if not isinstance(outcome, Done):
            astray = isinstance(outcome, Refused | Failed) and outcome.status == _MISSING
            # Where Dotdigital itself says that something is not there, the address is right.
            there = f"{self._address}{path}" if astray and not is_missing(outcome) else ""
            raise NotReadError(what, outcome, there)
        try:
            return read(outcome.body)
        except ListingError as error:
            raise NotReadError(what, Failed(str(error))) from None

    def _list_older(
        self, what: str, path: str, read: Callable[[object], tuple[_Read, ...]]
    ) -> tuple[_Read, ...]:
        """Read a list of version 2 whole, page by page; raises NotReadError."""
        found: list[_Read] = []
        while True:
            query = {"select": str(_PAGE), "skip": str(len(found))}
            items = self._list(what, path, query, read)
            found += items
            if len(items) < _PAGE:
                return tuple(found)

    def _ask(self, sent: Sent, tier: str, *, idempotent: bool) -> Outcome:
        """Make one call when there is leave, and tell what became of it."""
        got = self._exchange(sent, tier)
        if isinstance(got, Got):
            return classify(got, idempotent=idempotent)
        if isinstance(got, Throttled):
            return got
        return in_doubt(str(got), idempotent=idempotent) if got.taken else Failed(str(got))

    def _exchange(self, sent: Sent, tier: str) -> Got | NoAnswer | Throttled:
        wait = self._pace.take(tier)
        if wait:
            return Throttled(wait)
        try:
            got = self._wire.exchange(sent)
        except NoAnswer as none:
            return none
        self._pace.heed(tier, got.status, got.headers)
        return got

    def _doubt(self, contact: object, by: str, value: str) -> str:
        """Say why an answer about a contact cannot be used; nothing when it can."""
        form = self._target.contact
        if not isinstance(contact, dict):
            return "is no object"
        number = contact.get(form.id)
        if not isinstance(number, int) or isinstance(number, bool):
            return f"has no {form.id}"
        if form.channels not in contact:
            return f"has no {form.channels}, so its status is not known"
        if by == form.id:
            return "" if str(number) == value else "is about another contact"
        *objects, member = form.email.split(".")
        holder: object = contact
        for name in (*objects, member):
            holder = holder.get(name) if isinstance(holder, dict) else None
        same = isinstance(holder, str) and holder.strip().lower() == value.strip().lower()
        return "" if same else "is about another contact"


def _check_marker(what: str, here: str | None, following: str | None) -> None:
    if following is not None and following == here:
        raise NotReadError(what, Failed("its next page is this one again"))

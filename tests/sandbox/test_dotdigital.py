"""Dotdigital's rules as documented, the dangerous ones above all."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from engine.sandbox.service import Request
from tests.sandbox import Rehearsal

CONTACTS = "/dotdigital/contacts/v3"
JO = f"{CONTACTS}/email/jo@example.com"
IMPORT = f"{CONTACTS}/import"
INSIGHT = "/dotdigital/insightData/v3"
SILENT = {"resubscribeOptions": {"resubscribeWithNoChallenge": True}}
ASKED = {"resubscribeOptions": {"resubscribeWithNoChallenge": False}}


def email(status: str) -> dict[str, object]:
    return {"channelProperties": {"email": {"status": status}}}


@pytest.fixture
def there() -> Rehearsal:
    return Rehearsal()


def test_a_new_contact_without_a_status_becomes_subscribed(there: Rehearsal) -> None:
    assert there.contact()["status"] == "subscribed"


def test_a_new_contact_keeps_the_status_it_is_given(there: Rehearsal) -> None:
    assert there.contact(**email("unsubscribed"))["status"] == "unsubscribed"


def test_who_exists_is_not_created_again(there: Rehearsal) -> None:
    there.contact(**email("unsubscribed"))
    body = {"identifiers": {"email": "JO@example.com"}, **email("subscribed")}
    answer = there.call("POST", CONTACTS, body)
    assert isinstance(answer.body, dict)
    assert (answer.status, answer.body["errorCode"]) == (409, "contacts:idAlreadyExists")
    assert there.get(JO)["status"] == "unsubscribed"


# What a contact's status is, what a call says of it, and what is left.
STATUSES: list[tuple[str, dict[str, Any], str]] = [
    ("unsubscribed", {}, "unsubscribed"),
    ("unsubscribed", {"dataFields": {"FIRSTNAME": "Jo"}}, "unsubscribed"),
    ("unsubscribed", email("subscribed"), "subscribed"),
    ("unsubscribed", {**email("subscribed"), **SILENT}, "subscribed"),
    ("unsubscribed", {**email("subscribed"), **ASKED}, "pendingOptIn"),
    ("suppressed", email("subscribed"), "subscribed"),
    ("subscribed", email("unsubscribed"), "unsubscribed"),
    ("hardBounced", email("subscribed"), "hardBounced"),
    ("ispComplained", {**email("subscribed"), **SILENT}, "ispComplained"),
    ("spamTrap", email("unsubscribed"), "spamTrap"),
    ("binned", {"dataFields": {"FIRSTNAME": "Jo"}}, "subscribed"),
]


@pytest.mark.parametrize(("before", "body", "after"), STATUSES)
def test_an_upsert_leaves_this_status(
    there: Rehearsal, before: str, body: dict[str, Any], after: str
) -> None:
    there.call("POST", "/sandbox/contacts", {"email": "jo@example.com", "status": before})
    assert there.call("PATCH", JO, body).status == 200
    assert there.get(JO)["status"] == after


def test_an_upsert_by_address_creates_and_by_number_does_not(there: Rehearsal) -> None:
    assert there.call("PATCH", JO, {"dataFields": {"FIRSTNAME": "Jo"}}).status == 201
    assert there.get(JO)["status"] == "subscribed"
    assert there.call("PATCH", f"{CONTACTS}/contactId/999", {"lists": [4711]}).status == 404


@pytest.mark.parametrize(
    ("option", "given", "kept"),
    [
        ("overwrite", None, None),
        ("overwrite", "Joe", "Joe"),
        ("overwrite-if-not-empty", "", "Jo"),
        ("overwrite-if-not-empty", "Joe", "Joe"),
        ("overwrite-if-empty", "Joe", "Jo"),
    ],
)
def test_fields_are_merged_as_asked(
    there: Rehearsal, option: str, given: str | None, kept: str | None
) -> None:
    there.contact(dataFields={"FIRSTNAME": "Jo"})
    query = {"merge-option": option}
    there.call("PATCH", JO, {"dataFields": {"FIRSTNAME": given}}, **query)
    assert there.get(JO)["dataFields"].get("FIRSTNAME") == kept


@pytest.mark.parametrize(
    "body",
    [
        {"dataFields": {"NO_SUCH_FIELD": "x"}},
        {"dataFields": {"MKT_ORDERS": "many"}},
        {"dataFields": {"MKT_FIRST_ORDER": "soon"}},
        {"lists": [1]},
        {"status": "subscribed"},
        {"consentRecords": [{"text": "yes"}]},
        {"channelProperties": {"email": {"status": "hardBounced"}}},
        {"identifiers": {"email": "no address"}},
        [],
    ],
)
def test_a_body_that_does_not_fit_is_refused(there: Rehearsal, body: object) -> None:
    there.contact()
    assert there.call("PATCH", JO, body).status == 400


def test_consent_that_is_sent_twice_stands_twice(there: Rehearsal) -> None:
    record = {
        "text": "Yes, please",
        "dateTimeConsented": "2026-03-01T08:00:00Z",
        "url": "https://shop.example.com",
        "ipAddress": "192.0.2.1",
        "userAgent": "Example",
    }
    there.contact(consentRecords=[record])
    there.call("PATCH", JO, {"consentRecords": [record]})
    assert len(there.get(JO)["consentRecords"]) == 2


def bulk(there: Rehearsal, contacts: list[object], **more: object) -> Any:
    answer = there.call("PUT", IMPORT, {"contacts": contacts, **more})
    assert answer.status == 202, answer
    assert isinstance(answer.body, dict)
    place = f"{IMPORT}/{answer.body['importId']}"
    assert there.get(place)["status"] == "NotFinished"
    there.wait(seconds=15)
    return there.get(place)


def by_email(address: str, **more: object) -> dict[str, object]:
    return {"matchIdentifier": "email", "identifiers": {"email": address}, **more}


def test_an_import_is_accepted_first_and_told_later(there: Rehearsal) -> None:
    there.contact()
    report = bulk(there, [by_email("jo@example.com"), by_email("new@example.com")])
    assert report["status"] == "Finished"
    assert (report["summary"]["newContacts"], report["summary"]["updatedContacts"]) == (1, 1)
    assert there.get(f"{CONTACTS}/email/new@example.com")["status"] == "subscribed"


def test_an_import_fails_record_by_record(there: Rehearsal) -> None:
    report = bulk(
        there,
        [
            by_email("good@example.com"),
            by_email("bad@example.com", dataFields={"NOPE": 1}),
            {"matchIdentifier": "contactId", "identifiers": {"contactId": 9}},
            {"matchIdentifier": "email", "identifiers": {"mobileNumber": "+447700900123"}},
        ],
    )
    codes = [one["failures"][0]["failureCode"] for one in report["failures"]]
    assert codes == ["ApiSchemaViolation", "InvalidContactId", "NoValidIdentifiers"]
    assert [one["identifiers"]["email"] for one in report["created"]] == ["good@example.com"]


def test_no_more_than_the_allowed_imports_run_at_once(there: Rehearsal) -> None:
    there.sandbox.state.account.contact_imports = 2
    body = {"contacts": [by_email("jo@example.com")]}
    answers = [there.call("PUT", IMPORT, body).status for _ in range(3)]
    assert answers == [202, 202, 429]
    there.wait(seconds=15)
    assert there.call("PUT", IMPORT, body).status == 202


def record(key: str, json: object, owner: str = "jo@example.com") -> dict[str, object]:
    identity = {"identifier": "email", "value": owner}
    return {"key": key, "contactIdentity": identity, "json": json}


def orders(there: Rehearsal, *records: object) -> Any:
    body = {
        "collectionName": "Orders",
        "collectionScope": "contact",
        "collectionType": "orders",
        "records": list(records),
    }
    answer = there.call("PUT", f"{INSIGHT}/import", body)
    assert isinstance(answer.body, dict)
    there.wait(seconds=15)
    return there.get(f"{INSIGHT}/import/{answer.body['importId']}")


def test_a_record_is_replaced_as_a_whole(there: Rehearsal) -> None:
    there.contact()
    orders(there, record("A", {"order_total": 1.5, "note": "x"}))
    place = f"{INSIGHT}/contacts/email/jo@example.com/Orders/A"
    assert there.call("PUT", place, {"order_total": 2.0}).status == 204
    (held,) = there.get(f"{INSIGHT}/contacts/Orders")["_items"]
    assert held["json"] == {"order_total": 2.0}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (record("B", {"order_total": "2"}), "JsonValueIncompatibleWithSchema"),
        (record("B", {"sizes": [[1]]}), "JsonContainsNestedArray"),
        (record("B", {"order total": 2}), "JsonKeyInvalidCharacters"),
        (record("B", {"order_total": None}), "InvalidJson"),
        (record("B", {"order_total": 2}, "nobody@example.com"), "ContactEmailDoesNotExist"),
        (record("A", {"order_total": 2}, "max@example.com"), "KeyExistingForDifferentContact"),
    ],
)
def test_a_record_that_does_not_fit_is_told_in_the_report(
    there: Rehearsal, second: object, reason: str
) -> None:
    there.contact()
    there.call("POST", CONTACTS, {"identifiers": {"email": "max@example.com"}})
    assert orders(there, record("A", {"order_total": 1.5}))["failures"] == []
    report = orders(there, second)
    assert [one["failureReason"] for one in report["failures"]] == [reason]
    assert report["summary"]["totalRejected"] == 1


def test_a_single_record_needs_its_contact_and_its_collection(there: Rehearsal) -> None:
    place = f"{INSIGHT}/contacts/email/jo@example.com/Orders/A"
    answer = there.call("PUT", place, {"a": 1})
    assert answer.status == 404
    there.contact()
    answer = there.call("PUT", place, {"a": 1})
    assert isinstance(answer.body, dict)
    assert answer.body["errorCode"] == "insightData:collectionNotFound"


ENROL = "/dotdigital/v2/programs/enrolments"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"programId": 881, "contacts": [510001]}, 201),
        ({"programId": 882, "contacts": [510001]}, 422),
        ({"programId": 5, "contacts": [510001]}, 404),
        ({"programId": 881, "contacts": [510001], "addressBooks": [4711]}, 400),
        ({"programId": 881}, 400),
        ({"programId": 881, "contacts": list(range(26))}, 400),
    ],
)
def test_an_enrolment_is_answered(there: Rehearsal, body: object, status: int) -> None:
    there.contact()
    assert there.call("POST", ENROL, body).status == status


def test_an_enrolment_that_is_repeated_happens_twice(there: Rehearsal) -> None:
    there.contact()
    for _ in range(2):
        there.call("POST", ENROL, {"programId": 881, "contacts": [510001]})
    assert there.sandbox.state.enrolments == {(510001, 881): 2}


def test_whoever_unsubscribes_is_listed_since_then(there: Rehearsal) -> None:
    there.contact()
    there.wait(hours=1)
    there.sandbox.state.contacts.unsubscribe("jo@example.com", there.sandbox.clock.now())
    since = "/dotdigital/v2/contacts/suppressed-since"
    (one,) = there.get(f"{since}/2026-03-01T10:00:00Z")
    assert (one["suppressedContact"]["email"], one["reason"]) == ("jo@example.com", "unsubscribed")
    assert there.get(f"{since}/2026-03-01T10:00:01Z") == []


def test_modified_contacts_are_listed_in_pages(there: Rehearsal) -> None:
    for name in ("a", "b", "c"):
        there.call("POST", CONTACTS, {"identifiers": {"email": f"{name}@example.com"}})
    there.wait(hours=1)
    there.call("PATCH", f"{CONTACTS}/email/b@example.com", {"lists": [4711]})
    page = there.get(CONTACTS, limit="2")
    assert len(page["_items"]) == 2
    rest = there.get(CONTACTS, limit="2", marker=page["_links"]["next"]["marker"])
    assert [one["identifiers"]["email"] for one in rest["_items"]] == ["c@example.com"]
    changed = there.get(CONTACTS, _at_modified="gte::2026-03-01T10:00:00Z")["_items"]
    assert [one["identifiers"]["email"] for one in changed] == ["b@example.com"]


def test_a_tier_is_told_used_up_and_open_again_in_a_minute(there: Rehearsal) -> None:
    for _ in range(there.sandbox.state.account.tiers["low"]):
        there.get(CONTACTS)
    refused = there.call("GET", CONTACTS)
    assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (429, "0")
    assert there.call("GET", JO).status == 404
    there.wait(seconds=int(refused.headers["X-RateLimit-Reset"]))
    assert there.call("GET", CONTACTS).status == 200


def test_account_lists_fields_and_programmes_are_told(there: Rehearsal) -> None:
    properties = {
        one["name"]: one["value"] for one in there.get("/dotdigital/v2/account-info")["properties"]
    }
    assert properties["ApiEndpoint"].startswith("http://127.0.0.1")
    fields = {one["name"]: one["type"] for one in there.get("/dotdigital/v2/data-fields")}
    assert fields["MKT_NET_VALUE"] == "Numeric"
    assert [one["id"] for one in there.get("/dotdigital/v2/address-books")] == [4711, 4712]
    statuses = {one["id"]: one["status"] for one in there.get("/dotdigital/v2/programs")}
    assert statuses == {881: "Active", 882: "Draft"}
    assert there.get("/dotdigital/v2/server-time") == "2026-03-01T09:00:00Z"


def test_a_wrong_password_is_refused(there: Rehearsal) -> None:
    login = {"authorization": f"Basic {b64encode(b'somebody:else').decode()}"}
    answer = there.sandbox.handle(Request("GET", JO, headers=login)).answer
    assert answer.status == 401

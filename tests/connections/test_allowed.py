"""The last gate: nothing leaves for Dotdigital but what the target lock says."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from engine.connections.allowed import EgressError
from engine.connections.outcomes import Done
from tests.connections import Scripted, client_of, got

Change = Callable[[dict[str, Any]], object]
EMAIL = "ada@example.com"
CONSENT = {
    "text": "Yes, please",
    "dateTimeConsented": "2026-03-01T08:00:00Z",
    "url": "https://shop.example.com",
    "ipAddress": "192.0.2.1",
    "userAgent": "Example",
}
ORDER = {
    "id": "A-1",
    "order_total": 9.5,
    "order_subtotal": 9.5,
    "purchase_date": "2026-03-01T08:00:00Z",
    "currency": "GBP",
    "order_status": "shipped",
    "products": [{"name": "Lamp", "sku": "L-1", "price": 9.5, "qty": 1}],
}


def request(operation: str, method: str, path: str, body: object, **query: str) -> dict[str, Any]:
    given = {name.replace("_", "-"): value for name, value in query.items()}
    return {
        "operation": operation,
        "method": method,
        "path": path,
        "query": given,
        "body": deepcopy(body),
    }


CREATE = request(
    "contacts.create",
    "POST",
    "/contacts/v3",
    {
        "identifiers": {"email": EMAIL},
        "channelProperties": {"email": {"status": "subscribed"}},
        "dataFields": {"FIRSTNAME": "Ada", "MKT_ORDERS": 1},
        "lists": [4711],
        "consentRecords": [CONSENT],
    },
)
UPDATE = request(
    "contacts.update",
    "PATCH",
    "/contacts/v3/contactId/77",
    {"dataFields": {"MKT_ORDERS": 2}, "lists": [4712]},
    merge_option="overwrite",
)
PUT = request("insight.put", "PUT", "/insightData/v3/contacts/contactId/77/Orders/A-1", ORDER)
PUT_BY_EMAIL = {**PUT, "path": "/insightData/v3/contacts/email/ada%40example.com/Orders/A-1"}
PUT_ACCOUNT = request(
    "insight.put_account",
    "PUT",
    "/insightData/v3/account/catalog_gb/L-1",
    {
        "name": "Lamp",
        "sku": "L-1",
        "price": 9.5,
        "url": "https://shop.example.com/l-1",
        "image_path": "https://shop.example.com/l-1.jpg",
    },
)
ENROL = request(
    "programmes.enrol", "POST", "/v2/programs/enrolments", {"programId": 881, "contacts": [77]}
)
MAIL = request(
    "email.send_triggered",
    "POST",
    "/v2/email/triggered-campaign",
    {
        "toAddresses": [EMAIL],
        "campaignId": 77,
        "personalizationValues": [{"name": "order", "value": "A-1"}],
    },
)
IMPORT = request(
    "contacts.import",
    "PUT",
    "/contacts/v3/import",
    {
        "mergeOption": "overwrite",
        "contacts": [
            {
                "matchIdentifier": "email",
                "identifiers": {"email": EMAIL},
                "channelProperties": {"email": {"status": "unsubscribed"}},
            },
            {
                "matchIdentifier": "contactId",
                "identifiers": {"contactId": 77},
                "dataFields": {"MKT_ORDERS": 2},
            },
        ],
    },
)
RECORDS = request(
    "insight.import",
    "PUT",
    "/insightData/v3/import",
    {
        "collectionName": "Orders",
        "collectionScope": "contact",
        "collectionType": "orders",
        "records": [
            {
                "key": "A-1",
                "contactIdentity": {"identifier": "contactId", "value": 77},
                "json": ORDER,
            }
        ],
    },
)
FINE = {
    "a creation": CREATE,
    "an update": UPDATE,
    "a record": PUT,
    "a record by address": PUT_BY_EMAIL,
    "a record of a collection that the lock does not know": {
        **PUT,
        "path": "/insightData/v3/contacts/contactId/77/Own_things/A-1",
        "body": {"a": 1},
    },
    "a product": PUT_ACCOUNT,
    "an enrolment": ENROL,
    "a service mail": MAIL,
    "an import": IMPORT,
    "an import of records": RECORDS,
}


def to(**parts: object) -> Change:
    return lambda one: one.update(parts)


def body(**members: object) -> Change:
    return lambda one: one["body"].update(members)


def without(member: str) -> Change:
    return lambda one: one["body"].pop(member)


def item(number: int, **members: object) -> Change:
    return lambda one: one["body"]["contacts"][number].update(members)


def owner(**parts: object) -> Change:
    return lambda one: one["body"]["records"][0].update(parts)


def status(code: object) -> dict[str, object]:
    return {"channelProperties": {"email": {"status": code}}}


AGAIN = {"resubscribeWithNoChallenge": True}
ASKED = {"resubscribeWithNoChallenge": False}
DEEP = {"a": [{"b": {"resubscribedOn": "2026-03-01"}}]}
OTHER_RECORD = "/insightData/v3/contacts/contactId/77/Orders/"

# What is changed of a request that is fine, and why it does not leave then.
FORBIDDEN: dict[str, tuple[dict[str, Any], Change, str]] = {
    "an operation that there is none of": (
        UPDATE,
        to(operation="contacts.resubscribe"),
        "no operation",
    ),
    "the call that resubscribes": (
        UPDATE,
        to(path="/v2/contacts/resubscribe", method="POST"),
        "method",
    ),
    "a resubscription under another name": (ENROL, to(path="/v2/contacts/resubscribe"), "path"),
    "another method": (UPDATE, to(method="PUT"), "method"),
    "a method in small letters": (UPDATE, to(method="patch"), "method"),
    "an update by address, which creates": (
        UPDATE,
        to(path="/contacts/v3/email/ada%40example.com"),
        "path",
    ),
    "an update by phone": (UPDATE, to(path="/contacts/v3/mobileNumber/447700900123"), "path"),
    "an update of contact 0": (UPDATE, to(path="/contacts/v3/contactId/0"), "path"),
    "an update of no number": (UPDATE, to(path="/contacts/v3/contactId/77x"), "path"),
    "a path with a line break": (UPDATE, to(path="/contacts/v3/contactId/77\n"), "path"),
    "a path with more behind it": (UPDATE, to(path="/contacts/v3/contactId/77/lists"), "path"),
    "a path with a query": (UPDATE, to(path="/contacts/v3/contactId/77?a=b"), "path"),
    "a path on another host": (UPDATE, to(path="//evil.example.com/contacts/v3"), "path"),
    "a path that climbs": (PUT, to(path=f"{OTHER_RECORD}.."), "path"),
    "a path that climbs in code": (PUT, to(path=f"{OTHER_RECORD}%2E%2E"), "path"),
    "a path with a hidden slash": (PUT, to(path=f"{OTHER_RECORD}A-1%2f"), "path"),
    "a path in two codings": (PUT, to(path=f"{OTHER_RECORD}%41-1"), "path"),
    "a path with a hidden line break": (PUT, to(path=f"{OTHER_RECORD}A%0A"), "path"),
    "an empty record key": (PUT, to(path=OTHER_RECORD), "path"),
    "no query": (UPDATE, to(query={}), "query"),
    "another merge option": (UPDATE, to(query={"merge-option": "overwrite-if-empty"}), "query"),
    "a query more": (UPDATE, to(query={"merge-option": "overwrite", "a": "b"}), "query"),
    "a query where there is none": (CREATE, to(query={"merge-option": "overwrite"}), "query"),
    "a status on update": (UPDATE, body(**status("subscribed")), "does not take"),
    "the narrowest status on update": (UPDATE, body(**status("unsubscribed")), "does not take"),
    "an identifier on update": (UPDATE, body(identifiers={"email": EMAIL}), "does not take"),
    "consent on update": (UPDATE, body(consentRecords=[CONSENT]), "does not take"),
    "a silent resubscription": (UPDATE, body(resubscribeOptions=AGAIN), "resubscribe"),
    "a resubscription that asks": (UPDATE, body(resubscribeOptions=ASKED), "resubscribe"),
    "a creation that resubscribes": (CREATE, body(resubscribeOptions=AGAIN), "resubscribe"),
    "an import that resubscribes": (IMPORT, body(resubscribeOptions=AGAIN), "resubscribe"),
    "an import that asks": (IMPORT, body(resubscribeOptions=ASKED), "resubscribe"),
    "a resubscription in other letters": (UPDATE, body(ReSubscribeOptions=AGAIN), "resubscribe"),
    "a resubscription deep down": (PUT, body(more=DEEP), "resubscribe"),
    "a resubscription inside an item": (IMPORT, item(0, resubscribeOptions=AGAIN), "resubscribe"),
    "an empty update": (UPDATE, to(body={}), "minProperties"),
    "an update that is a list": (UPDATE, to(body=[]), "does not take"),
    "an update of nothing": (UPDATE, to(body=None), "does not take"),
    "a field with an impossible name": (UPDATE, body(dataFields={"MKT ORDERS": 1}), "pattern"),
    "a field whose name ends with a line": (UPDATE, body(dataFields={"MKT\n": 1}), "pattern"),
    "a field that holds an object": (UPDATE, body(dataFields={"A": {}}), "type"),
    "a list that is a text": (UPDATE, body(lists=["4711"]), "type"),
    "a list that is a broken number": (UPDATE, body(lists=[4711.0]), "type"),
    "more lists than a contact has": (UPDATE, body(lists=list(range(101))), "maxItems"),
    "a number that JSON has not": (UPDATE, body(dataFields={"A": float("nan")}), "JSON"),
    "a value that JSON has not": (UPDATE, body(dataFields={"A": b"x"}), "JSON"),
    "half a letter": (UPDATE, body(dataFields={"A": "\ud800"}), "JSON"),
    "a number that is too long": (UPDATE, body(dataFields={"A": 10**30}), "JSON"),
    "a member without a name": (UPDATE, body(dataFields={1: "x"}), "no name"),
    "a creation without a status": (CREATE, without("channelProperties"), "required"),
    "a creation with an empty channel": (CREATE, body(channelProperties={"email": {}}), "required"),
    "a creation as suppressed": (CREATE, body(**status("suppressed")), "enum"),
    "a creation as pending": (CREATE, body(**status("pendingOptIn")), "enum"),
    "a creation without an address": (CREATE, body(identifiers={}), "required"),
    "a creation of two lines": (CREATE, body(identifiers={"email": f"{EMAIL}\n"}), "format"),
    "a creation with a phone": (
        CREATE,
        body(identifiers={"email": EMAIL, "mobileNumber": "447700900123"}),
        "additionalProperties",
    ),
    "a subscription without consent": (CREATE, without("consentRecords"), "consent record"),
    "a subscription with no consent in the list": (CREATE, body(consentRecords=[]), "minItems"),
    "half a consent record": (CREATE, body(consentRecords=[{"text": "Yes"}]), "required"),
    "a consent without a moment": (
        CREATE,
        body(consentRecords=[{**CONSENT, "dateTimeConsented": "today"}]),
        "format",
    ),
    "an order without a total": (PUT, without("order_total"), "required"),
    "an order whose total is a text": (PUT, body(order_total="9.50"), "type"),
    "an order with a null": (PUT, body(coupon=None), "not"),
    "an order in an odd currency": (PUT, body(currency="GBP\n"), "pattern"),
    "an order that is a list": (PUT, to(body=[ORDER]), "type"),
    "evidence as a record": (
        PUT,
        to(path="/insightData/v3/contacts/contactId/77/ConsentInsight/A-1"),
        "write to",
    ),
    "a collection that cannot be": (
        PUT,
        to(path="/insightData/v3/contacts/contactId/77/1st/A-1"),
        "write to",
    ),
    "a product as an order": (
        PUT_ACCOUNT,
        to(path="/insightData/v3/account/Orders/L-1"),
        "contact",
    ),
    "an order as a product": (
        PUT,
        to(path="/insightData/v3/contacts/contactId/77/catalog_gb/A-1"),
        "account",
    ),
    "a record by phone": (
        PUT,
        to(path="/insightData/v3/contacts/mobileNumber/447700900123/Orders/A-1"),
        "path",
    ),
    "an enrolment of an answer": (
        ENROL,
        body(contacts=[{"$answer": "contact_create.contactId"}]),
        "answer",
    ),
    "an enrolment of a list": (ENROL, body(addressBooks=[4711]), "does not take"),
    "an enrolment of too many": (ENROL, body(contacts=list(range(1, 27))), "maxItems"),
    "an enrolment of nobody": (ENROL, body(contacts=[]), "minItems"),
    "an enrolment of a text": (ENROL, body(contacts=["77"]), "anyOf"),
    "a mail to two": (MAIL, body(toAddresses=[EMAIL, "b@example.com"]), "maxItems"),
    "a mail with a copy": (MAIL, body(ccAddresses=[EMAIL]), "does not take"),
    "a mail to no address": (MAIL, body(toAddresses=["Ada"]), "format"),
    "an import with another merge option": (
        IMPORT,
        body(mergeOption="overwriteIfEmpty"),
        "not the lock's",
    ),
    "an import without a merge option": (IMPORT, without("mergeOption"), "not the lock's"),
    "an import of nobody": (IMPORT, body(contacts=[]), "minItems"),
    "an import that subscribes": (IMPORT, item(0, **status("subscribed")), "enum"),
    "an import that may create without a status": (
        IMPORT,
        lambda one: one["body"]["contacts"][0].pop("channelProperties"),
        "bulk creation",
    ),
    "an import with a status on update": (IMPORT, item(1, **status("unsubscribed")), "on update"),
    "an import that gives a contact an address": (
        IMPORT,
        item(1, identifiers={"contactId": 77, "email": EMAIL}),
        "that alone",
    ),
    "an import by an identifier that is not there": (
        IMPORT,
        item(1, identifiers={"email": EMAIL}),
        "that alone",
    ),
    "an import by phone": (IMPORT, item(1, matchIdentifier="mobileNumber"), "enum"),
    "an import of contact true": (IMPORT, item(1, identifiers={"contactId": True}), "contactId"),
    "an import of a number as text": (IMPORT, item(1, identifiers={"contactId": "7"}), "contactId"),
    "an import of no address": (IMPORT, item(0, identifiers={"email": "Ada"}), "no address"),
    "an import with consent": (IMPORT, item(0, consentRecords=[CONSENT]), "additional"),
    "records of an unknown collection": (RECORDS, body(collectionName="Mine"), "not in the lock"),
    "records of evidence": (RECORDS, body(collectionName="ConsentInsight"), "not in the lock"),
    "records in another scope": (RECORDS, body(collectionScope="account"), "scope or type"),
    "records of another type": (RECORDS, body(collectionType="custom"), "scope or type"),
    "records without an owner": (
        RECORDS,
        lambda one: one["body"]["records"][0].pop("contactIdentity"),
        "owner",
    ),
    "records by phone": (
        RECORDS,
        owner(contactIdentity={"identifier": "mobileNumber", "value": "1"}),
        "enum",
    ),
    "records of contact 0": (
        RECORDS,
        owner(contactIdentity={"identifier": "contactId", "value": 0}),
        "can be nobody",
    ),
    "records of no address": (
        RECORDS,
        owner(contactIdentity={"identifier": "email", "value": "Ada"}),
        "can be nobody",
    ),
    "records that are no orders": (RECORDS, owner(json={"id": "A-1"}), "required"),
    "records that resubscribe": (RECORDS, owner(json={"resubscribe": 1}), "resubscribe"),
}


def attempt(made: dict[str, Any]) -> Scripted:
    told = {"contactId": 77, "importId": "1"}
    wire = Scripted(got(200, told))
    assert isinstance(client_of(wire).send(**made), Done)
    return wire


@pytest.mark.parametrize("name", FINE)
def test_what_the_lock_says_leaves_as_it_was_given(name: str) -> None:
    wire = attempt(FINE[name])
    assert (wire.asked[0].method, wire.asked[0].path) == (FINE[name]["method"], FINE[name]["path"])


@pytest.mark.parametrize("name", FORBIDDEN)
def test_anything_else_does_not_leave(name: str) -> None:
    fine, change, words = FORBIDDEN[name]
    made = deepcopy(fine)
    change(made)
    wire = Scripted()
    with pytest.raises(EgressError, match=words) as raised:
        client_of(wire).send(**made)
    assert wire.asked == []
    assert "ada" not in str(raised.value).lower()


def test_a_creation_as_unsubscribed_needs_no_consent() -> None:
    made = deepcopy(CREATE)
    made["body"].pop("consentRecords")
    made["body"].update(status("unsubscribed"))
    attempt(made)


def test_a_body_that_nests_without_end_is_refused() -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(2000):
        inner["a"] = {}
        inner = inner["a"]
    for made in (
        {**PUT, "body": {**ORDER, "more": deep}},
        {**UPDATE, "body": {"dataFields": {"A": deep}}},
    ):
        with pytest.raises(EgressError, match="too deeply"):
            client_of(Scripted()).send(**made)

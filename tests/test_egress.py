"""The last look at a plan: whatever a hole in the proof would let through holds the record."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from engine.contacts import Contact
from engine.egress import Egress, Purposes
from engine.lock import load_target
from tests.consent_oracle import Declared, breaches
from tests.shipped import opted, order, plan
from tests.test_consent_law import LOADED
from tests.test_mapping import answers, contact

EGRESS = Egress(
    load_target("dotdigital@2026-08"),
    Purposes(lists=frozenset({1002}), campaigns=frozenset({3001})),
)
TICKED = order(order_additional_fields=opted("true"))
UNTICKED = order(order_additional_fields=opted("false"))
KNOWN = Contact(77, "ada@example.com", "subscribed")
Change = Callable[[Any], object]


def call(record: Any, send: str) -> Any:
    return next(one for one in record["calls"] if one["send"] == send)


def create(record: Any) -> Any:
    return call(record, "contact_create")["body"]


def set_status(record: Any, status: str) -> None:
    create(record)["channelProperties"]["email"]["status"] = status


def notify(record: Any, campaign: int) -> None:
    """Turn the enrolment into a service mail."""
    body = {"toAddresses": ["ada@example.com"], "campaignId": campaign}
    call(record, "post_purchase").update(operation="email.send_triggered", body=body)


NEW: dict[str, tuple[dict[str, Any], Change, str]] = {
    "subscribed without a decision": (
        UNTICKED,
        lambda one: set_status(one, "subscribed"),
        "nobody decided",
    ),
    "a status that nobody decided on": (
        UNTICKED,
        lambda one: set_status(one, "suppressed"),
        "nobody decided",
    ),
    "no status at all": (
        UNTICKED,
        lambda one: create(one)["channelProperties"]["email"].clear(),
        "nobody decided",
    ),
    "no consent record": (
        TICKED,
        lambda one: create(one).pop("consentRecords"),
        "consent record is not whole",
    ),
    "a consent record without its browser": (
        TICKED,
        lambda one: create(one)["consentRecords"][0].pop("userAgent"),
        "consent record is not whole",
    ),
    "a relay address subscribed": (
        TICKED,
        lambda one: one["identity"].update(email_masked=True),
        "relay address would be subscribed",
    ),
    "a marketing list for somebody who did not agree": (
        UNTICKED,
        lambda one: create(one)["lists"].append(1001),
        "marketing without consent",
    ),
    "a list that nobody declared": (
        UNTICKED,
        lambda one: create(one)["lists"].append(5),
        "marketing without consent",
    ),
    "a journey for somebody not created": (
        TICKED,
        lambda one: one["calls"].remove(call(one, "contact_create")),
        "not created subscribed",
    ),
    "a journey for the answer of another call": (
        TICKED,
        lambda one: call(one, "post_purchase")["body"].update(
            contacts=[{"$answer": "x.contactId"}]
        ),
        "not created subscribed",
    ),
    "a member that the operation does not take": (
        TICKED,
        lambda one: create(one).update(resubscribeOptions={}),
        "does not take",
    ),
    "an operation that does not exist": (
        TICKED,
        lambda one: call(one, "post_purchase").update(operation="contacts.resubscribe"),
        "no such operation",
    ),
    "a campaign that is not for service": (TICKED, lambda one: notify(one, 9), "not for service"),
}
EXISTING: dict[str, tuple[Contact, Change, str]] = {
    "a status on update": (
        KNOWN,
        lambda one: call(one, "contact_update")["body"].update(channelProperties={}),
        "does not take",
    ),
    "an update of another contact": (
        KNOWN,
        lambda one: call(one, "contact_update").update(path="/contacts/v3/contactId/78"),
        "for another contact",
    ),
    "a journey for another contact": (
        KNOWN,
        lambda one: call(one, "post_purchase")["body"].update(contacts=[78]),
        "marketing to another contact",
    ),
    "a journey for an unsubscribed contact": (
        Contact(77, "ada@example.com", "unsubscribed"),
        lambda _: None,
        'that is "unsubscribed"',
    ),
    "anything for an erased contact": (
        Contact(77, "ada@example.com", "binned"),
        lambda _: None,
        'the contact is "binned"',
    ),
    "anything for a contact of unknown status": (
        Contact(77, "ada@example.com", "brandNew"),
        lambda _: None,
        'the contact is "brandNew"',
    ),
    "a journey to a relay address": (
        KNOWN,
        lambda one: one["identity"].update(email_masked=True),
        "marketing to a relay address",
    ),
}


@pytest.mark.parametrize("name", NEW)
def test_a_wrong_call_for_somebody_new_is_told(name: str) -> None:
    made, change, words = NEW[name]
    record = deepcopy(plan(made))
    assert EGRESS.find_breach(record, None) == ""
    change(record)
    assert words in EGRESS.find_breach(record, None)


@pytest.mark.parametrize("name", EXISTING)
def test_a_wrong_call_for_a_known_contact_is_told(name: str) -> None:
    known, change, words = EXISTING[name]
    record = deepcopy(plan(TICKED, answers(contact("subscribed"))))
    assert EGRESS.find_breach(record, KNOWN) == ""
    change(record)
    assert words in EGRESS.find_breach(record, known)


def test_a_creation_of_somebody_known_is_told() -> None:
    assert "the contact exists" in EGRESS.find_breach(plan(TICKED), KNOWN)


def test_a_service_mail_of_a_service_campaign_may_leave() -> None:
    record = deepcopy(plan(TICKED))
    notify(record, 3001)
    assert EGRESS.find_breach(record, None) == ""


@pytest.mark.parametrize(
    ("made", "change"),
    [
        (UNTICKED, NEW["subscribed without a decision"][1]),
        (TICKED, NEW["no consent record"][1]),
        (UNTICKED, NEW["a marketing list for somebody who did not agree"][1]),
        (TICKED, NEW["a journey for somebody not created"][1]),
    ],
)
def test_the_oracle_of_the_law_sees_wrong_plans_too(made: dict[str, Any], change: Change) -> None:
    record = deepcopy(plan(made))
    declared = Declared(LOADED[0])
    assert list(breaches(declared, made, [], record)) == []
    change(record)
    assert list(breaches(declared, made, [], record)) != []


def test_the_oracle_sees_what_is_wrong_with_known_contacts() -> None:
    record = plan(TICKED, answers(contact("subscribed")))
    told = [contact(one) for one in ("subscribed", "unsubscribed", "binned")]
    found = [len(list(breaches(Declared(LOADED[0]), TICKED, [one], record))) for one in told]
    assert found[0] == 0
    assert min(found[1:]) > 0

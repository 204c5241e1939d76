"""Dotdigital's answers about contacts: any JSON is read or refused, and nothing read widens."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.contacts import ContactError, Memory, expand_answers, read_contacts
from engine.runtime.people import person_key
from tests.shipped import order, orders_mapping, plan
from tests.test_mapping import answers, contact, sends

FORM = orders_mapping().contact_form
SHARE = {"counts": True, "currency": "GBP", "placed_at": "2025-01-05T00:00:00Z", "net": "9.99"}
REFUSED: dict[str, list[Any]] = {
    "an answer that is no object": [["contactId"]],
    "an answer that is a text": ["contactNotFound"],
    "an error in place of a contact": [{"errorCode": "contacts:contactNotFound"}],
    "an id that is a text": [contact("subscribed", contactId="77")],
    "an id that is true": [contact("subscribed", contactId=True)],
    "an id of nought": [contact("subscribed", contactId=0)],
    "an id below nought": [contact("subscribed", contactId=-77)],
    "an id with a fraction": [contact("subscribed", contactId=77.5)],
    "identifiers that are a list": [contact("subscribed", identifiers=["ada@example.com"])],
    "an address that is a list": [contact("subscribed", identifiers={"email": ["ada@x.com"]})],
    "an address that is a number": [contact("subscribed", identifiers={"email": 7})],
    "data fields that are a list": [contact("subscribed", dataFields=[])],
    "a person key that is a number": [contact("subscribed", dataFields={"MIRAKL_PERSON": 5})],
    "no channels": [{"contactId": 1, "identifiers": {"email": "ada@example.com"}}],
    "channels that are a text": [contact("subscribed", channelProperties="email")],
    "a channel that is a list": [contact("subscribed", channelProperties={"email": []})],
    "a memory that is a list": [contact("subscribed", miradot=[])],
    "sent calls that are a text": [contact("subscribed", miradot={"sent": "a"})],
    "sent calls that are objects": [contact("subscribed", miradot={"sent": [{}]})],
    "sent calls that are lists": [contact("subscribed", miradot={"sent": [["a"]]})],
    "shares that are a list": [contact("subscribed", miradot={"shares": [SHARE]})],
    "a share that is a number": [contact("subscribed", miradot={"shares": {"A": 1}})],
    "one contact twice": [contact("subscribed"), contact("unsubscribed", "b@example.com")],
    "one address twice": [contact("subscribed"), contact("unsubscribed", contactId=78)],
    "one address in two spellings": [
        contact("subscribed"),
        contact("unsubscribed", " ADA@example.com. ", contactId=78),
    ],
}
SHARES: dict[str, dict[str, Any]] = {
    "an amount with more digits than its currency": {"net": "9.999"},
    "an amount that is a number": {"net": 9.99},
    "an amount below nought": {"net": "-9.99"},
    "a currency that is none": {"currency": "XXX "},
    "a currency that is a list": {"currency": ["GBP"]},
    "a count that is a number": {"counts": 1},
    "a moment without a zone": {"placed_at": "2025-01-05T00:00:00"},
    "a moment that is a number": {"placed_at": 20250105},
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(ContactError, match="contact"):
        read_contacts(REFUSED[name], FORM)


@pytest.mark.parametrize(
    ("twice", "told"),
    [
        ({}, "contact 77 is there twice; one answer about it is enough"),
        ({"contactId": 78}, "contacts 77 and 78 have the same address"),
    ],
)
def test_who_is_there_twice_is_told_by_what_is_the_same(twice: dict[str, Any], told: str) -> None:
    with pytest.raises(ContactError, match=told):
        read_contacts([contact("subscribed"), contact("subscribed", **twice)], FORM)


def test_two_contacts_with_one_person_key_are_told_by_its_field() -> None:
    keyed = {"dataFields": {"MIRAKL_PERSON": "key"}}
    pair = [
        contact("subscribed", **keyed),
        contact("subscribed", "b@example.com", contactId=78, **keyed),
    ]
    with pytest.raises(ContactError, match=r"contacts 77 and 78 .* person key \(MIRAKL_PERSON\)"):
        read_contacts(pair, FORM)


@pytest.mark.parametrize("name", SHARES)
def test_a_share_that_cannot_be_added_up_is_refused(name: str) -> None:
    made = contact("subscribed", miradot={"shares": {"A": SHARE | SHARES[name]}})
    with pytest.raises(ContactError, match="share of A"):
        read_contacts([made], FORM)


def test_what_is_remembered_counts_as_if_it_were_told() -> None:
    shares, sent = {"A": SHARE, "B": SHARE | {"placed_at": "2025-01-05T01:00:00+01:00"}}, {"one"}
    told = contact("subscribed", miradot={"shares": shares, "sent": sorted(sent)})
    memory = Memory(shares, sent, {})
    for _ in range(2):
        assert read_contacts([contact("subscribed")], FORM, memory) == read_contacts([told], FORM)


@pytest.mark.parametrize("name", SHARES)
def test_a_remembered_share_that_cannot_be_added_up_is_refused_each_time(name: str) -> None:
    memory = Memory({"A": SHARE, "B": SHARE | SHARES[name]}, (), {})
    for _ in range(2):
        with pytest.raises(ContactError, match="share of B"):
            read_contacts([contact("subscribed")], FORM, memory)


def test_a_share_in_another_spelling_of_time_is_brought_to_ours() -> None:
    made = SHARE | {"placed_at": "2025-01-05T01:00:00+01:00"}
    known = answers(contact("subscribed", miradot={"shares": {"OLD": made}}))
    update = plan(order(), known)["calls"][0]["body"]["dataFields"]
    assert update["MKT_FIRST_ORDER"] == "2025-01-05T00:00:00Z"


@pytest.mark.parametrize("answer", [[], "not found", 404, {"errorCode": "contacts:badJson"}])
def test_only_null_says_that_there_is_no_contact(answer: object) -> None:
    with pytest.raises(ContactError):
        read_contacts(expand_answers([{"ada@example.com": answer}]), FORM)
    assert not read_contacts(expand_answers([{"ada@example.com": None}]), FORM).by_email


@pytest.mark.parametrize("overall", [None, 5, [], {}, "", "noContact", "brandNew", True])
def test_an_overall_status_that_cannot_be_read_decides_nothing(overall: object) -> None:
    record = plan(order(), answers(contact("subscribed", status=overall)))
    assert [one["code"] for one in record["exceptions"]] == ["UNKNOWN_STATUS"]


@pytest.mark.parametrize("status", [None, 5, [], {}, "", "noContact", "Subscribed", " subscribed"])
def test_a_status_that_cannot_be_read_decides_nothing(status: Any) -> None:
    record = plan(order(), answers(contact(status)))
    assert [one["code"] for one in record["exceptions"]] == ["UNKNOWN_STATUS"]


@pytest.mark.parametrize("status", ["unsubscribed", "hardBounced", "noSubscription"])
@pytest.mark.parametrize("overall", ["binned", "deleted"])
def test_an_erased_contact_is_held_whatever_its_channel_says(status: str, overall: str) -> None:
    record = plan(order(), answers(contact(status, status=overall)))
    assert [one["code"] for one in record["exceptions"]] == ["ERASED_CONTACT"]


@pytest.mark.parametrize(
    "own", ["r.x@notification.mirakl.net", "r.x@uk.NOTIFICATION.mirakl.net", "j***@example.com"]
)
def test_a_contact_whose_own_address_is_a_relay_is_never_marketed_to(own: str) -> None:
    key = person_key("debenhams", "C-77")
    known = answers(contact("subscribed", own, dataFields={"MIRAKL_PERSON": key}))
    record = plan(order(), known)
    assert record["identity"]["email_masked"] is True
    assert sends(record) == ["contact_update", "order_record", "shipment"]


@pytest.mark.parametrize("identifiers", [{}, {"email": None}, {"email": " "}, {"email": "nobody"}])
def test_a_contact_without_a_readable_address_is_never_marketed_to(identifiers: Any) -> None:
    key = person_key("debenhams", "C-77")
    made = contact("subscribed", dataFields={"MIRAKL_PERSON": key}, identifiers=identifiers)
    assert "post_purchase" not in sends(plan(order(), answers(made)))


def test_a_brand_can_only_add_to_the_relay_domains() -> None:
    made = order(customer_notification_email="r.x@notification.mirakl.net")
    record = plan(made, relay_domains=["relay.example.com"])
    assert record["identity"]["email_masked"] is True


@given(st.lists(json_values, max_size=3))
def test_any_json_is_read_or_refused(given_answers: list[Any]) -> None:
    try:
        read_contacts(given_answers, FORM)
    except ContactError:
        return


@given(
    st.sampled_from(["contactId", "identifiers", "dataFields", "channelProperties", "status"])
    | st.just("miradot"),
    json_values | st.dictionaries(st.sampled_from(["email", "sent", "shares"]), json_values),
)
def test_any_json_in_a_contact_is_read_or_refused(member: str, value: Any) -> None:
    made = contact("subscribed", miradot={"shares": {"A": SHARE}}) | {member: value}
    try:
        known = read_contacts([made], FORM)
    except ContactError:
        return
    plan(order(), known)

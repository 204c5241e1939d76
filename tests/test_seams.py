"""What a mapping that validates does where its parts meet: keys, versions, personal values."""

from __future__ import annotations

from typing import Any

import orjson

from engine.check import check_mapping
from engine.contacts import UNASKED, Contacts, read_contacts
from engine.mapping import compile_mapping, contact_form
from tests.shipped import NOW, ORDERS, order, orders_mapping
from tests.test_rules import BASE

KNOWN = {
    "contactId": 5,
    "identifiers": {"email": "ada@example.com"},
    "channelProperties": {"email": {"status": "subscribed"}},
}


def plan(made: Any, *edits: tuple[str, str], known: bool = False, masked: bool = False) -> Any:
    """Give the plan of an order by the base mapping with some changes."""
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    checked = check_mapping(text.encode(), "base.yaml", {})
    assert checked.spec is not None, [one.message for one in checked.problems]
    contacts: Contacts = UNASKED
    if known:
        contacts = read_contacts([KNOWN], contact_form(checked.spec))
    return compile_mapping(checked.spec, masked=masked).apply(made, contacts, NOW)


def ids(record: Any) -> list[str]:
    return [call["id"] for call in record["calls"]]


def test_two_orders_of_one_second_are_two_updates_of_their_buyer() -> None:
    mapping = orders_mapping()
    contacts = read_contacts([KNOWN], mapping.contact_form)
    plans = [mapping.apply(order(order_id=key), contacts, NOW) for key in ("A", "B")]
    updates = [
        {call["id"] for call in one["calls"] if call["operation"] == "contacts.update"}
        for one in plans
    ]
    assert all(updates)
    assert updates[0].isdisjoint(updates[1])


def test_parts_of_a_key_never_run_into_each_other() -> None:
    edits = (
        ("key: [person, order_id]", "key: [basket, order_id]"),
        (
            "  placed: {path",
            "  basket: {path: commercial_id, type: id, otherwise: fail BROKEN}\n  placed: {path",
        ),
    )
    one = plan(order(commercial_id="a:b", order_id="c"), *edits, known=True)
    other = plan(order(commercial_id="a", order_id="b:c"), *edits, known=True)
    assert one["calls"][-1]["operation"] == "programmes.enrol"
    assert one["calls"][-1]["id"] != other["calls"][-1]["id"]


def test_a_key_does_not_tell_who_a_person_is() -> None:
    edit = ("key: [person, order_id]", "key: [address.email, order_id]")
    assert "ada" not in str(ids(plan(order(), edit, known=True)))


def test_an_address_in_a_text_is_masked() -> None:
    edit = ("Hello {{ first }}", "Hello {{ first }} at {{ address.email }}")
    assert "ada@example.com" not in str(plan(order(), edit, masked=True))


def test_half_a_character_is_no_id() -> None:
    assert plan(order(order_id="a\ud800"))["outcome"] == "held"
    assert plan(order(customer={"customer_id": "a\ud800"}))["outcome"] == "held"


def test_every_fee_of_a_refund_counts_though_two_are_alike() -> None:
    fees = [{"code": "F", "amount": 2.0}, {"code": "F", "amount": 2.0}]
    made = order()
    made["order_lines"][0]["refunds"] = [
        {
            "id": "R",
            "refund_state": "REFUNDED",
            "amount": 10.0,
            "shipping_amount": None,
            "fees": fees,
        }
    ]
    assert plan(made)["money"]["net"] == "36.00"


def test_the_shipped_orders_have_no_call_without_an_own_id() -> None:
    assert ORDERS.exists()
    found = ids(orders_mapping().apply(order(), UNASKED, NOW))
    assert len(found) == len(set(found))
    assert orjson.dumps(found)

"""The shipped mapping, order by order: who is created, updated, marketed to, held."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from typing import Any

import orjson
import pytest

from engine.contacts import Contacts, read_contacts
from engine.lock import load_target
from engine.runtime.people import person_key
from tests.shipped import NOW, PROOF, ROOT, line, opted, order, orders_mapping, plan

TARGET = load_target("dotdigital@2026-08")
STATUSES = [status.code for status in TARGET.email_statuses]
RELAYS = [
    "rabc.def@notification.mirakl.net",
    "rabc.def@us.notification.mirakl.net",
    "rabc.def@NOTIFICATION.Mirakl.NET",
    " rabc.def@notification.mirakl.net. ",
    "j***@example.com",
    "xxxx@example.com",
    "anon+3fa9c1@example.com",
]


def answers(*contacts: dict[str, Any]) -> Contacts:
    return read_contacts(contacts, orders_mapping().contact_form)


def contact(status: str, email: str = "ada@example.com", /, **more: Any) -> dict[str, Any]:
    return {
        "contactId": 77,
        "identifiers": {"email": email},
        "channelProperties": {"email": {"status": status}},
        "dataFields": {},
    } | more


def sends(record: Any) -> list[str]:
    return [call["send"] for call in record["calls"]]


def call(record: Any, send: str) -> Any:
    return next(one for one in record["calls"] if one["send"] == send)


@pytest.mark.parametrize(
    ("answer", "status", "lists"),
    [
        ("true", "subscribed", [1002, 1001]),
        ("false", "unsubscribed", [1002]),
        (None, "unsubscribed", [1002]),
        ("perhaps", "unsubscribed", [1002]),
        ("", "unsubscribed", [1002]),
    ],
)
def test_a_new_buyer_is_created_with_what_was_given_at_checkout(
    answer: str | None, status: str, lists: list[int]
) -> None:
    body = call(plan(order(order_additional_fields=opted(answer))), "contact_create")["body"]
    assert body["channelProperties"] == {"email": {"status": status}}
    assert body["lists"] == lists


def test_two_answers_that_contradict_each_other_grant_nothing() -> None:
    made = order(order_additional_fields=opted("true") + opted("false"))
    body = call(plan(made), "contact_create")["body"]
    assert body["channelProperties"]["email"]["status"] == "unsubscribed"


@pytest.mark.parametrize("address", RELAYS)
@pytest.mark.parametrize("status", ["noContact", *STATUSES])
def test_a_relay_address_is_served_and_never_marketed_to(address: str, status: str) -> None:
    made = order(customer_notification_email=address, order_additional_fields=opted("true"))
    known = answers() if status == "noContact" else answers(contact(status, address.strip(" .")))
    record = plan(made, known)
    assert "post_purchase" not in sends(record)
    for one in record["calls"]:
        assert 1001 not in one["body"].get("lists", [])
        assert one["body"].get("channelProperties", {"email": {"status": "unsubscribed"}}) == {
            "email": {"status": "unsubscribed"}
        }


@pytest.mark.parametrize(
    "address", ["ada@notification.mirakl.net.example.com", "ada@mirakl.net", "max@example.com"]
)
def test_an_address_that_only_resembles_a_relay_is_real(address: str) -> None:
    assert plan(order(customer_notification_email=address))["identity"]["email_masked"] is False


@pytest.mark.parametrize(
    ("status", "answer", "address"),
    list(product(STATUSES, ["true", "false", None], ["ada@example.com", RELAYS[0]])),
)
def test_no_status_is_ever_written_to_a_contact_that_exists(
    status: str, answer: str | None, address: str
) -> None:
    made = order(customer_notification_email=address, order_additional_fields=opted(answer))
    record = plan(made, answers(contact(status, address)))
    assert "contact_create" not in sends(record)
    for one in record["calls"]:
        assert "channelProperties" not in orjson.dumps(one["body"]).decode()
        assert "identifiers" not in one["body"]
    marketed = "post_purchase" in sends(record)
    assert marketed == (status == "subscribed" and address == "ada@example.com")


@pytest.mark.parametrize("overall", ["unsubscribed", "suppressed", "binned", "pendingOptIn"])
def test_the_narrower_of_two_statuses_counts(overall: str) -> None:
    record = plan(order(), answers(contact("subscribed", status=overall)))
    assert "post_purchase" not in sends(record)


def test_a_contact_without_an_email_channel_has_no_subscription() -> None:
    known = answers(contact("subscribed", channelProperties={"sms": {"status": "subscribed"}}))
    assert plan(order(), known)["consent"]["may_market"] is False


@pytest.mark.parametrize("status", ["deleted", "binned"])
def test_an_erased_contact_is_not_brought_back(status: str) -> None:
    record = plan(order(), answers(contact(status)))
    assert (record["outcome"], record["exceptions"][0]["code"]) == ("held", "ERASED_CONTACT")


def test_a_status_that_nobody_knows_holds_the_order() -> None:
    record = plan(order(), answers(contact("brandNewStatus")))
    assert [one["code"] for one in record["exceptions"]] == ["UNKNOWN_STATUS"]


def test_a_known_contact_is_updated_by_id_without_identifiers() -> None:
    update = call(plan(order(), answers(contact("subscribed"))), "contact_update")
    assert update["path"] == "/contacts/v3/contactId/77"
    assert set(update["body"]) == {"dataFields"}


def test_a_person_is_found_by_key_when_the_address_is_new() -> None:
    key = person_key("debenhams", "C-77")
    known = answers(contact("subscribed", "old@example.com", dataFields={"MIRAKL_PERSON": key}))
    assert sends(plan(order(), known))[0] == "contact_update"


def test_two_contacts_that_claim_an_order_go_to_review() -> None:
    key = person_key("debenhams", "C-77")
    other = contact("subscribed", "b@example.com", contactId=78, dataFields={"MIRAKL_PERSON": key})
    record = plan(order(), answers(contact("subscribed"), other))
    assert record["outcome"] == "held"
    assert [(one["code"], one["level"]) for one in record["exceptions"]] == [
        ("KEYS_DISAGREE", "review")
    ]


def test_an_address_that_belongs_to_another_person_goes_to_review() -> None:
    known = answers(contact("subscribed", dataFields={"MIRAKL_PERSON": "somebody else"}))
    assert [one["code"] for one in plan(order(), known)["exceptions"]] == ["KEYS_DISAGREE"]


def test_the_real_address_of_a_custom_field_comes_before_the_relay() -> None:
    fields = [{"code": "contact-email", "type": "STRING", "value": "ada@example.com"}]
    record = plan(order(customer_notification_email=RELAYS[0], order_additional_fields=fields))
    assert record["identity"]["email_masked"] is False


@pytest.mark.parametrize("address", [None, "", "   "])
def test_an_order_without_an_address_is_held_for_customer_care(address: str | None) -> None:
    record = plan(order(customer_notification_email=address))
    assert record["calls"] == []
    assert [(one["code"], one["owner"]) for one in record["exceptions"]] == [
        ("NO_ADDRESS", "customer-care")
    ]


def test_consent_evidence_is_sent_only_when_every_part_is_there() -> None:
    made = order(order_additional_fields=opted("true"))
    body = call(plan(made), "contact_create")["body"]
    assert body["channelProperties"] == {"email": {"status": "subscribed"}}
    assert body["consentRecords"][0]["ipAddress"] == "192.0.2.7"


@pytest.mark.parametrize("part", PROOF)
def test_a_tick_without_a_part_of_its_proof_subscribes_nobody(part: str) -> None:
    made = order(order_additional_fields=opted("true", without=part))
    body = call(plan(made), "contact_create")["body"]
    assert body["channelProperties"] == {"email": {"status": "unsubscribed"}}
    assert (body["lists"], "consentRecords" in body) == ([1002], False)


def test_no_consent_record_goes_along_with_a_box_left_empty() -> None:
    body = call(plan(order(order_additional_fields=opted("false"))), "contact_create")["body"]
    assert "consentRecords" not in body


def test_an_order_older_than_the_limit_starts_no_journey() -> None:
    made = order(created_date="2026-02-14T08:00:00Z", order_additional_fields=opted("true"))
    record = plan(made)
    assert "post_purchase" not in sends(record)
    assert "placed_at is older than P14D" in [one["because"] for one in record["left_out"]]


def test_a_state_that_is_no_sale_for_this_brand_starts_nothing() -> None:
    made = order(order_additional_fields=opted("true"))
    record = plan(made, answers(contact("subscribed")), recognised_states=["RECEIVED"])
    assert record["calls"] == []


def test_a_journey_is_identified_by_person_and_order_not_by_version() -> None:
    first = plan(order(order_additional_fields=opted("true")))
    later = plan(
        order(order_additional_fields=opted("true"), last_updated_date="2026-02-28T20:00:00Z")
    )
    assert call(first, "post_purchase")["id"] == call(later, "post_purchase")["id"]
    assert call(first, "order_record")["id"] != call(later, "order_record")["id"]


def test_what_was_sent_before_is_not_sent_again() -> None:
    ids = [one["id"] for one in plan(order(), answers(contact("subscribed")))["calls"]]
    known = contact("subscribed", miradot={"sent": ids})
    assert plan(order(), answers(known))["outcome"] == "unchanged"


def test_a_persons_totals_replace_this_orders_share() -> None:
    shares = {
        "OLD": {
            "counts": True,
            "currency": "GBP",
            "placed_at": "2025-01-05T00:00:00Z",
            "net": "9.99",
        },
        "DBN-1-A": {
            "counts": True,
            "currency": "GBP",
            "placed_at": "2026-02-27T10:00:00Z",
            "net": "1.00",
        },
    }
    known = contact("subscribed", miradot={"shares": shares})
    fields = call(plan(order(), answers(known)), "contact_update")["body"]["dataFields"]
    assert (fields["MKT_ORDERS"], fields["MKT_NET_VALUE"]) == (2, 59.99)
    assert fields["MKT_FIRST_ORDER"] == "2025-01-05T00:00:00Z"


def test_a_cancelled_order_that_was_sent_is_corrected() -> None:
    share = {"counts": True, "currency": "GBP", "placed_at": "2026-02-27T10:00:00Z", "net": "50.00"}
    known = contact("subscribed", miradot={"shares": {"DBN-1-A": share}})
    lines = [line(order_line_state="CANCELED", quantity=0, price=0.0, total_price=0.0)]
    record = plan(order(order_state="CANCELED", order_lines=lines), answers(known))
    assert sends(record) == ["contact_update", "order_record"]
    assert call(record, "contact_update")["body"]["dataFields"]["MKT_ORDERS"] == 0
    assert call(record, "contact_update")["body"]["dataFields"]["MKT_LAST_ORDER"] is None
    assert call(record, "order_record")["body"]["order_total"] == 0


@pytest.mark.parametrize("state", ["STAGING", "WAITING_ACCEPTANCE", "CANCELED", "REFUSED"])
def test_an_order_that_is_no_sale_changes_nothing_and_says_so(state: str) -> None:
    record = plan(order(order_state=state))
    assert (record["outcome"], record["calls"]) == ("unchanged", [])
    assert [one["code"] for one in record["exceptions"]] == ["NOTHING_TO_SEND"]


def test_other_currencies_of_a_person_are_never_added_up() -> None:
    share = {"counts": True, "currency": "EUR", "placed_at": "2025-01-05T00:00:00Z", "net": "9.99"}
    known = contact("subscribed", miradot={"shares": {"OLD": share}})
    assert [one["code"] for one in plan(order(), answers(known))["exceptions"]] == [
        "MIXED_CURRENCY"
    ]


def test_the_same_order_gives_the_same_bytes_in_processes_with_other_hash_seeds() -> None:
    program = (
        "import orjson; from tests.shipped import *; "
        "print(orjson.dumps(plan(order(order_additional_fields=opted('true')))).hex())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


def test_applying_a_mapping_leaves_the_order_as_it_was() -> None:
    made = order(order_additional_fields=opted("true"))
    before = orjson.dumps(made)
    plan(made)
    assert orjson.dumps(made) == before


def test_masking_changes_personal_values_and_nothing_else() -> None:
    made = order(order_additional_fields=opted("true"))
    shown = orjson.dumps(orders_mapping(masked=True).apply(made, answers(), NOW)).decode()
    real = orjson.dumps(orders_mapping(masked=False).apply(made, answers(), NOW)).decode()
    for secret, masked in (("ada@example.com", "a***@example.com"), ("Thornbury", "T***")):
        assert secret in real
        assert secret not in shown
        assert masked in shown

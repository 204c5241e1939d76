"""Explanations: what is told of one value, and of what was left out of it."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from engine.contacts import UNASKED, Contact, Contacts, read_contacts
from engine.inputs import Level
from engine.problem import Failure
from engine.provenance.explanation import Explanation
from engine.provenance.reader import Reader, explain_value, walk
from engine.provenance.trace import Situation, make_tracer
from engine.resources import read_schema
from tests.shipped import NOW, ROOT, checked, line, opted, order, orders_mapping, refund

FOLDER = ROOT / "mappings/debenhams"


@cache
def reader(**params: Any) -> Reader:
    return Reader(make_tracer(checked(**params)), masked=True)


def explain(field: str, record: Any, contacts: Contacts = UNASKED, **params: Any) -> Explanation:
    return reader(**params).read(Situation(record, contacts, NOW)).explain(field)


def left_out(told: Explanation) -> dict[str, tuple[str | None, str]]:
    return {one["at"]: (one["value"], one["because"]) for one in told["left_out"]}


def elements(told: Explanation, source: str = "record") -> dict[str, str | None]:
    return {one["at"]: one["value"] for one in told["elements"] if one["source"] == source}


def column(told: Explanation) -> list[tuple[str, str]]:
    return [(one["at"], one["amount"]) for one in told["addends"]]


def refunded(*refunds: Any, **changes: Any) -> Any:
    return order(order_lines=[line(refunds=list(refunds))], **changes)


def test_an_amount_goes_back_to_the_places_it_was_read_at() -> None:
    told = explain("money.net", refunded(refund(9.99, shipping_amount=2.5)))
    assert (told["value"], told["currency"]) == ("37.51", "GBP")
    assert column(told) == [
        ("order_lines[0].total_price", "50.00"),
        ("order_lines[0].refunds[0].amount", "-9.99"),
        ("order_lines[0].refunds[0].shipping_amount", "-2.50"),
    ]


def test_each_step_cites_its_line_of_the_mapping() -> None:
    told = explain("order_record.order_total", order())
    names = ["order_total", "net", "placed", "worth", "lines.worth", "lines.total"]
    steps = {step["name"]: step["rule"] for step in walk(told["steps"])}
    text = (ROOT / "mappings/debenhams/orders.yaml").read_text().splitlines()
    for name in names:
        file, number = steps[name].split(":")
        assert file == "orders.yaml"
        assert text[int(number) - 1].strip().startswith(f"{name.removeprefix('lines.total')}:") or (
            name == "lines.total" and "total: {path: total_price" in text[int(number) - 1]
        )


def test_a_refund_that_is_not_paid_is_left_out_with_the_reason_of_the_mapping() -> None:
    record = refunded(refund(5.0, refund_state="WAITING_REFUND"), refund(1.0, id="R-2"))
    told = explain("money.settled", record)
    assert left_out(told)["order_lines[0].refunds[0]"] == (
        "5.00",
        "WAITING_REFUND: asked for, not paid",
    )
    assert column(told) == [("order_lines[0].refunds[1].amount", "1.00")]


def test_a_refund_that_comes_twice_is_left_out_as_a_repeat() -> None:
    told = explain("money.refunded", refunded(refund(5.0), refund(5.0)))
    because = "has the same id as order_lines[0].refunds[0], and each counts once"
    assert left_out(told)["order_lines[0].refunds[1]"] == (None, because)
    assert {"order_lines[0].refunds[0].id", "order_lines[0].refunds[1].id"} <= set(elements(told))


def test_a_refused_line_is_added_and_taken_off_again() -> None:
    lines = [line(), line(order_line_id="A-2", order_line_state="REFUSED")]
    told = explain("money.net", order(order_lines=lines))
    because = "added in placed and taken off again in refused"
    assert left_out(told)["order_lines[1].total_price"] == ("50.00", because)
    assert column(told) == [("order_lines[0].total_price", "50.00")]


def test_a_refused_line_is_left_out_of_the_goods_by_its_state() -> None:
    lines = [line(), line(order_line_id="A-2", order_line_state="REFUSED")]
    told = explain("goods", order(order_lines=lines))
    assert left_out(told)["order_lines[1]"] == ("50.00", "lines.state is one of REFUSED")


def test_an_amount_that_stands_in_for_a_missing_one_is_told() -> None:
    told = explain("money.refunded", refunded(refund(None)))
    because = "null, so 0.00 is used (missing: use 0.00)"
    assert left_out(told)["order_lines[0].refunds[0].amount"] == (None, because)


def test_tax_that_is_inside_the_amounts_is_left_out_by_the_tax_mode() -> None:
    lines = [line(taxes=[{"amount": 8.33, "code": "VAT"}])]
    told = explain("money.net", order(order_lines=lines))
    assert left_out(told)["order_lines[0].taxes[0]"] == ("8.33", "tax_mode is not TAX_EXCLUDED")
    assert elements(told)["order_tax_mode"] == "TAX_INCLUDED"


def test_a_parameter_that_took_part_is_named_with_its_value() -> None:
    told = explain("money.net", refunded(refund(5.0)), refund_basis="settled")
    assert elements(told, "param") == {"$refund_basis": "settled"}


def test_an_amount_that_cancels_out_made_no_difference() -> None:
    cancelation = {"id": "C", "amount": 7.0, "fees": [], "taxes": [], "shipping_taxes": []}
    told = explain("money.net", order(order_lines=[line(cancelations=[cancelation])]))
    made = {one["at"]: one["made_difference"] for one in told["elements"]}
    assert made["order_lines[0].cancelations[0].amount"] is False
    assert made["order_lines[0].total_price"] is True


def known(**changes: Any) -> Contacts:
    share = {"counts": True, "currency": "GBP", "placed_at": "2026-01-01T09:00:00Z", "net": "10.00"}
    given: dict[str, Any] = {
        "status": "subscribed",
        "shares": {"DBN-0-A": share, "DBN-1-A": share, "DBN-2-A": {**share, "counts": False}},
    } | changes
    contact = Contact(7, "ada@example.com", **given)
    return Contacts(asked=True, by_email={"ada@example.com": contact})


def test_a_lifetime_figure_adds_up_the_earlier_shares_and_this_record() -> None:
    told = explain("contact_update.MKT_NET_VALUE", order(), known())
    assert column(told) == [
        ("contact 7.shares[DBN-0-A].net", "10.00"),
        ("order_lines[0].total_price", "50.00"),
    ]
    assert left_out(told) == {
        "contact 7.shares[DBN-1-A]": (
            "10.00",
            "this record's own earlier version, which the present one replaces",
        ),
        "contact 7.shares[DBN-2-A]": ("10.00", "the record did not count"),
    }


def test_the_contact_state_that_took_part_is_named() -> None:
    told = explain("consent.decision", order(), known())
    assert elements(told, "contact") == {"contact 7.status": "subscribed"}
    assert told["steps"]["says"].startswith("row 7 of the table: ")


def test_that_nobody_was_asked_is_named() -> None:
    told = explain("consent.decision", order())
    step = next(one for one in walk(told["steps"]) if one["name"] == "contact.status")
    assert step["says"] == "Dotdigital was not asked, so the buyer is planned as unknown"


def test_the_clock_is_named_where_an_age_counts() -> None:
    told = explain("post_purchase", order(order_additional_fields=opted("true")))
    assert (told["value"], elements(told, "clock")) == ("sent", {"now": "2026-03-01T09:00:00Z"})


def test_a_call_that_is_too_old_says_so_by_the_clock() -> None:
    late = NOW + timedelta(days=30)
    record = order(order_additional_fields=opted("true"))
    told = explain_value(checked(), record, UNASKED, late, "post_purchase")
    assert told["answer"] == "post_purchase is left out: placed_at is older than P14D"
    made = [one["made_difference"] for one in told["elements"] if one["source"] == "clock"]
    assert made == [True]


def test_a_call_that_is_left_out_names_nothing_beyond_the_reason() -> None:
    told = explain("contact_update", order(), Contacts(asked=True))
    assert told["answer"] == "contact_update is left out: consent.decision is not leave"
    assert "order_state" not in elements(told)


def test_a_call_sent_before_is_told_as_such() -> None:
    sent = orders_mapping().apply(order(), known(), NOW)["calls"][1]["id"]
    told = explain("order_record", order(), known(sent=frozenset([sent])))
    assert told["value"] == "sent before"
    assert elements(told, "contact")["contact 7.sent"] == "holds this call"


def test_an_amount_that_breaks_an_equation_is_explained_by_both_sides() -> None:
    told = explain("TOTAL_MISMATCH", order(total_price=49.0))
    assert told["answer"].startswith("TOTAL_MISMATCH is raised: ")
    assert {"total_price", "order_lines[0].total_price"} <= set(elements(told))


def test_an_exception_goes_back_to_the_place_it_came_up_at() -> None:
    told = explain("UNKNOWN_REFUND", refunded(refund(1.0, refund_state="LOST")))
    assert elements(told)["order_lines[0].refunds[0].refund_state"] == "LOST"


def test_an_exception_that_was_not_raised_says_so() -> None:
    assert explain("OVER_REFUNDED", order())["answer"] == "OVER_REFUNDED is not raised"


def test_a_value_that_a_held_record_did_not_come_to_is_explained_by_what_holds_it() -> None:
    told = explain("money.net", refunded(refund(1.0, refund_state="LOST")))
    assert told["answer"] == (
        "money.net has no value: the record is held as UNKNOWN_REFUND before this is known"
    )
    assert "order_lines[0].refunds[0].refund_state" in elements(told)


def test_a_value_that_is_not_in_its_call_says_why() -> None:
    told = explain("contact_create.lists.marketing_list", order(), Contacts(asked=True))
    assert told["answer"] == (
        "contact_create.lists.marketing_list has no value: "
        "it is not in the call: consent.may_market is not yes"
    )


def test_a_value_without_its_input_says_so() -> None:
    record = order(customer={"customer_id": "C-77"})
    told = explain("contact_create.FIRSTNAME", record)
    assert told["value"] is None
    assert told["answer"].endswith("it is not in the call: first_name is missing")
    assert elements(told)["customer.firstname"] is None


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("order_record.order_total", "order_record.order_total"),
        ("contact_create.status", "contact_create.status"),
        ("contact_create.channelProperties.email.status", "contact_create.status"),
        ("contact_create.dataFields.MKT_ORDERS", "contact_create.MKT_ORDERS"),
        ("order_record.products[0].net", "order_record.products[0].net"),
        ("lines[0].net", "lines[0].net"),
        ("order_record.path", "order_record.path"),
        ("money.currency", "money.currency"),
        ("identity.person", "identity.person"),
    ],
)
def test_a_field_is_found_by_any_of_its_names(asked: str, name: str) -> None:
    assert explain(asked, order())["field"] == name


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("order_record.order_totl", 'did you mean "order_record.order_total"?'),
        ("consent.decison", 'did you mean "consent.decision"?'),
        ("order_record.products[0]", "ask for one of order_record.products[0].name"),
        ("order_record.products[7].net", "no field"),
    ],
)
def test_an_unknown_field_is_told_with_the_way_out(asked: str, said: str) -> None:
    with pytest.raises(Failure, match=re.escape(said)):
        explain(asked, order())


def test_personal_values_are_masked_wherever_they_stand() -> None:
    canaries = ["Ada", "Thornbury", "ada@example.com", "C-77", "track.example.com"]
    read = reader().read(Situation(order(order_additional_fields=opted("true")), known(), NOW))
    told = b"".join(orjson.dumps(read.explain(field)) for field in read.fields).decode()
    assert [canary for canary in canaries if f'"{canary}' in told or canary in told] == []


def test_personal_values_are_shown_when_asked_for() -> None:
    read = Reader(make_tracer(checked()), masked=False).read(Situation(order(), UNASKED, NOW))
    assert read.explain("identity.email")["value"] == "ada@example.com"


@pytest.mark.parametrize(
    ("name", "sample", "envelope"),
    [
        ("orders", "orders", "orders"),
        ("shipments", "orders", "orders"),
        ("catalogue", "offers", "offers"),
    ],
)
def test_every_field_of_every_sample_can_be_explained_and_keeps_to_the_schema(
    name: str, sample: str, envelope: str
) -> None:
    validator = Draft202012Validator(read_schema("explanation.v1.schema.json"))
    reading = Reader(make_tracer(checked(FOLDER / f"{name}.yaml")), masked=True)
    told_of: set[str] = set()
    answers = orjson.loads((FOLDER / "samples/contacts.json").read_bytes())["_items"]
    contacts = read_contacts(answers, orders_mapping().contact_form)
    for record in orjson.loads((FOLDER / f"samples/{sample}.json").read_bytes())[envelope]:
        read = reading.read(Situation(record, contacts, NOW))
        for field in dict.fromkeys(one.field for one in read.fields.values()):
            told = orjson.loads(orjson.dumps(read.explain(field)))
            if field not in told_of:
                assert list(validator.iter_errors(told)) == []
            told_of.add(field)


def test_the_values_of_an_element_are_those_the_run_itself_had() -> None:
    level: Level = ("lines", "refunds")
    trace = make_tracer(checked()).trace(Situation(refunded(refund(5.0)), UNASKED, NOW))
    assert trace.elements[(level, (0, 0))]["lines.refunds.amount"] == 500

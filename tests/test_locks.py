"""The locked ends: every field told in words, every operation whole, nothing that could widen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from engine.expressions.schema_walk import walk_path
from engine.lock import LockError, list_locks, load_source, load_target
from tests.shipped import ROOT

SOURCES = {name: load_source(f"mirakl.{name}@2026-07") for name in ("order", "offer")}
TARGET = load_target("dotdigital@2026-08")
TYPES = {
    "order_id": "id",
    "created_date": "instant",
    "total_price": "money",
    "currency_iso_code": "currency",
    "customer.customer_id": "id",
    "customer.shipping_address.zip_code": "text",
    "customer_notification_email": "email",
    "order_additional_fields[].value": "custom",
    "order_lines[].quantity": "integer",
    "order_lines[].fees[].amount": "money",
    "order_lines[].taxes[].rate": "decimal",
    "order_lines[].refunds[].refund_state": "code",
    "order_lines[].refunds[].fees[].amount": "money",
    "order_lines[].refunds[].shipping_taxes[].amount": "money",
    "order_lines[].cancelations[].shipping_amount": "money",
    "order_lines[].can_refund": "boolean",
    "promotions.applied_promotions[].configuration.type": "code",
}
PERSONAL = [
    "customer.firstname",
    "customer.customer_id",
    "customer.billing_address.street_1",
    "customer.shipping_address.additional_info",
    "customer_notification_email",
    "shipping_tracking",
    "order_additional_fields[].value",
    "transaction_number",
]


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, one in schema.get("properties", {}).items():
        yield f"{path}.{name}", one
        yield from properties(one, f"{path}.{name}")
    for name, one in schema.get("$defs", {}).items():
        yield from properties(one, name)


@pytest.mark.parametrize("name", SOURCES)
def test_every_field_is_told_in_a_sentence(name: str) -> None:
    schema = SOURCES[name].schema
    Draft202012Validator.check_schema(dict(schema))
    for path, one in properties(schema):
        assert one["description"].endswith("."), path
        assert "enum" not in one, path
        holds = {"$ref", "anyOf", "items", "x-type"} & set(one)
        assert holds, path


@pytest.mark.parametrize(("path", "kind"), TYPES.items())
def test_a_field_has_its_type(path: str, kind: str) -> None:
    schema = SOURCES["order"].schema
    selected, _ = walk_path(path, schema, schema)
    node: Any = selected.node
    while "items" in node and "x-type" not in node:
        node = node["items"]
        node = node["anyOf"][0] if "anyOf" in node else node
    assert node["x-type"] == kind


@pytest.mark.parametrize("path", PERSONAL)
def test_personal_data_is_marked(path: str) -> None:
    schema = SOURCES["order"].schema
    assert walk_path(path, schema, schema)[0].personal


@pytest.mark.parametrize("name", SOURCES)
def test_the_samples_fit_the_lock(name: str) -> None:
    sample = ROOT / f"mappings/debenhams/samples/{name}s.json"
    validator = Draft202012Validator(dict(SOURCES[name].schema))
    for record in orjson.loads(sample.read_bytes())[f"{name}s"]:
        if record.get("order_id") != "DBN-1014-A":
            validator.validate(record)


def test_new_fields_and_codes_are_accepted_and_wrong_types_refused() -> None:
    validator = Draft202012Validator(dict(SOURCES["order"].schema))
    order = orjson.loads((ROOT / "mappings/debenhams/samples/one-order.json").read_bytes())
    assert validator.is_valid(order | {"brand_new": 1, "order_state": "BRAND_NEW"})
    assert not validator.is_valid(order | {"total_price": "12.00"})
    assert not validator.is_valid(order | {"order_lines": {}})


def test_the_former_refund_state_names_its_successor() -> None:
    schema = SOURCES["order"].schema
    (found,) = walk_path("order_lines[0].refunds[0].state", schema, schema)[1]
    assert "refund_state" in found.message + found.help


def test_the_target_knows_nineteen_statuses_and_markets_to_one() -> None:
    assert len(TARGET.email_statuses) == 19
    assert {one.code for one in TARGET.email_statuses if one.may_write} == {
        "subscribed",
        "unsubscribed",
        "suppressed",
    }
    assert [one.code for one in TARGET.email_statuses if one.marketable] == ["subscribed"]


@pytest.mark.parametrize("name", TARGET.operations)
def test_every_input_of_an_operation_reaches_its_path_or_body(name: str) -> None:
    operation = TARGET.operations[name]
    Draft202012Validator.check_schema(operation.body_schema)
    text = operation.path + str(operation.body)
    holes = set(re.findall(r"\{([a-z_]+)[.}]", text))
    if not operation.delivery_only:
        given = {"contact", "contact_id", "contact_number", "fields", "lists", "evidence"}
        assert set(operation.to) == holes - given
    if operation.bulk is not None:
        assert operation.bulk["operation"] in TARGET.operations


def test_no_operation_can_subscribe_anybody_again_or_write_a_status_on_update() -> None:
    for name, operation in TARGET.operations.items():
        body = str(operation.body).lower()
        assert "resubscribe" not in body, name
        assert ("status" in body) == operation.states_status or operation.delivery_only, name
    flag = TARGET.operations["contacts.import"].body_schema["properties"]
    assert isinstance(flag, dict)
    options = flag["resubscribeOptions"]["properties"]["resubscribeWithNoChallenge"]
    assert options == {"const": False}


def test_every_currency_has_its_digits() -> None:
    digits = SOURCES["order"].digits
    assert len(digits) == 61
    assert (digits["GBP"], digits["JPY"], digits["KWD"]) == (2, 0, 3)


def test_a_lock_is_found_by_its_name_alone() -> None:
    assert list_locks() == ["dotdigital", "mirakl.offer", "mirakl.order"]
    with pytest.raises(LockError, match="mirakl.order"):  # noqa: RUF043 - a dot is a dot
        load_source("mirakl.oder@2026-07")
    with pytest.raises(LockError, match="is not a source"):
        load_source("dotdigital.target@2026-08")

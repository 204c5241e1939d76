"""Masking: an order can be looked at without anybody being named."""

from __future__ import annotations

from typing import Any

import orjson

from engine.samples.masking import Masker, leave_out_empty
from tests.shipped import ROOT, checked

MASKER = Masker(checked().source)


def masked(record: dict[str, Any]) -> Any:
    return MASKER.mask(record)


def test_what_the_lock_calls_personal_is_masked_and_amounts_stay() -> None:
    given = {"customer": {"firstname": "Jo", "customer_id": "77"}, "total_price": 45.0}
    assert masked(given) == {
        "customer": {"firstname": "J***", "customer_id": "7***"},
        "total_price": 45.0,
    }


def test_a_member_that_the_lock_does_not_know_shows_only_that_it_is_there() -> None:
    assert masked({"nickname": "Jo", "nested": {"name": "Jo"}}) == {
        "nickname": "***",
        "nested": "***",
    }


def test_an_address_is_masked_wherever_it_stands() -> None:
    assert masked({"order_id": "jo@example.com"}) == {"order_id": "j***@example.com"}


def test_custom_fields_are_masked() -> None:
    fields = [{"code": "contact-email", "type": "STRING", "value": "jo@example.com"}]
    (field,) = masked({"order_additional_fields": fields})["order_additional_fields"]
    assert field == {"code": "contact-email", "type": "STRING", "value": "j***@example.com"}


def test_a_value_of_another_shape_than_the_lock_gives_is_masked_whole() -> None:
    given = {"customer": "Jo", "total_price": ["Jo"], "price": "Jo"}
    assert masked(given) == {"customer": "J***", "total_price": ["***"], "price": "J***"}


def test_no_name_of_a_sample_is_left() -> None:
    orders = orjson.loads((ROOT / "mappings/debenhams/samples/orders.json").read_bytes())["orders"]
    names = [
        (order["customer"][name], orjson.dumps(masked(order)).decode())
        for order in orders
        for name in ("firstname", "lastname")
        if order.get("customer", {}).get(name)
    ]
    assert names
    assert [name for name, text in names if f'"{name}"' in text] == []


def test_what_holds_nothing_is_left_out() -> None:
    assert leave_out_empty({"a": None, "b": [], "c": {"d": ""}, "e": 0, "f": False}) == {
        "e": 0,
        "f": False,
    }

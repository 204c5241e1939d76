"""Plans keep to their schema, bodies to the target lock, hostile orders to one sentence."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from benchmarks.orders import make_orders
from engine.contacts import UNASKED, Contacts
from engine.lock import load_target
from engine.resources import read_schema
from tests.shipped import NOW, ROOT, order, orders_mapping, plan

TARGET = load_target("dotdigital@2026-08")
PLAN = Draft202012Validator(read_schema("plan.v1.schema.json"))
BODIES = {
    name: Draft202012Validator(operation.body_schema)
    for name, operation in TARGET.operations.items()
}
COLLECTIONS = {
    name: Draft202012Validator(collection.body_schema)
    for name, collection in TARGET.insight.collections.items()
}


def assert_lawful(record: Any) -> None:
    """Check a record against the published schema and its bodies against the target lock."""
    PLAN.validate(orjson.loads(orjson.dumps(record)))
    for call in record["calls"]:
        BODIES[call["operation"]].validate(call["body"])
        for name, collection in COLLECTIONS.items():
            if f"/{name}/" in call["path"]:
                collection.validate(call["body"])
        assert "resubscribe" not in orjson.dumps(call["body"]).decode().lower()
    if record["outcome"] == "held":
        assert record["calls"] == []
        assert record["exceptions"]
    if record["outcome"] == "unchanged":
        assert record["exceptions"]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from leaves(inner, (*path, key))


def changed(made: Any, path: tuple[Any, ...], value: object) -> Any:
    copied = copy.deepcopy(made)
    holder = copied
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return copied


SAMPLES = orjson.loads((ROOT / "mappings/debenhams/samples/orders.json").read_bytes())["orders"]


@pytest.mark.parametrize("made", SAMPLES, ids=lambda made: made["order_id"])
def test_every_sample_keeps_to_the_schema_and_the_target(made: Any) -> None:
    assert_lawful(plan(made))


def test_every_generated_order_keeps_to_the_schema_and_the_target() -> None:
    for made in make_orders(400, seed=11):
        assert_lawful(plan(made))


@pytest.mark.parametrize("made", SAMPLES[1:13:3], ids=lambda made: made["order_id"])
def test_an_order_with_any_part_missing_or_of_another_type_is_answered(made: Any) -> None:
    values: list[Any] = [..., None, "", "garbage", 7, -1.5, True, [], {}, [None], 1e300]
    for path in leaves(made):
        for value in values:
            assert_lawful(plan(changed(made, path, value)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(order())), JSON))
def test_any_object_is_answered(payload: dict[str, Any]) -> None:
    record = orders_mapping().apply(payload, UNASKED, NOW)
    assert record["outcome"] == "held"


@given(st.data())
def test_a_right_order_with_anything_in_one_place_is_answered(data: st.DataObject) -> None:
    made = order()
    path = data.draw(st.sampled_from(list(leaves(made))))
    assert_lawful(plan(changed(made, path, data.draw(JSON))))


@pytest.mark.parametrize("key", ["A/B", "A B", "../../admin", "é", "A?x=1#y", "%2e%2e", "a\u202eb"])
def test_an_order_id_is_one_encoded_path_segment(key: str) -> None:
    record = plan(order(order_id=key))
    paths = [call["path"] for call in record["calls"] if call["operation"] == "insight.put"]
    assert paths
    for path in paths:
        assert path.isascii()
        assert path.count("/") == 7
        assert not any(letter in path for letter in " ?#")


@pytest.mark.parametrize("key", ["", " ", ".", "..", "A\nB", "A\x00", "x" * 300, 5, None])
def test_an_order_id_that_is_none_holds_the_order(key: object) -> None:
    record = plan(order(order_id=key))
    assert [one["code"] for one in record["exceptions"]] == ["ORDER_WITHOUT_ID"]


def test_the_plan_says_when_nobody_asked_dotdigital() -> None:
    assert plan(order())["identity"]["contact"] == "not_asked"
    assert plan(order(), Contacts(asked=True))["identity"]["contact"] == "none"

"""Schemas compiled to tests: whatever the body, they judge as the library does."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.connections.schemas import BodySchema, compile_test, strict_validator
from tests.connections import TARGET
from tests.connections.test_allowed import FINE, ORDER, PUT_ACCOUNT

SCHEMAS = {
    **{name: one.body_schema for name, one in TARGET.operations.items()},
    **{name: one.body_schema for name, one in TARGET.insight.collections.items()},
}
BODIES: dict[str, list[Any]] = {
    **{name: [] for name in SCHEMAS},
    "Orders": [ORDER],
    "Shipments": [{"id": "A-1"}],
    "catalog_": [PUT_ACCOUNT["body"]],
}
for _fine in FINE.values():
    BODIES[_fine["operation"]].append(_fine["body"])

TEXTS = st.sampled_from(["", "a", "subscribed", "GBP\n", "ada@example.com", "2026-03-01T09:00:00Z"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 120) | st.sampled_from([0.0, 1.0, 2.5]) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
# One of each keyword that the lock's schemas use, and forms of them that they do not use yet.
MADE: list[dict[str, Any]] = [
    {"const": False},
    {"const": "a"},
    {"enum": ["", "a"]},
    {"type": ["string", "integer"]},
    {"type": "number", "minimum": 1},
    {"minLength": 1, "maxLength": 5},
    {"items": {"type": "integer"}, "minItems": 1, "maxItems": 2},
    {"properties": {"a": {"type": "null"}}, "additionalProperties": False},
    {"properties": {"a": True}, "additionalProperties": {"type": "string"}},
    {"required": ["a"], "minProperties": 2},
    {"propertyNames": {"pattern": "^[a-z]*$"}},
    {"not": {"type": "null"}},
    {"not": {"minimum": 1}},
    {"anyOf": [{"type": "boolean"}, {"type": "string", "format": "email"}]},
    {"pattern": "^[A-Z]{3}$"},
    {"format": "date-time"},
    {"format": "uri"},
    {"items": False, "x-type": "marks say nothing"},
]
UNKNOWN: list[dict[str, Any]] = [
    {"const": 1},
    {"enum": ["a", 1]},
    {"properties": {"a": {"multipleOf": 2}}},
    {"items": {"oneOf": [{"type": "null"}]}},
    {"additionalProperties": {"if": True}},
]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_of_the_lock_is_compiled(name: str) -> None:
    assert compile_test(SCHEMAS[name]) is not None


@st.composite
def changed(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """A schema of the lock, and a body that fitted it before something in it was changed."""
    name = draw(st.sampled_from(sorted(name for name, bodies in BODIES.items() if bodies)))
    body = deepcopy(draw(st.sampled_from(BODIES[name])))
    holder: Any = body
    while isinstance(holder, dict | list) and holder:
        keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = draw(st.sampled_from(keys))
        if not isinstance(holder[key], dict | list) or draw(st.booleans()):
            _change(draw, holder, key)
            break
        holder = holder[key]
    return SCHEMAS[name], body


def _change(draw: st.DrawFn, holder: Any, key: str | int) -> None:
    how = draw(st.sampled_from(["put", "drop", "add"]))
    if how == "drop":
        del holder[key]
    elif how == "add" and isinstance(holder, dict):
        holder[draw(TEXTS | st.just("channelProperties"))] = draw(VALUES)
    else:
        holder[key] = draw(VALUES)


@given(changed())
def test_a_body_fits_where_the_library_says_so(made: tuple[dict[str, Any], Any]) -> None:
    schema, body = made
    test = compile_test(schema)
    assert test is not None
    assert test(body) is strict_validator()(schema).is_valid(body)


@pytest.mark.parametrize("schema", MADE, ids=str)
@given(value=VALUES)
def test_each_keyword_means_what_the_library_says(schema: dict[str, Any], value: Any) -> None:
    test = compile_test(schema)
    assert test is not None
    assert test(value) is strict_validator()(schema).is_valid(value)


@pytest.mark.parametrize("schema", UNKNOWN, ids=str)
def test_what_is_not_compiled_is_left_to_the_library(schema: dict[str, Any]) -> None:
    assert compile_test(schema) is None
    assert BodySchema(schema).find_misfit(1) == ""


def test_the_library_judges_where_a_keyword_is_not_compiled() -> None:
    told = BodySchema({"properties": {"a": {"multipleOf": 2}}}).find_misfit({"a": 3})
    assert told == "its body does not fit the lock at a (multipleOf)"

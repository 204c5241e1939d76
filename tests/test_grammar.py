"""The committed schemas: what the grammar generates, fit for editors of either draft."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from engine import grammar
from engine.forms import FORMS
from engine.grammar import account_schema, brand_schema, mapping_schema, schema_text, write_schemas
from engine.resources import schemas_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = (
    "mapping.v1.schema.json",
    "brand.v1.schema.json",
    "test.v1.schema.json",
    "account.v1.schema.json",
)
SCHEMAS = (mapping_schema(), brand_schema(), grammar.test_schema(), account_schema())
# Each means the same in draft-07 and in 2020-12; `$defs` is only where `$ref` points to.
BOTH_DRAFTS = {
    *("$schema", "$id", "$ref", "$defs", "title", "description", "type", "default"),
    *("properties", "required", "additionalProperties", "propertyNames", "minProperties"),
    *("items", "minItems", "pattern", "minLength", "maxLength"),
    *("const", "enum", "anyOf", "allOf", "exclusiveMinimum", "maximum"),
}
# What editors show of each word of an `enum`; validators of both drafts pass over it.
EDITORS_ONLY = {"enumDescriptions"}


def walk(schema: object) -> Iterator[dict[str, object]]:
    """Every schema inside a schema, itself first."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key, below in schema.items():
        if key in ("properties", "$defs"):
            parts = list(below.values())
        else:
            parts = below if isinstance(below, list) else [below]
        for part in parts:
            yield from walk(part)


def named(schema: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """Every property and definition, by name."""
    for one in walk(schema):
        for key in ("properties", "$defs"):
            parts = one.get(key, {})
            assert isinstance(parts, dict)
            yield from parts.items()


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_schema_is_the_one_generated(name: str) -> None:
    committed = (schemas_folder() / name).read_text(encoding="utf-8")
    assert committed == schema_text(name), "run engine.grammar.write_schemas"


def test_all_schemas_are_written_under_their_names(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert written == {name: schema_text(name) for name in NAMES}


def test_an_unknown_schema_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        schema_text("order.v9.schema.json")


@pytest.mark.parametrize(("schema", "name"), list(zip(SCHEMAS, NAMES, strict=True)))
def test_a_schema_names_its_draft_and_itself(schema: dict[str, object], name: str) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://miradot.dev/schemas/{name}"


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_is_valid_in_both_drafts(schema: dict[str, object]) -> None:
    Draft202012Validator.check_schema(schema)
    Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_only_keywords_of_both_drafts_are_used(schema: dict[str, object]) -> None:
    assert {key for one in walk(schema) for key in one} <= BOTH_DRAFTS | EDITORS_ONLY


@pytest.mark.parametrize("schema", SCHEMAS)
def test_nothing_stands_beside_a_reference(schema: dict[str, object]) -> None:
    assert all(len(one) == 1 for one in walk(schema) if "$ref" in one)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_property_and_definition_has_a_title_and_a_description(
    schema: dict[str, object],
) -> None:
    told = [(name, one.get("title"), one.get("description")) for name, one in named(schema)]
    assert [parts for parts in told if not all(parts)] == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_title_is_left_that_only_repeats_a_class_name(schema: dict[str, object]) -> None:
    titled = [str(one["title"]) for one in walk(schema) if "title" in one]
    assert [title for title in titled if re.search(r"[a-z][A-Z]|_", title)] == []
    assert len(titled) == 1 + len(list(named(schema)))


@pytest.mark.parametrize("schema", SCHEMAS[:2])
def test_every_object_is_closed_or_says_what_its_values_are(schema: dict[str, object]) -> None:
    for one in walk(schema):
        if "properties" in one:
            assert one["additionalProperties"] is False
        elif one.get("type") == "object":
            assert isinstance(one["additionalProperties"], dict)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_null_is_never_allowed_nor_a_default(schema: dict[str, object]) -> None:
    assert not [one for one in walk(schema) if one.get("type") == "null"]
    assert not [one for one in walk(schema) if "default" in one and one["default"] is None]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_choice_always_has_several_branches(schema: dict[str, object]) -> None:
    choices = [one["anyOf"] for one in walk(schema) if "anyOf" in one]
    assert all(isinstance(branches, list) and len(branches) > 1 for branches in choices)


def test_a_closed_list_tells_what_each_word_means() -> None:
    level = next(one for name, one in named(SCHEMAS[0]) if name == "level")
    assert level["description"] == "What becomes of the record."
    assert level["enum"] == ["hold", "review", "note"]
    assert level["enumDescriptions"] == [
        "nothing of it is sent.",
        "the same, and a person must decide.",
        "it goes on, and the remark is kept.",
    ]


def test_what_the_branches_of_a_choice_say_is_told_with_the_choice() -> None:
    domains = next(one for name, one in named(SCHEMAS[0]) if name == "domains")
    assert str(domains["description"]).endswith("from its default or the brand file.")
    assert isinstance(domains["anyOf"], list)
    assert not [branch for branch in domains["anyOf"] if "description" in branch]


def test_a_closed_list_without_explanations_is_a_plain_enumeration() -> None:
    fields = dict(named(SCHEMAS[0]))["DataField"]["properties"]
    assert isinstance(fields, dict)
    assert fields["type"]["enum"] == ["String", "Numeric", "Date", "Boolean"]


def test_the_form_of_free_keys_stands_apart_from_their_values() -> None:
    reads = next(one for name, one in named(SCHEMAS[0]) if name == "read")
    names = reads["propertyNames"]
    assert isinstance(names, dict)
    assert names["pattern"] == "^[a-z](_?[a-z0-9]){0,39}$"
    assert reads["additionalProperties"] == {"$ref": "#/$defs/Read"}


def test_every_pattern_of_the_grammar_is_said_in_words_and_no_other() -> None:
    patterns = {one["pattern"] for schema in SCHEMAS for one in walk(schema) if "pattern" in one}
    assert patterns == set(FORMS)

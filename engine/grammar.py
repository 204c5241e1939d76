"""The JSON Schemas of the grammar: generated from its models, tidied for editors, committed.

Only keywords that mean the same in draft-07 and 2020-12 are used, so an editor of either draft
shows the same help. An optional key may be left out, never null.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

from engine.spec import AccountLock, Brand, MappingSpec, TestFile

if TYPE_CHECKING:
    from pathlib import Path

    from engine.spec.base import Concept

Schema = dict[str, object]

_BASE = "https://miradot.dev/schemas/"
_MODELS: dict[str, type[Concept]] = {
    "mapping.v1.schema.json": MappingSpec,
    "brand.v1.schema.json": Brand,
    "test.v1.schema.json": TestFile,
    "account.v1.schema.json": AccountLock,
}
# What a concept is called in the editor and in problems, where its class is called otherwise.
_TITLES = {
    "MappingSpec": "Mapping",
    "Brand": "Brand file",
    "TestFile": "Test file",
    "Consent": "Consent section",
    "Each": "Walked list",
    "ExceptionRule": "Exception",
    "Identity": "Identity section",
    "Lifetime": "Lifetime section",
    "ListItem": "List to add to",
    "LiteralValue": "Fixed value",
    "Money": "Money section",
    "NoneOf": "None-of condition",
    "Objects": "List of objects",
    "Param": "Parameter",
}
_FIRST_KEYS = ("$schema", "$id", "title", "description", "type")
_LAST_KEYS = ("properties", "required", "$defs")


def mapping_schema() -> Schema:
    """Give the JSON Schema of a mapping file."""
    return _generate("mapping.v1.schema.json")


def brand_schema() -> Schema:
    """Give the JSON Schema of a brand file."""
    return _generate("brand.v1.schema.json")


def test_schema() -> Schema:
    """Give the JSON Schema of a test file."""
    return _generate("test.v1.schema.json")


def account_schema() -> Schema:
    """Give the JSON Schema of an account lock."""
    return _generate("account.v1.schema.json")


def schema_text(name: str) -> str:
    """Give the committed text of the schema `name`; KeyError when the grammar has none of it."""
    return json.dumps(_generate(name), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write every schema of the grammar into `folder`, under its name."""
    for name in _MODELS:
        (folder / name).write_text(schema_text(name), encoding="utf-8")


def _generate(name: str) -> Schema:
    model = _MODELS[name]
    generated = cast("Schema", model.model_json_schema(by_alias=True))
    schema = _tidy_concept(model.__name__, generated)
    defined = _parts(generated, "$defs")
    if defined:
        schema["$defs"] = {one: _tidy_concept(one, part) for one, part in defined.items()}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = _BASE + name
    return _arrange(schema)


def _tidy_concept(name: str, concept: Schema) -> Schema:
    """Tidy one object of the grammar and name it in words."""
    title = _TITLES.get(name) or re.sub(r"(?<!^)([A-Z])", lambda m: f" {m[1].lower()}", name)
    properties = {
        key: _tidy_property(key, part) for key, part in _parts(concept, "properties").items()
    }
    rest = {key: part for key, part in concept.items() if key != "$defs"}
    return _arrange({**rest, "title": title, "properties": properties})


def _tidy_property(key: str, schema: Schema) -> Schema:
    title = key.replace("_", " ").capitalize()
    return _arrange({"title": title, **_gather_choice(_tidy(schema))})


def _tidy(schema: Schema) -> Schema:
    """Tidy a schema below a property, and everything below it."""
    tidied = _without_null(schema)
    tidied = _name_keys(tidied)
    tidied = _wrap_reference(tidied)
    tidied = _explain_words(tidied)
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(tidied.get(key), dict):
            tidied[key] = _tidy(cast("Schema", tidied[key]))
    if "anyOf" in tidied:
        tidied["anyOf"] = [_tidy(branch) for branch in _branches(tidied)]
    return _arrange(tidied)


def _without_null(schema: Schema) -> Schema:
    """Take out `or null`: YAML null has no meaning, so a key without a value is left out."""
    tidied = dict(schema)
    if "default" in tidied and tidied["default"] is None:
        del tidied["default"]
    branches = _branches(tidied)
    given = [branch for branch in branches if branch.get("type") != "null"]
    if branches and len(given) == 1:
        del tidied["anyOf"]
        told = [str(part["description"]) for part in (tidied, given[0]) if "description" in part]
        tidied = {**given[0], **tidied}
        if told:
            tidied["description"] = " ".join(dict.fromkeys(told))
    elif branches:
        tidied["anyOf"] = given
    return tidied


def _name_keys(schema: Schema) -> Schema:
    """Say the form of free keys apart from their values, so that each is refused on its own."""
    patterns = _parts(schema, "patternProperties")
    if not patterns:
        return schema
    ((pattern, value),) = patterns.items()
    names = {"type": "string", "pattern": pattern, **_parts(schema, "propertyNames")}
    rest = {key: part for key, part in schema.items() if key != "patternProperties"}
    return {**rest, "propertyNames": names, "additionalProperties": value}


def _wrap_reference(schema: Schema) -> Schema:
    """Move a reference into `allOf`: draft-07 ignores whatever stands beside `$ref`."""
    if "$ref" not in schema or len(schema) == 1:
        return schema
    rest = {key: part for key, part in schema.items() if key != "$ref"}
    return {**rest, "allOf": [{"$ref": schema["$ref"]}]}


def _explain_words(schema: Schema) -> Schema:
    """Give each word of a closed list the part of the description that explains it.

    Validators pass over `enumDescriptions`. Editors show it beside the description; of the
    branches of a `oneOf` they would show the chosen one instead of the description.
    """
    words = cast("list[str]", schema.get("enum", []))
    marks = "|".join(re.escape(word) for word in words)
    told = re.split(rf"`({marks})`: ", str(schema.get("description", ""))) if words else []
    explained = dict(zip(told[1::2], (text.strip() for text in told[2::2]), strict=True))
    if not explained:
        return schema
    meanings = [explained.get(word, "") for word in words]
    return {**schema, "description": told[0].strip(), "enumDescriptions": meanings}


def _gather_choice(schema: Schema) -> Schema:
    """Say in one description what all branches of a choice say: editors show only one of them."""
    told = [str(branch.pop("description", "")) for branch in _branches(schema)]
    if not any(told):
        return schema
    sentences = dict.fromkeys([str(schema["description"]), *filter(None, told)])
    return {**schema, "description": " ".join(sentences)}


def _branches(schema: Schema) -> list[Schema]:
    return cast("list[Schema]", schema.get("anyOf", []))


def _parts(schema: Schema, key: str) -> dict[str, Schema]:
    return cast("dict[str, Schema]", schema.get(key, {}))


def _arrange(schema: Schema) -> Schema:
    """Order the keys: what a reader wants first comes first."""
    first = [key for key in _FIRST_KEYS if key in schema]
    last = [key for key in _LAST_KEYS if key in schema]
    between = [key for key in schema if key not in first and key not in last]
    return {key: schema[key] for key in [*first, *between, *last]}

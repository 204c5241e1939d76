"""Where in a file the keys of a schema stand, or could stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from engine.text import Json, Pointer

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Level:
    """An object of the language: the way to it from the top of a file, and what it may hold."""

    way: Pointer
    properties: dict[str, Schema]

    def write(self, key: str = "") -> tuple[list[str], int]:
        """Give the lines of a file that ends in this object, empty but for a key without value.

        Its last line is where an author writes on; the figure is the column there, from 0.
        """
        lines, indent, dash = [], 0, ""
        for step, after in pairwise((*self.way, "")):
            if isinstance(step, int):
                continue
            lines.append(f"{' ' * indent}{dash}{step}:")
            indent += len(dash) + 2
            dash = "- " if isinstance(after, int) else ""
        last = f"{' ' * indent}{dash}{key}{': ' if key else ''}"
        return [*lines, last], len(last)


def find_levels(root: Schema) -> list[Level]:
    """Give every object that a file of a schema may hold, by every way to it that does not turn."""
    return list(_walk_levels(root, root, (), ()))


def _walk_levels(
    schema: Schema, root: Schema, way: Pointer, turned: tuple[str, ...]
) -> Iterator[Level]:
    if "$ref" in schema:
        if schema["$ref"] not in turned:
            yield from _walk_levels(_follow(schema, root), root, way, (*turned, schema["$ref"]))
        return
    if "properties" in schema:
        yield Level(way, schema["properties"])
    for step, below in [*_members(schema), *((None, branch) for branch in _branches(schema))]:
        yield from _walk_levels(below, root, way if step is None else (*way, step), turned)


def _members(schema: Schema) -> Iterator[tuple[str | int, Schema]]:
    yield from schema.get("properties", {}).items()
    if isinstance(schema.get("additionalProperties"), dict):
        names = schema.get("propertyNames", {}).get("pattern", "")
        yield "SOME_CODE" if names.startswith("^[A-Z]") else "name", schema["additionalProperties"]
    if "items" in schema:
        yield 0, schema["items"]


def _branches(schema: Schema) -> list[Schema]:
    return [branch for key in ("anyOf", "allOf") for branch in schema.get(key, [])]


def _follow(schema: Schema, root: Schema) -> Schema:
    found: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return found


def find_keys(data: Json, root: Schema) -> Iterator[tuple[Pointer, list[str]]]:
    """Give each key of a file that its schema names, with the descriptions it has there.

    There are several where a choice has several branches. A key that holds one concept is
    explained by the concept.
    """
    return _walk_keys(data, _spread([root], root), root, ())


def _walk_keys(
    data: Json, schemas: list[Schema], root: Schema, at: Pointer
) -> Iterator[tuple[Pointer, list[str]]]:
    if isinstance(data, list):
        items = _spread([one["items"] for one in schemas if "items" in one], root)
        for index, value in enumerate(data):
            yield from _walk_keys(value, items, root, (*at, index))
    elif isinstance(data, dict):
        free = [one["additionalProperties"] for one in schemas if "propertyNames" in one]
        for key, value in data.items():
            named = [one["properties"][key] for one in schemas if key in one.get("properties", {})]
            if named:
                yield (*at, key), [_explain(one, root) for one in named]
            yield from _walk_keys(value, _spread(named or free, root), root, (*at, key))


def _explain(schema: Schema, root: Schema) -> str:
    concept = _follow(schema["allOf"][0], root) if "allOf" in schema else schema
    return str(concept["description"])


def _spread(schemas: list[Schema], root: Schema) -> list[Schema]:
    """Give schemas with all that they refer to and all branches of their choices."""
    found = [_follow(schema, root) if "$ref" in schema else schema for schema in schemas]
    below = [branch for schema in found for branch in _branches(schema)]
    return [*found, *(_spread(below, root) if below else [])]

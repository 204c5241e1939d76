"""Random documents that a payload schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from hypothesis import strategies as st

from engine.expressions.selected import follow

Schema = Mapping[str, object]


def conform(schema: Schema, root: Schema) -> st.SearchStrategy[object]:
    """Make values of a node; members that are not required are left out now and then."""
    node = follow(schema, root)
    declared = node.get("type", ["string", "null"])
    kinds = declared if isinstance(declared, list) else [str(declared)]
    return st.one_of([_conform_type(kind, node, root) for kind in kinds])


def _conform_type(kind: str, node: Schema, root: Schema) -> st.SearchStrategy[object]:
    if kind == "object":
        members = cast("Mapping[str, Schema]", node.get("properties", {}))
        required = cast("list[str]", node.get("required", []))
        each = {name: conform(member, root) for name, member in members.items()}
        sure = {name: each[name] for name in required}
        rest = {name: values for name, values in each.items() if name not in sure}
        return cast("st.SearchStrategy[object]", st.fixed_dictionaries(sure, optional=rest))
    if kind == "array":
        items = cast("Schema", node["items"])
        return cast("st.SearchStrategy[object]", st.lists(conform(items, root), max_size=3))
    plain: dict[str, st.SearchStrategy[object]] = {
        "string": st.sampled_from(["", "x", "contact-email", *_list_codes(node)]),
        "number": st.integers(-1, 3),
        "integer": st.integers(-1, 3),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return plain[kind]


def _list_codes(node: Schema) -> list[str]:
    return sorted(cast("Mapping[str, object]", node.get("x-codes", {})))

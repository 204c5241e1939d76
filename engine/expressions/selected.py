"""What an expression can give, told in nodes of the payload schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

Schema = Mapping[str, object]

# So many alternatives say as little as none, and each step of a path would multiply them.
_MOST_NODES = 100
_NUMBERS = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Selected:
    """What an expression can give.

    `nodes` are schema nodes with their `$ref` followed, one for each alternative, without the
    null one; None when the schema does not say. A list made by the path is a node of its own
    (`type: array` with `items`). `personal` counts marks on the node, above it and below it once
    a walk is over. `label` names the place in messages (`order_lines[].sku`).
    """

    nodes: tuple[Schema, ...] | None
    may_be_absent: bool = False
    may_be_null: bool = False
    is_projection: bool = False
    personal: bool = False
    label: str = ""

    @property
    def node(self) -> Schema | None:
        """The one schema node, None when there are several or the schema does not say."""
        return self.nodes[0] if self.nodes is not None and len(self.nodes) == 1 else None

    @property
    def may_be_missing(self) -> bool:
        """Whether JMESPath can give null for it, for either reason."""
        return self.may_be_absent or self.may_be_null

    @property
    def types(self) -> frozenset[str]:
        """JSON types it can have, null aside, integers as `number`; empty when any will do."""
        kinds = [types_of(node) for node in self.nodes or ()]
        return frozenset().union(*kinds) if all(kinds) else frozenset()


ANYTHING = Selected(None, may_be_absent=True, may_be_null=True)


def select_type(kind: str, *, may_be_null: bool = False, personal: bool = False) -> Selected:
    """Give what a function or a comparison gives: a bare JSON type."""
    return Selected(({"type": kind},), may_be_null=may_be_null, personal=personal)


def types_of(node: Schema) -> frozenset[str]:
    """Give the JSON types of a node, null aside, integers as `number`; empty when any will do."""
    declared = node.get("type")
    if isinstance(declared, str):
        declared = [declared]
    if isinstance(declared, list):
        kinds = {str(kind) for kind in declared if kind != "null"}
        return frozenset("number" if kind in _NUMBERS else kind for kind in kinds)
    if "properties" in node:
        return frozenset({"object"})
    return frozenset({"array"}) if "items" in node else frozenset()


def follow(schema: Schema, root: Schema) -> Schema:
    """Follow `$ref` (`#/...` only); marks beside it add to the node that it points to."""
    seen: set[str] = set()
    while isinstance(reference := schema.get("$ref"), str) and reference not in seen:
        seen.add(reference)
        target: object = root
        for step in reference.removeprefix("#/").split("/"):
            target = target.get(step) if isinstance(target, Mapping) else None
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**target, **beside} if isinstance(target, Mapping) else beside
    return schema


def read_schema(schema: object, root: Schema, *, label: str = "") -> Selected:
    """Give what a value of a schema node can be."""
    if not isinstance(schema, Mapping):
        return Selected(None, may_be_null=True, label=label)
    found = list(_list_alternatives(schema, root))
    nodes = tuple(node for node in found if node.get("type") not in ("null", ["null"]))
    return Selected(
        nodes,
        may_be_null=any(_allows_null(node) for node in found),
        personal=any(bool(node.get("x-personal")) for node in found),
        label=label,
    )


def _list_alternatives(schema: Schema, root: Schema) -> Iterator[Schema]:
    schema = follow(schema, root)
    options = schema.get("anyOf", schema.get("oneOf"))
    if not isinstance(options, list):
        yield schema
        return
    for option in options:
        yield from _list_alternatives(option, root)


def _allows_null(node: Schema) -> bool:
    declared = node.get("type")
    return declared == "null" or (isinstance(declared, list) and "null" in declared)


def as_schema(selected: Selected) -> Schema:
    """Put what an expression gives back into one schema node, to stand inside another."""
    marks = {"x-personal": True} if selected.personal else {}
    if selected.nodes is None:
        return marks
    null: tuple[Schema, ...] = ({"type": "null"},) if selected.may_be_missing else ()
    return {"anyOf": [{**node, **marks} for node in (*selected.nodes, *null)]}


def make_list(element: Selected, *, label: str) -> Selected:
    """Give the list that a projection makes of its elements; nulls have been dropped."""
    kept = Selected(element.nodes, personal=element.personal)
    node = {"type": "array", "items": as_schema(kept)}
    return Selected((node,), is_projection=True, personal=element.personal, label=label)


def unite(options: Iterable[Selected]) -> Selected:
    """Give what one or the other can give; of more than `_MOST_NODES` nodes, anything personal."""
    each: list[Selected] = []
    distinct: dict[int, Schema] = {}
    for option in options:
        each.append(option)
        # The same node twice says no more than once.
        distinct.update((id(node), node) for node in option.nodes or ())
        if len(distinct) > _MOST_NODES:
            return replace(ANYTHING, personal=True, label=each[0].label)
    return Selected(
        nodes=tuple(distinct.values()) if all(one.nodes is not None for one in each) else None,
        may_be_absent=any(option.may_be_absent for option in each),
        may_be_null=any(option.may_be_null for option in each),
        is_projection=any(option.is_projection for option in each),
        personal=any(option.personal for option in each),
        label=each[0].label if each else "",
    )


def require_members(schema: Schema, names: Iterable[str], root: Schema) -> Schema:
    """Give an object node in which some members are known to be there and not null."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return schema
    sure = {name: _forbid_null(properties[name], root) for name in names if name in properties}
    required = schema.get("required")
    known = required if isinstance(required, list) else []
    return {**schema, "properties": {**properties, **sure}, "required": [*known, *sure]}


def _forbid_null(schema: object, root: Schema) -> Schema:
    found = read_schema(schema, root)
    options = [
        {**node, "type": [kind for kind in declared if kind != "null"]}
        if isinstance(declared := node.get("type"), list)
        else node
        for node in found.nodes or ()
    ]
    return {"anyOf": options} if found.nodes is not None else {}


def holds_personal(selected: Selected, root: Schema) -> bool:
    """Tell whether a value is marked personal, or holds anything that is."""
    return selected.personal or any(
        _has_mark(node, root, frozenset()) for node in selected.nodes or ()
    )


def _has_mark(schema: object, root: Schema, above: frozenset[str]) -> bool:
    if not isinstance(schema, Mapping):
        return False
    reference = str(schema.get("$ref", ""))
    if reference in above:
        return False
    node, above = follow(schema, root), above | ({reference} if reference else frozenset())
    if node.get("x-personal"):
        return True
    properties, options = node.get("properties"), node.get("anyOf", node.get("oneOf"))
    below = [node.get("items"), *(options if isinstance(options, list) else ())]
    below += list(properties.values()) if isinstance(properties, Mapping) else []
    return any(_has_mark(each, root, above) for each in below)

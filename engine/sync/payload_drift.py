"""What orders hold that the source lock does not know: fields, codes, types, nulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.expressions.selected import Schema, read_schema, types_of
from engine.lock import Address, SourceLock

Kind = Literal["new field", "new code", "type changed", "null where none was"]
_SHORT = 40


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something unknown at a place of the payload; `detail` is a code or types, never a value."""

    kind: Kind
    address: Address
    detail: str = ""


def find_oddities(record: object, source: SourceLock) -> Iterator[Oddity]:
    """Give what a record holds that its lock does not know; the same one may come twice."""
    return _walk(record, source.schema, source.schema, ())


def _walk(value: object, schema: object, root: Schema, at: Address) -> Iterator[Oddity]:
    known = read_schema(schema, root)
    if known.nodes is None:
        return
    if value is None:
        if not known.may_be_null:
            yield Oddity("null where none was", at)
        return
    kind = _kind_of(value)
    fitting = [node for node in known.nodes if not types_of(node) or kind in types_of(node)]
    if not fitting:
        wanted = " or ".join(sorted(known.types)) or "nothing"
        yield Oddity("type changed", at, f"{kind} instead of {wanted}")
    elif isinstance(value, Mapping):
        yield from _walk_members(value, fitting, root, at)
    elif isinstance(value, list):
        items = next((node["items"] for node in fitting if "items" in node), None)
        for element in value if items is not None else ():
            yield from _walk(element, items, root, at)
    elif isinstance(value, str):
        codes = [node["x-codes"] for node in fitting if isinstance(node.get("x-codes"), Mapping)]
        if codes and not any(value in one for one in codes if isinstance(one, Mapping)):
            yield Oddity("new code", at, value[:_SHORT])


def _walk_members(
    value: Mapping[str, object], nodes: list[Schema], root: Schema, at: Address
) -> Iterator[Oddity]:
    members: dict[str, object] = {}
    for node in nodes:
        told = node.get("properties")
        members |= told if isinstance(told, Mapping) else {}
    if not members:
        return
    for name, inner in value.items():
        if name in members:
            yield from _walk(inner, members[name], root, (*at, name))
        else:
            yield Oddity("new field", (*at, name[:_SHORT]), _kind_of(inner))


def _kind_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list) else "number"

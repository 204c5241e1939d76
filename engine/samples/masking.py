"""Masking: a record of the source as people may look at it, without who it is about.

What the lock marks as personal is masked, and so is whatever holds an address; members that the
lock does not know show only that they are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.expressions.selected import Schema, read_schema
from engine.lock import SourceLock
from engine.runtime.people import mask

_NO_TEXT = frozenset({"money", "integer", "decimal", "boolean"})
_UNKNOWN = "***"


@dataclass(frozen=True, slots=True)
class Masker:
    """Masks records of one source."""

    source: SourceLock

    def mask(self, record: Mapping[str, object]) -> dict[str, object]:
        """Give the masked record; the record itself stays as it is."""
        return self._members(record, [self.source.schema])

    def _members(self, record: Mapping[str, object], nodes: Iterable[Schema]) -> dict[str, object]:
        known: dict[str, object] = {}
        for node in nodes:
            members = node.get("properties")
            known |= members if isinstance(members, Mapping) else {}
        return {
            name: self._value(value, known[name]) if name in known else _UNKNOWN
            for name, value in record.items()
        }

    def _value(self, value: object, schema: object) -> object:
        nodes = read_schema(schema, self.source.schema).nodes or ()
        if isinstance(value, Mapping):
            return self._members(value, nodes)
        if isinstance(value, list):
            items = next((one["items"] for one in nodes if "items" in one), None)
            return [self._value(one, items) if items is not None else _UNKNOWN for one in value]
        kind = next((one["x-type"] for one in nodes if "x-type" in one), None)
        if kind is None or any(one.get("x-personal") for one in nodes):
            return mask(value)
        if isinstance(value, str) and ("@" in value or kind in _NO_TEXT):
            return mask(value)
        return value


def leave_out_empty(value: object) -> object:
    """Give a value without members that hold nothing: null, empty texts, lists and objects."""
    if isinstance(value, list):
        return [leave_out_empty(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: leave_out_empty(one) for name, one in value.items()}
    return {name: one for name, one in kept.items() if one not in (None, "", [], {})}

"""Masking: a record of the source as people may look at it, without who it is about.

What stays is what the lock knows and calls not personal, in a form that holds no words: amounts,
counts, dates, listed codes, identifiers. All other texts are masked, and members that the lock does
not know show only that they are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.expressions.selected import Schema, read_schema
from engine.lock import SourceLock
from engine.runtime.people import mask

_PLAIN = frozenset({"money", "integer", "decimal", "boolean"})
_PLAIN_TEXT = frozenset({"code", "currency", "country", "instant", "id"})
_UNKNOWN = "***"


@dataclass(frozen=True, slots=True)
class Masker:
    """Masks records of one source."""

    source: SourceLock

    def mask(self, record: Mapping[str, object]) -> dict[str, object]:
        """Give the masked record; what is empty is left out, the record itself stays as it is."""
        return self._members(record, [self.source.schema])

    def _members(self, record: Mapping[str, object], nodes: Iterable[Schema]) -> dict[str, object]:
        known: dict[str, object] = {}
        for node in nodes:
            members = node.get("properties")
            known |= members if isinstance(members, Mapping) else {}
        masked = {
            name: self._value(value, known[name]) if name in known else _UNKNOWN
            for name, value in record.items()
            if value not in (None, "", [], {})
        }
        return {name: value for name, value in masked.items() if value not in ([], {})}

    def _value(self, value: object, schema: object) -> object:
        nodes = read_schema(schema, self.source.schema).nodes or ()
        if isinstance(value, Mapping):
            return self._members(value, nodes)
        if isinstance(value, list):
            items = next((one["items"] for one in nodes if "items" in one), None)
            return [self._value(one, items) if items is not None else _UNKNOWN for one in value]
        kind = next((one.get("x-type") for one in nodes if "x-type" in one), None)
        if any(one.get("x-personal") for one in nodes):
            return mask(value)
        if isinstance(value, str):
            return value if kind in _PLAIN_TEXT and "@" not in value else mask(value)
        return value if kind in _PLAIN else _UNKNOWN

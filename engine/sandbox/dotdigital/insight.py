"""Insight data: collections of records, each replaced as a whole.

A field's first value fixes its type for the collection. A key is unique in its collection, not for
each contact. A record of a contact needs the contact to be there: nothing here creates one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from engine.sandbox.mirakl.lines import instant
from engine.sandbox.service import Json

_NAME = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]{1,254}")
_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Unfit(ValueError):  # noqa: N818 - the word the report uses, not a fault of the sandbox
    """A record that a collection does not take; the message is Dotdigital's reason."""


@dataclass(slots=True)
class Record:
    """One record; `owner` is the id of its contact, None in a collection of the account."""

    key: str
    owner: int | None
    json: Json
    created: datetime
    updated: datetime

    def show(self) -> Json:
        """Give the record as the API lists it."""
        return {
            "key": self.key,
            "ownerContactId": self.owner,
            "json": self.json,
            "created": instant(self.created),
            "updated": instant(self.updated),
        }


@dataclass(slots=True)
class Collection:
    """One collection; `types` holds the type of each field by its path."""

    name: str
    scope: str
    type: str
    types: dict[str, str] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)

    def put(self, key: str, owner: int | None, json: Json, now: datetime) -> bool:
        """Put a record; whether it is new. Raises Unfit, and changes nothing then."""
        held = self.records.get(key)
        if held is not None and held.owner != owner:
            raise Unfit("KeyExistingForDifferentContact")
        types = dict(self.types)
        for path, kind in _types(json, ""):
            if types.setdefault(path, kind) != kind:
                raise Unfit("JsonValueIncompatibleWithSchema")
        self.types = types
        created = now if held is None else held.created
        self.records[key] = Record(key, owner, json, created, now)
        return held is None


@dataclass(slots=True)
class Insight:
    """Every collection of the account."""

    collections: dict[str, Collection] = field(default_factory=dict)

    def collection(self, name: str, scope: str, kind: str) -> Collection:
        """Give a collection, made where it is missing; Unfit for a name that cannot be one."""
        if name not in self.collections:
            if not _NAME.fullmatch(name):
                raise Unfit("InvalidCollectionName")
            self.collections[name] = Collection(name, scope, kind)
        found = self.collections[name]
        if found.scope != scope:
            raise Unfit("InvalidCollectionScope")
        return found

    def records_of(self, contact: int) -> Iterator[tuple[Collection, Record]]:
        """Give the records of a contact."""
        for collection in self.collections.values():
            for record in list(collection.records.values()):
                if record.owner == contact:
                    yield collection, record


def _types(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Give the type of each field below a value; Unfit for what JSON records cannot hold."""
    if isinstance(value, dict):
        if path:
            yield path, "object"
        for key, member in value.items():
            if not _KEY.fullmatch(key):
                raise Unfit("JsonKeyInvalidCharacters")
            yield from _types(member, f"{path}.{key}")
    elif isinstance(value, list):
        yield path, "array"
        for element in value:
            if isinstance(element, list):
                raise Unfit("JsonContainsNestedArray")
            yield from _types(element, f"{path}[]")
    else:
        yield path, _kind(value)


def _kind(value: object) -> str:
    if value is None:
        raise Unfit("InvalidJson")
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"

"""A next version of the mapping language, made up to try what migrations are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.edits.changes import AddKey, Change, MoveKey, RemoveKey, RenameKey, SetValue
from engine.migrations.migration import Migration
from engine.text import Json

# Each change reads the whole text again; a few of each kind tell as much as all.
_MOST = 3


def find_changes(data: Mapping[str, Json]) -> Iterator[Change]:
    """Rename, change, split, move, remove and add keys, at the top and deep down."""
    yield RenameKey(("owner",), "team")
    source, _, version = str(data["source"]).partition("@")
    yield SetValue(("source",), source)
    yield AddKey(("source_version",), version)
    if "title" in data:
        yield RemoveKey(("title",))
    yield from _in_exceptions(data)
    yield from _in_consent(data)
    if "identity" in data:
        yield MoveKey(("identity", "relay"), ("relay",))
        yield MoveKey(("identity", "person_field"), ("record", "person field"))
    yield MoveKey(("nothing_to_send",), ("exceptions", "none"))
    yield MoveKey(("record", "key"), ("key",))
    yield AddKey(("review",), {"every": {"days": 30}, "by": ["#ops", "yes", "1"]})


def _in_exceptions(data: Mapping[str, Json]) -> Iterator[Change]:
    rules = data["exceptions"]
    for code, rule in list(rules.items())[:_MOST] if isinstance(rules, dict) else ():
        yield RenameKey(("exceptions", code, "say"), "sentence")
        if isinstance(rule, dict) and rule["retry"] == "when_record_changes":
            yield SetValue(("exceptions", code, "retry"), "on change: of the record")
        yield RemoveKey(("exceptions", code, "level"))


def _in_consent(data: Mapping[str, Json]) -> Iterator[Change]:
    consent = data.get("consent")
    rows = consent["rows"] if isinstance(consent, dict) else []
    for index, row in enumerate(rows[:_MOST] if isinstance(rows, list) else []):
        at = ("consent", "rows", index)
        if isinstance(row, dict) and row["do"] == "leave":
            yield SetValue((*at, "do"), "keep")
        yield MoveKey((*at, "if"), (*at, "when"))
        yield MoveKey((*at, "may_market"), (*at, "when", "may market"))


VERSION_2 = Migration(2, "made up for tests", find_changes)


def find_later_changes(data: Mapping[str, Json]) -> Iterator[Change]:
    """Take back a name, and empty a block key by key."""
    yield RenameKey(("team",), "owner")
    review = data["review"]
    yield from (RemoveKey(("review", key)) for key in (review if isinstance(review, dict) else ()))


VERSION_3 = Migration(3, "made up for tests as well", find_later_changes)

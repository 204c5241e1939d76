"""Differences of two documents' data, as the changes that make one of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.edits.changes import AddKey, Change, RemoveKey, SetValue
from engine.text import Json, Pointer


def find_changes(
    old: Mapping[str, Json], new: Mapping[str, Json], at: Pointer = ()
) -> Iterator[Change]:
    """Give the changes that turn one mapping of scalars and mappings into another.

    What is in both stays where it is; what is new comes at the end of its mapping.
    """
    for key, value in old.items():
        if key not in new:
            yield RemoveKey((*at, key))
            continue
        wanted = new[key]
        if isinstance(value, dict) and isinstance(wanted, dict):
            yield from find_changes(value, wanted, (*at, key))
        elif isinstance(value, dict | list) or isinstance(wanted, dict | list):
            yield RemoveKey((*at, key))
            yield AddKey((*at, key), wanted)
        elif value != wanted:
            yield SetValue((*at, key), wanted)
    for key, value in new.items():
        if key not in old:
            yield AddKey((*at, key), value)

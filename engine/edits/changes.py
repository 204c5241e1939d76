"""Changes of a document, as data; what each means for the data that was read."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TypeAlias

from engine.text import Json, Pointer


@dataclass(frozen=True, slots=True)
class RenameKey:
    """The key at `at` is called `to`; it stays where it is."""

    at: Pointer
    to: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """The value at `at`, a scalar, becomes `to`."""

    at: Pointer
    to: Json


@dataclass(frozen=True, slots=True)
class RemoveKey:
    """The key at `at` goes, with its value; comments stay."""

    at: Pointer


@dataclass(frozen=True, slots=True)
class AddKey:
    """A new key `at`, at the end of a mapping that is there."""

    at: Pointer
    value: Json


@dataclass(frozen=True, slots=True)
class MoveKey:
    """The key at `at`, with its value, goes to the end of the mapping in which `to` is to be."""

    at: Pointer
    to: Pointer


@dataclass(frozen=True, slots=True)
class NameSchema:
    """The first line names another schema file in the same folder; the data stays."""

    name: str


Change: TypeAlias = RenameKey | SetValue | RemoveKey | AddKey | MoveKey | NameSchema


def change_data(data: Json, change: Change) -> Json:
    """Give the data as it is after a change; the order of keys counts.

    Raises KeyError or TypeError for a change of what is not there.
    """
    made = copy.deepcopy(data)
    match change:
        case NameSchema():
            pass
        case RenameKey(at, to):
            holder = _mapping_at(made, at[:-1])
            renamed = {to if key == at[-1] else key: value for key, value in holder.items()}
            if str(at[-1]) not in holder or len(renamed) != len(holder):
                raise KeyError(at[-1])
            holder.clear()
            holder.update(renamed)
        case SetValue(at, to):
            _set(made, at, to)
        case RemoveKey(at):
            del _mapping_at(made, at[:-1])[str(at[-1])]
        case AddKey(at, value):
            _add(made, at, copy.deepcopy(value))
        case MoveKey(at, to):
            _add(made, to, _mapping_at(made, at[:-1]).pop(str(at[-1])))
    return made


def _add(data: Json, at: Pointer, value: Json) -> None:
    holder = _mapping_at(data, at[:-1])
    if at[-1] in holder:
        raise KeyError(at[-1])
    holder[str(at[-1])] = value


def _set(data: Json, at: Pointer, value: Json) -> None:
    holder, last = _find(data, at[:-1]), at[-1]
    old = _find(data, at)
    if isinstance(old, dict | list):
        raise TypeError("only a scalar is replaced by another value")
    if isinstance(holder, dict):
        holder[str(last)] = value
    elif isinstance(holder, list) and isinstance(last, int):
        holder[last] = value


def _mapping_at(data: Json, at: Pointer) -> dict[str, Json]:
    found = _find(data, at)
    if not isinstance(found, dict):
        raise TypeError("only a mapping has keys")
    return found


def _find(data: Json, at: Pointer) -> Json:
    for step in at:
        match data, step:
            case dict(), str():
                data = data[step]
            case list(), int():
                data = data[step]
            case _:
                raise KeyError(step)
    return data

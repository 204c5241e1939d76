"""Where a mapping refers to a parameter, and which types of parameter fit there.

Each place in the grammar says so in its annotation (`Takes`); what a mapping refers to is found by
walking it beside its grammar, so that no place can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

from engine.spec.base import Concept, ParamReference

Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Takes:
    """The types of parameter that fit a place."""

    types: tuple[str, ...]


# What reads as one text, what as a fixed value of a field, and what stands in a composed text.
TEXT = ("text", "choice")
VALUE = ("text", "choice", "integer", "boolean")
WORDS = ("text", "choice", "integer", "timezone")

TextReference = Annotated[ParamReference, Takes(TEXT)]
TextsReference = Annotated[ParamReference, Takes(("texts",))]
ChoiceReference = Annotated[ParamReference, Takes(("choice",))]
ListReference = Annotated[ParamReference, Takes(("list_id",))]
CellReference = Annotated[ParamReference, Takes(("texts", *TEXT))]
SlotReference = Annotated[ParamReference, Takes((*TEXT, "programme_id", "campaign_id"))]
ValueReference = Annotated[ParamReference, Takes(VALUE)]


@dataclass(frozen=True, slots=True)
class Found:
    """A reference `$name`, where it stands, and the types that fit there.

    `in_list`: it stands as a text among others, where it is no reference at all.
    """

    name: str
    pointer: Pointer
    types: tuple[str, ...]
    in_list: bool = False


def find_references(concept: Concept, pointer: Pointer = ()) -> Iterator[Found]:
    """Give every reference to a parameter in a part of a mapping, in reading order."""
    for name, hint in _hints(type(concept)).items():
        key = type(concept).model_fields[name].alias or name
        yield from _find(getattr(concept, name), hint, (*pointer, key))


@cache
def _hints(kind: type[Concept]) -> dict[str, object]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: hints[name] for name in kind.model_fields}


def _find(value: object, hint: object, pointer: Pointer) -> Iterator[Found]:
    """Give the references in a value, read as one of the kinds that its place allows."""
    if isinstance(value, Concept):
        yield from find_references(value, pointer)
    elif isinstance(value, str):
        if value.startswith("$") and (types := _types_taken(hint)):
            yield Found(value[1:], pointer, types)
    elif isinstance(value, dict):
        for name, inner in value.items():
            for arm in _arms(hint, dict):
                yield from _find(inner, arm, (*pointer, name))
    elif isinstance(value, list):
        yield from _find_in_list(value, hint, pointer)


def _find_in_list(values: list[object], hint: object, pointer: Pointer) -> Iterator[Found]:
    types = _types_taken(hint)
    for index, value in enumerate(values):
        at = (*pointer, index)
        if isinstance(value, str) and value.startswith("$") and types:
            yield Found(value[1:], at, types, in_list=True)
        for arm in _arms(hint, list):
            yield from _find(value, arm, at)


def _options(hint: object) -> Iterator[object]:
    """Give the kinds of value that a hint allows, each with what is annotated at it."""
    if get_origin(hint) in (Union, UnionType):
        for arm in get_args(hint):
            yield from _options(arm)
    elif get_origin(hint) is Annotated and get_origin(get_args(hint)[0]) in (Union, UnionType):
        yield from _options(get_args(hint)[0])
    else:
        yield hint


def _types_taken(hint: object) -> tuple[str, ...]:
    marks = (mark for one in _options(hint) for mark in getattr(one, "__metadata__", ()))
    return next((mark.types for mark in marks if isinstance(mark, Takes)), ())


def _arms(hint: object, kind: type) -> Iterator[object]:
    """Give what stands inside a dict or a list, in each kind of it that a hint allows."""
    for one in _options(hint):
        plain = get_args(one)[0] if get_origin(one) is Annotated else one
        if get_origin(plain) is kind:
            yield get_args(plain)[-1]

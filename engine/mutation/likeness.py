"""Likeness: whether two compiled mappings are the same function, so that no record tells them apart.

What a mapping becomes is source text with constants. Where both are the same, so is every plan;
`order`, for one, is about delivery and leaves no trace in what a test can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType

from engine.compiler.function import emit_function
from engine.compiler.source import Source
from engine.checked import CheckedSpec


def emit_for_likeness(checked: CheckedSpec) -> Source:
    """Give what is compared: the function as it runs, values unmasked."""
    return emit_function(checked, masked=False)


def is_alike(one: Source, other: Source) -> bool:
    """Say whether two functions are the same, line by line and constant by constant."""
    head = "def apply()"
    return one.text(head) == other.text(head) and _are_alike(one.constants, other.constants)


def _are_alike(one: object, other: object) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, FunctionType) and isinstance(other, FunctionType):
        return one.__code__ == other.__code__ and _are_alike(_held(one), _held(other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_are_alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_are_alike(*pair) for pair in pairs)
    if is_dataclass(one) and not isinstance(one, type):
        names = [field.name for field in fields(one)]
        return all(_are_alike(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other)


def _held(function: FunctionType) -> list[object]:
    """Give what a function closes over, and its defaults."""
    return [cell.cell_contents for cell in function.__closure__ or ()] + list(
        function.__defaults__ or ()
    )

"""Likeness: whether two compiled mappings are the same function.

What a mapping becomes is source text with constants. Where both are the same, no record tells the
two apart; `order`, for one, is about delivery and leaves no trace in a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import CodeType, FunctionType, MethodType

from engine.checked import CheckedSpec
from engine.compiler.function import emit_function
from engine.compiler.source import Source


def emit_for_likeness(checked: CheckedSpec) -> Source:
    """Give what is compared: the function as it runs, values unmasked, with all parameters."""
    source = emit_function(checked, masked=False)
    source.bind(dict(checked.params.values), "params")
    return source


def is_alike(one: Source, other: Source) -> bool:
    """Say whether two functions are the same, line by line and constant by constant."""
    head = "def apply()"
    return one.text(head) == other.text(head) and _are_alike(one.constants, other.constants)


def _are_alike(one: object, other: object) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    parts, others = _parts(one), _parts(other)
    if parts is None or others is None:
        return bool(one == other)
    pairs = zip(parts, others, strict=False)
    return len(parts) == len(others) and all(_are_alike(*pair) for pair in pairs)


def _parts(value: object) -> list[object] | None:
    """Give what a value is made of, in order; None for one that says itself whether it is equal."""
    if isinstance(value, FunctionType | MethodType):
        function = value.__func__ if isinstance(value, MethodType) else value
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        held = [*cells, *(function.__defaults__ or ()), getattr(value, "__self__", None)]
        return [_Code(function.__code__), *held]
    if isinstance(value, Mapping):
        return [part for item in value.items() for part in item]
    if isinstance(value, list | tuple):
        return [*value]
    if is_dataclass(value) and not isinstance(value, type | _Code):
        return [getattr(value, field.name) for field in fields(value)]
    if type(value).__eq__ is object.__eq__ and hasattr(value, "__dict__"):
        return [part for item in vars(value).items() for part in item]
    return None


@dataclass(frozen=True, slots=True)
class _Code:
    """The code of a function, which compares by what it does."""

    code: CodeType

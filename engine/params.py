"""Parameter values: defaults and examples, then the brand file, then the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.nearest import suggest
from engine.spec.params import Param, ParamValue

_IDS = ("list_id", "programme_id", "campaign_id")
# Dotdigital counts from 1 in 32 bits; beyond 2**53 programs lose digits.
_BOUNDS = {"integer": (0, 2**53 - 1), **dict.fromkeys(_IDS, (1, 2**31 - 1))}


@dataclass(frozen=True, slots=True)
class Params:
    """The value of every parameter, and which of them are only examples."""

    values: Mapping[str, ParamValue]
    examples: frozenset[str]


class ParamError(ValueError):
    """A value does not fit its parameter; `name` is the parameter."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def resolve_params(declared: Mapping[str, Param], given: Mapping[str, ParamValue]) -> Params:
    """Give a value for every declared parameter.

    Raises ParamError for a name that is not declared, a value of another type, or a parameter
    that has neither a value given nor a default nor an example.
    """
    for name in given:
        if name not in declared:
            near = suggest(name, declared)
            raise ParamError(name, f'no parameter "{name}"{near or _list_names(declared)}')
    values: dict[str, ParamValue] = {}
    examples = set()
    for name, param in declared.items():
        value = given.get(name, param.default)
        if value is None:
            value = param.example
            examples.add(name)
        if value is None:
            raise ParamError(name, f'the parameter "{name}" needs a value')
        fault = fault_of(param, value)
        if fault:
            raise ParamError(name, f'the parameter "{name}" {fault}')
        values[name] = value
    return Params(values=values, examples=frozenset(examples))


def _list_names(declared: Mapping[str, Param]) -> str:
    return f"; there are {', '.join(declared)}" if declared else "; the mapping has none"


def fault_of(param: Param, value: ParamValue) -> str:
    """Say what is wrong with a value for a parameter, or nothing."""
    if param.type in _BOUNDS:
        low, high = _BOUNDS[param.type]
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f'is a whole number from {low} to {high}, not "{value}"'
    if param.type == "boolean":
        return "" if isinstance(value, bool) else f'is true or false, not "{value}"'
    return _fault_of_texts(value) if param.type == "texts" else _fault_of_text(param, value)


def _fault_of_text(param: Param, value: ParamValue) -> str:
    known = param.choices or []
    if not isinstance(value, str) or not value.strip():
        return f'is a text, not "{value}"'
    if param.type == "choice" and value not in known:
        return f'is one of {", ".join(known)}, not "{value}"{suggest(value, known)}'
    if param.type == "timezone" and not is_zone(value):
        return f'is a time zone such as Europe/London, not "{value}"'
    return ""


def _fault_of_texts(value: ParamValue) -> str:
    if (
        isinstance(value, list)
        and value
        and all(isinstance(text, str) and text.strip() for text in value)
    ):
        return ""
    return f'is a list of texts such as [a, b], not "{value}"'


def is_zone(name: str) -> bool:
    """Say whether a time zone of that name is known."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_of(name: str) -> ZoneInfo:
    """Give the time zone of a checked name."""
    return ZoneInfo(name)

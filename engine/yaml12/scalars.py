"""Plain scalars by the YAML 1.2 core schema, kept exactly or refused.

The tables are those of https://yaml.org/spec/1.2.2/#1032-tag-resolution, which editors follow:
`NO`, `yes`, `12:30` and `2024-01-02` are texts, and `010` is ten.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DIGITS = 18

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"(?P<decimal>[-+]?[0-9]+)|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?P<digits>\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def read_plain(text: str) -> bool | float | str | None:
    """Give the value of a scalar written without quotes.

    Raises ValueError, with a message for users, for a number that cannot be kept as written.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if match := _INTEGER.fullmatch(text):
        return _read_integer(text, is_decimal=match["decimal"] is not None)
    if match := _FLOAT.fullmatch(text):
        return _read_float(text, match["digits"])
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f'"{text}" is no finite number')
    return text


def _read_integer(text: str, *, is_decimal: bool) -> int:
    # Counted before it is converted: the cost of a conversion grows with the square.
    if len(text.lstrip("+-")) <= MAX_DIGITS + 2:
        value = int(text, 10 if is_decimal else 0)
        if abs(value) < 10**MAX_DIGITS:
            return value
    raise ValueError(f"a whole number has at most {MAX_DIGITS} digits")


def _read_float(text: str, digits: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("the number is too large")
    if value == 0 and digits.strip("0."):
        raise ValueError("the number is too close to zero")
    if value and Decimal(text) != Decimal(repr(value)):
        raise ValueError(f"the number has too many digits, {value!r} would be left of it")
    return value

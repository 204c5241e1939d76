"""Amounts: minor units in, decimal text out; figures over all of a person's records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from engine.runtime.values import CLEAR, Marker


def decimal_text(minor: int, scale: int) -> str:
    """Give minor units as decimal text with the currency's digits: 4999 at 100 is `49.99`."""
    if scale == 100 and minor >= 0:  # noqa: PLR2004 - pence and cents, nearly always
        return f"{minor // 100}.{minor % 100:02d}"
    if scale == 1:
        return str(minor)
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // scale}.{str(minor % scale).zfill(len(str(scale)) - 1)}"


def gap_text(minor: int | Decimal, scale: int) -> str:
    """Give how far apart two figures are, as decimal text; a bound may have further digits."""
    if isinstance(minor, int):
        return decimal_text(abs(minor), scale)
    return format(abs(minor) / scale, "f")


@lru_cache(4096)
def minor_units(text: str, scale: int) -> int:
    """Give decimal text as minor units; ValueError when it has more digits than the currency."""
    scaled = Decimal(text) * scale
    if scaled != int(scaled):
        raise ValueError(f'"{text}" has more digits than the currency')
    return int(scaled)


def scaled(text: str, scale: int) -> int | Decimal:
    """Give decimal text in minor units to compare with: exact, whole or not (0.01 yen is 0.01)."""
    number = Decimal(text) * scale
    return int(number) if number == int(number) else number


@dataclass(frozen=True, slots=True)
class FigureRule:
    """How one lifetime figure is made: its kind, the share member it takes, and its empty value."""

    name: str
    kind: Literal["count", "total", "earliest", "latest"]
    member: str
    is_money: bool
    empty: object


Share = Mapping[str, object]
"""What one record contributes: `counts`, `currency`, and the members the figures take."""


def gather(
    rules: tuple[FigureRule, ...], others: Mapping[str, Share], own: Share, scale: int
) -> list[object]:
    """Give the figures over the shares of other records and this record's own.

    Money members of `others` are decimal text and those of `own` minor units; money figures come
    back in minor units.
    """
    counted = [share for share in others.values() if share.get("counts")]
    figures: list[object] = []
    for rule in rules:
        if rule.kind == "count":
            figures.append(len(counted) + (1 if own["counts"] else 0))
            continue
        values = [_read_share(rule, share[rule.member], scale) for share in counted]
        if own["counts"] and own[rule.member] is not None:
            values.append(own[rule.member])
        figures.append(_combine(rule, values) if values else rule.empty)
    return figures


def _read_share(rule: FigureRule, value: object, scale: int) -> object:
    return minor_units(str(value), scale) if rule.is_money else value


def _combine(rule: FigureRule, values: list[object]) -> object:
    if rule.kind == "total":
        return sum(value for value in values if isinstance(value, int))
    moments = sorted((str(value) for value in values), key=datetime.fromisoformat)
    return moments[0] if rule.kind == "earliest" else moments[-1]


def is_clear(value: object) -> bool:
    """Whether a value asks to empty the target's field."""
    return isinstance(value, Marker) and value is CLEAR

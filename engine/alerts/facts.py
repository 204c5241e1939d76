"""Facts: what alerts are judged by, read from the store in one transaction; nothing is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.clock import write_time
from engine.state.activity import Left, count_left
from engine.state.budget import Allowance
from engine.state.database import Connection
from engine.state.exceptions import Opened, count_opened
from engine.state.measurements import Kind as MeasuredKind
from engine.state.measurements import list_latest, read_latest
from engine.state.runs import Failing, read_failing
from engine.state.standing import Standing, read_standing

DAY = timedelta(hours=24)
_LEVELS: Mapping[str, tuple[str, ...]] = {"held": ("hold", "review"), "rejected": ("reject",)}
_OF_NOW: tuple[MeasuredKind, ...] = ("usability", "drift", "consent")


@dataclass(frozen=True, slots=True)
class Tier:
    """The calls of one tier of a vendor, as people name it."""

    name: str
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class TierLeft:
    """How many calls are left of a tier."""

    name: str
    left: Left


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a survey found: of what, when, and its whole document as it was printed."""

    part: str
    at: str
    document: Any


@dataclass(frozen=True, slots=True)
class Facts:
    """How a flow stands; `opened` are the exceptions of the last 24 hours by how orders ended."""

    standing: Standing
    failing: Failing
    opened: Mapping[str, Sequence[Opened]]
    tiers: Sequence[TierLeft]
    measured: Mapping[str, Sequence[Measurement]]


def read_facts(
    connection: Connection, flow: str, stream: str, tiers: Sequence[Tier], now: datetime
) -> Facts:
    """Give how a flow stands; `stream` is that of Mirakl's orders."""
    since = write_time(now - DAY)
    left = count_left(connection, [one.allowance for one in tiers], now.timestamp())
    return Facts(
        standing=read_standing(connection, flow, stream, now),
        failing=read_failing(connection, flow),
        opened={
            outcome: count_opened(connection, flow, since, levels)
            for outcome, levels in _LEVELS.items()
        },
        tiers=[TierLeft(one.name, found) for one, found in zip(tiers, left, strict=True)],
        measured=_read_measured(connection, flow),
    )


def _read_measured(connection: Connection, flow: str) -> dict[str, list[Measurement]]:
    """Give the latest of each survey, of reconciliation for each month."""
    measured: dict[str, list[Measurement]] = {}
    for kind in _OF_NOW:
        latest = read_latest(connection, flow, kind)
        measured[kind] = (
            [Measurement("", latest.measured.at, latest.document)] if latest is not None else []
        )
    months = [one.part for one in list_latest(connection, flow, "reconciliation")]
    found = [(month, read_latest(connection, flow, "reconciliation", month)) for month in months]
    measured["reconciliation"] = [
        Measurement(month, one.measured.at, one.document) for month, one in found if one is not None
    ]
    return measured

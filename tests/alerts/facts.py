"""Facts for tests: a flow that is well, and what a test says of it instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.alerts.facts import Facts, Measurement, TierLeft
from engine.alerts.readings import Rules
from engine.clock import write_time
from engine.settings.alerts import ALERT_LIMITS
from engine.state.activity import Left
from engine.state.exceptions import Opened
from engine.state.runs import Failing
from engine.state.standing import Blocked, Standing, Waiting

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
FLOW = "debenhams-orders"
NOTHING = Waiting(0, None)
RULES = Rules(ALERT_LIMITS, timedelta(minutes=15), {"NO_SKU": "Give the offer a SKU"})
WELL = Facts(
    standing=Standing(
        flow=FLOW,
        read_at=write_time(NOW),
        last_run=None,
        outcomes={"sent": 90, "unchanged": 10},
        events=NOTHING,
        batches=NOTHING,
        rung=0,
        open_by_owner={},
        unknown_calls=0,
        imports=NOTHING,
        blocked=Blocked(0, 0, None),
    ),
    failing=Failing(0, None, ""),
    opened={"held": [], "rejected": []},
    tiers=[],
    measured={},
)


def ago(**time: float) -> str:
    return write_time(NOW - timedelta(**time))


def standing(**found: Any) -> Facts:
    """Give facts of a flow that stands otherwise in some respect."""
    return replace(WELL, standing=replace(WELL.standing, **found))


def ended(*opened: Opened, **outcomes: int) -> Facts:
    """Give facts of orders that ended so in the last day, with the exceptions they opened."""
    told = {"held": opened, "rejected": opened}
    return replace(standing(outcomes=outcomes), opened=told)


def tier(name: str, calls: int, of: int, paused: int = 0) -> Facts:
    left = Left("user@example.com", name, calls, of, paused)
    return replace(WELL, tiers=[TierLeft(f"Dotdigital {name}", left)])


def measured(kind: str, document: Mapping[str, Any], part: str = "") -> Facts:
    return replace(WELL, measured={kind: [Measurement(part, ago(hours=2), document)]})

"""What the calls of the replayed records cost: their number, and the minutes that limits allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from engine.lock import RateTier, TargetLock
from engine.plan import Record


@with_config(ConfigDict(extra="forbid"))
class CostView(TypedDict):
    """Calls of one rate tier, old and new, for the records replayed."""

    tier: str
    calls: Annotated[list[int], Field(description="Calls by the old and by the new mapping.")]
    minutes: Annotated[
        list[float] | None,
        Field(description="Minutes they take at the limit; null where there is none."),
    ]
    limit: Annotated[str, Field(description="The limit in words, and where it is known from.")]


@dataclass(slots=True)
class Cost:
    """Counts calls by tier; 0 is the old side, 1 the new one."""

    target: TargetLock
    _calls: tuple[Counter[str], Counter[str]] = field(
        default_factory=lambda: (Counter(), Counter())
    )

    def count(self, side: int, record: Record) -> None:
        """Take one record's calls into the figures."""
        counter = self._calls[side]
        for call in record["calls"]:
            counter[call["operation"]] += 1

    def show(self) -> Iterator[CostView]:
        """Give the tiers that any call is made in."""
        totals: dict[str, list[int]] = {}
        for side, counter in enumerate(self._calls):
            for operation, count in counter.items():
                tier = self.target.operations[operation].tier
                totals.setdefault(tier, [0, 0])[side] += count
        for name, limit in self.target.rate_tiers.items():
            if name in totals:
                yield show_tier(name, totals[name], limit)


def show_tier(name: str, calls: list[int], tier: RateTier) -> CostView:
    """Give how long calls of a tier take at its limit."""
    if tier.calls is None or tier.seconds is None:
        return {"tier": name, "calls": calls, "minutes": None, "limit": tier.basis}
    minutes = [round(count * tier.seconds / tier.calls / 60, 1) for count in calls]
    span = {60: "a minute", 3600: "an hour"}.get(tier.seconds, f"in {tier.seconds} seconds")
    limit = f"{tier.calls} calls {span}, {tier.basis}"
    return {"tier": name, "calls": calls, "minutes": minutes, "limit": limit}

"""Measuring: which goals of a mapping its tests reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.checked import CheckedSpec
from engine.coverage.goals import Goal, list_goals
from engine.runtime.values import Taken
from engine.trials.running import Result


@dataclass(frozen=True, slots=True)
class Coverage:
    """The goals of one mapping, and those of them that no test brought about."""

    checked: CheckedSpec
    goals: tuple[Goal, ...]
    missed: tuple[Goal, ...]

    @property
    def reached(self) -> int:
        """How many goals were brought about."""
        return len(self.goals) - len(self.missed)

    def is_below(self, percent: float) -> bool:
        """Say whether less than this share of the goals was reached."""
        return self.reached * 100 < percent * len(self.goals)


def measure_coverage(checked: CheckedSpec, results: Iterable[Result]) -> Coverage:
    """Hold what the cases of a mapping brought about against its goals."""
    reached: set[Taken] = set()
    for result in results:
        reached |= result.taken
        reached |= {(("exceptions", code), "raised") for code in result.raised}
    goals = tuple(list_goals(checked))
    return Coverage(checked, goals, tuple(one for one in goals if one.mark not in reached))

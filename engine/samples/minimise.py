"""Minimising: the fewest records that show all that many show (greedy set cover)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """A record that stays: its place among all, and what it alone shows or was taken for."""

    index: int
    shows: tuple[str, ...]


def choose_few(shown: Sequence[frozenset[str]], sizes: Sequence[int]) -> list[Choice]:
    """Give records that together show all that is shown, in their order.

    The next one taken is always the one that shows most of what is left, the smaller of equals;
    at the end, whichever has become superfluous goes again.
    """
    left = set().union(*shown)
    taken: list[int] = []
    while left:
        best = max(range(len(shown)), key=lambda at: (len(shown[at] & left), -sizes[at], -at))
        taken.append(best)
        left -= shown[best]
    needed = _drop_superfluous(shown, taken)
    return [Choice(at, tuple(sorted(shows))) for at, shows in sorted(needed.items())]


def _drop_superfluous(shown: Sequence[frozenset[str]], taken: list[int]) -> dict[int, set[str]]:
    """Give the records that cannot go, with what each is there for, told once."""
    kept = list(taken)
    for at in taken:
        counts = Counter(one for other in kept for one in shown[other])
        if all(counts[one] > 1 for one in shown[at]):
            kept.remove(at)
    seen: set[str] = set()
    needed: dict[int, set[str]] = {}
    for at in kept:
        needed[at] = set(shown[at]) - seen
        seen |= shown[at]
    return needed

"""Drawing: the bars and the line of a sparkline, in the units of its picture.

Every picture stands beside a table of its numbers; it is drawn for a glance, without a scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDE, HIGH = 240.0, 40.0
_GAP, _EDGE = 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line through the figures; `points` as SVG writes them, `last` is where it ends."""

    points: str
    last: tuple[float, float]
    least: float
    most: float


def draw_bars(figures: Sequence[float]) -> list[Bar]:
    """Give a bar for each figure, from nothing up; the highest fills the picture."""
    most = max(figures, default=0) or 1
    step = WIDE / max(len(figures), 1)
    bars = []
    for place, figure in enumerate(figures):
        high = max(round((HIGH - 1) * figure / most, 1), 1.0)
        bars.append(Bar(round(place * step, 1), round(HIGH - high, 1), round(step - _GAP, 1), high))
    return bars


def draw_line(figures: Sequence[float | None]) -> Line | None:
    """Give the line through figures, from the least up; None for fewer than two of them."""
    known = [(place, one) for place, one in enumerate(figures) if one is not None]
    if len(known) <= 1:
        return None
    least, most = min(one for _, one in known), max(one for _, one in known)
    span, step = (most - least) or 1.0, (WIDE - 2 * _EDGE) / (len(figures) - 1)
    high = HIGH - 2 * _EDGE
    # One level throughout is drawn in the middle: it is neither a low nor a peak.
    drawn = [
        (
            round(_EDGE + place * step, 1),
            round(_EDGE + (high * (most - one) / span if most > least else high / 2), 1),
        )
        for place, one in known
    ]
    return Line(" ".join(f"{x},{y}" for x, y in drawn), drawn[-1], least, most)

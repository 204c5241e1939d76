"""Times, ages and numbers of things as people say them."""

from __future__ import annotations

from datetime import datetime

from engine.changes.words import count_of as count

__all__ = ["count", "tell_age", "tell_moment", "tell_seconds"]

_STEPS = ((60, "s"), (3600, "min"), (86_400, "h"))


def tell_age(since: str, now: str) -> str:
    """Give the time from one ISO 8601 text to another in its largest unit; whole, rounded down."""
    seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(since)).total_seconds()
    return tell_seconds(seconds)


def tell_seconds(seconds: float) -> str:
    """Give a length of time in its largest unit; whole, rounded down."""
    whole, size = max(int(seconds), 0), 1
    for limit, unit in _STEPS:
        if whole < limit:
            return f"{whole // size} {unit}"
        size = limit
    days = whole // size
    return f"{days} day" if days == 1 else f"{days} days"


def tell_moment(text: str) -> str:
    """Give a moment to the second."""
    return f"{text[:19]}Z"

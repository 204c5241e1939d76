"""What calls of Mirakl ask for, read strictly, and how it says no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.sandbox.service import NO_HEADERS, Answer, Refused

Range = tuple[datetime | None, datetime | None]


def error(status: int, message: str, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
    """Give an error as Mirakl's API shows one."""
    return Answer(status, {"message": message, "status": status}, headers)


def pick_range(start: str, end: str) -> Range:
    """Give a range of moments, None at an end that is not given; Refused for what is none."""
    return read_moment(start), read_moment(end)


def read_moment(text: str) -> datetime | None:
    """Give a moment, None for no text; Refused with 400 for another text."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(error(400, f'"{text}" is no ISO 8601 date-time'))
    return moment


def within(moment: datetime, bounds: Range) -> bool:
    """Whether a moment is in a range, both ends included."""
    start, end = bounds
    return (start is None or moment >= start) and (end is None or moment <= end)

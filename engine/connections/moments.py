"""Moments as headers tell them and as both vendors' queries take them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def read_date(text: str) -> datetime | None:
    """Give the moment of a date as HTTP writes it, aware; None for any other text."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


def write_moment(moment: datetime) -> str:
    """Write an aware moment as UTC; ValueError for one without a zone.

    Parts of a second are cut off, so that a start comes early rather than late.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

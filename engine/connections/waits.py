"""How long a vendor asks to wait, read from its headers: bounded, whatever they say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.connections.moments import read_date

USUAL_WAIT = 60.0
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 3600.0
_SECONDS = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?")
# Sources disagree whether Dotdigital's reset is a moment or a duration; no duration is this long.
_MOMENT = 1e9


def read_wait(headers: Mapping[str, str]) -> float:
    """Give the seconds to wait: `Retry-After`, else `X-RateLimit-Reset`, else a minute.

    Both are read as seconds or as a moment; a moment counts from the answer's own `Date`. Never
    less than a second nor more than an hour.
    """
    for name in ("retry-after", "x-ratelimit-reset"):
        wait = _read(headers.get(name, "").strip(), headers)
        if wait is not None:
            return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
    return USUAL_WAIT


def _read(text: str, headers: Mapping[str, str]) -> float | None:
    here = read_date(headers.get("date", ""))
    if _SECONDS.fullmatch(text):
        number = float(text)
        if number <= _MOMENT:
            return number
        return None if here is None else number - here.timestamp()
    there = read_date(text)
    return None if there is None or here is None else (there - here).total_seconds()

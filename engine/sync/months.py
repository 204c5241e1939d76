"""Calendar months, in the zone in which the mapping counts days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.problem import Failure
from engine.sync.flow import Flow

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its name, such as 2026-02: from `start` on, before `end`, both in UTC."""

    name: str
    zone: str
    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is in it."""
        return self.start <= moment < self.end


def read_month(text: str, zone: str) -> Month:
    """Give the month that a text names; Failure when it names none."""
    found = _MONTH.fullmatch(text)
    if found is None or found[1] == "0000" or text == "9999-12":
        raise Failure(f'--month takes a year and a month, such as 2026-02, not "{text}"')
    year, month = int(found[1]), int(found[2])
    following = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    place = ZoneInfo(zone)
    start = datetime(year, month, 1, tzinfo=place).astimezone(UTC)
    end = datetime(*following, 1, tzinfo=place).astimezone(UTC)
    return Month(text, zone, start, end)


def zone_of(flow: Flow) -> str:
    """Give the zone in which a mapping tells days; UTC where it tells none."""
    checked = flow.mapping.checked
    for read in checked.spec.read.values():
        if read.type == "day" and read.zone is not None:
            zone = read.zone
            return str(checked.params.values[zone[1:]]) if zone.startswith("$") else zone
    return "UTC"

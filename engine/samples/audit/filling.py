"""Filling: how often each field that a mapping reads is there, codes and days included."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime, timedelta

from engine.checked import CheckedSpec
from engine.inputs import Input, Level
from engine.mapping import Probed
from engine.proof.matrix import payload_place
from engine.runtime.values import ABSENT, Marker, read_instant
from engine.samples.audit.document import CodeView, DateView, FieldView
from engine.samples.audit.purposes import inputs_in_order, purposes_of_inputs
from engine.samples.coverage import value_of

# What a code looks like; anything else that stands in its place may be somebody's name.
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_OTHER = "(not a code)"
_MOST_CODES = 40


class Filling:
    """Counts over records what their fields hold; `now` is the clock, aware."""

    def __init__(self, checked: CheckedSpec, now: datetime) -> None:
        self._checked = checked
        self._now = now
        self._seen: Counter[str] = Counter()
        self._filled: Counter[str] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._codes: Counter[tuple[str, str]] = Counter()
        self._days: dict[str, Counter[date]] = {}

    def take(self, record: Mapping[str, object], probed: Probed) -> None:
        """Take in a record, and what its plan says of fields that could not be read."""
        self._look(record, ())
        for one in self._checked.inputs.reads.values():
            if (one.pointer, "unknown") in probed.taken:
                self._unreadable[one.name] += 1

    def show_fields(self) -> Iterator[FieldView]:
        """Give every field, the record's own first."""
        purposes = purposes_of_inputs(self._checked)
        for one in inputs_in_order(self._checked):
            seen, filled = self._seen[one.name], self._filled[one.name]
            yield {
                "name": one.name,
                "place": payload_place(self._checked, one),
                "seen": seen,
                "filled": filled,
                "empty": seen - filled,
                "unreadable": self._unreadable[one.name],
                "stands_in": _stand_in(one),
                "serves": purposes.get(one.name, []),
            }

    def show_codes(self) -> Iterator[CodeView]:
        """Give how often each code came up, the most frequent of a field first."""
        for one in inputs_in_order(self._checked):
            found = [(code, n) for (name, code), n in self._codes.items() if name == one.name]
            for code, number in sorted(found, key=lambda pair: (-pair[1], pair[0]))[:_MOST_CODES]:
                yield {
                    "name": one.name,
                    "place": payload_place(self._checked, one),
                    "code": code,
                    "times": number,
                    "known": code in self._known(one),
                }

    def show_dates(self) -> Iterator[DateView]:
        """Give the range of every moment that stands once in a record."""
        today = self._now.date()
        for name, days in self._days.items():
            one, newest = self._checked.inputs.reads[name], max(days)
            yield {
                "name": name,
                "place": payload_place(self._checked, one),
                "orders": days.total(),
                "oldest": min(days).isoformat(),
                "newest": newest.isoformat(),
                "days_old": (today - newest).days,
                "last_30_days": _since(days, today - timedelta(days=30)),
                "last_365_days": _since(days, today - timedelta(days=365)),
            }

    def _known(self, one: Input) -> Container[str]:
        if one.read.type == "currency":
            return self._checked.source.digits
        return one.lock_codes or one.codes

    def _look(self, element: object, level: Level) -> None:
        inputs = self._checked.inputs
        for one in inputs.reads_at(level):
            self._count(one, value_of(element, one))
        for each in inputs.lists_in(level):
            found = value_of(element, each)
            for inner in found if isinstance(found, list) else ():
                self._look(inner, each.level)

    def _count(self, one: Input, value: object) -> None:
        self._seen[one.name] += 1
        blank = isinstance(value, str) and not value.strip()
        if value is ABSENT or value is None or blank:
            return
        self._filled[one.name] += 1
        if isinstance(value, Marker) or not isinstance(value, str):
            return
        if one.read.type in ("code", "currency") and not one.personal:
            code = value if value in one.lock_codes or _CODE.fullmatch(value) else _OTHER
            self._codes[one.name, code] += 1
        elif one.read.type == "instant" and not one.level and not one.personal:
            moment = read_instant(value)
            if moment is not None:
                day = datetime.fromisoformat(moment).date()
                self._days.setdefault(one.name, Counter())[day] += 1


def _since(days: Counter[date], first: date) -> int:
    return sum(number for day, number in days.items() if day >= first)


def _stand_in(one: Input) -> str:
    answer = one.answers.get("null")
    is_amount = one.read.type == "money" and answer is not None and answer.kind == "use"
    return answer.word if answer is not None and is_amount else ""

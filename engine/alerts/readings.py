"""Readings: each figure that alerts watch, made from the facts, with what is said of it.

What is said is put together here from our own words, from codes and from names of the mapping:
nothing that came with an order, and nothing that a vendor said, gets into it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.alerts.facts import Facts, Measurement
from engine.alerts.judging import Reading
from engine.alerts.kinds import Name
from engine.clock import read_time
from engine.report.ages import count, tell_seconds
from engine.report.usability import FieldView, margin_of, tell_floor
from engine.state.exceptions import Opened
from engine.state.standing import Waiting

# What of the note of a failed run is ours, and no word of a vendor.
_OURS = re.compile(
    r"(?:Mirakl|Dotdigital) (?:could not be read|refuses the key|does not know the API user"
    r"|does not allow it)"
)
_HARMLESS = "new field"
_MINUTE = 60
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """From when on something is told, by the names of the settings.

    `late_after` is how old the last whole read of Mirakl may be. `advice` says by code what is to
    be done about an exception.
    """

    limits: Mapping[str, int]
    late_after: timedelta
    advice: Mapping[str, str]


def read_figures(facts: Facts, rules: Rules, now: datetime) -> list[Reading]:
    """Give every figure that is watched of a flow."""
    return [
        _failure(facts, rules),
        *_late(facts, rules, now),
        *_queues(facts, rules, now),
        *_shares(facts, rules),
        *_budgets(facts, rules),
        *_measured(facts, rules),
    ]


def is_good(readings: Sequence[Reading]) -> bool:
    """Whether a cycle went well: no run fails, and Mirakl was read in time."""
    watched = [one for one in readings if one.kind in ("failure", "late")]
    return all(one.value is not None and not one.is_over for one in watched)


def _failure(facts: Facts, rules: Rules) -> Reading:
    failing = facts.failing
    # The last of them is the nearest to what happened.
    cause = next(reversed(_OURS.findall(failing.note)), "")
    said = f"{failing.number} runs failed one after another"
    said = {0: "the last run did its work", 1: "the last run failed"}.get(failing.number, said)
    return Reading(
        flow=facts.standing.flow,
        kind="failure",
        value=failing.number,
        limit=rules.limits["failure"],
        said=said,
        cause=cause,
        since=failing.since,
    )


def _late(facts: Facts, rules: Rules, now: datetime) -> Iterator[Reading]:
    """Give how long ago Mirakl was read, of each shop by itself where there are several."""
    standing, allowed = facts.standing, rules.late_after.total_seconds()
    several = len(standing.shops) > 1
    reads = [(f"shop {one.shop}", one.read_at) for one in standing.shops] if several else []
    for part, read_at in reads or [("", standing.read_at)]:
        age = (now - read_time(read_at)).total_seconds() if read_at else None
        told = "was never read whole" if age is None else f"was read whole {tell_seconds(age)} ago"
        yield Reading(
            flow=standing.flow,
            kind="late",
            part=part,
            value=age,
            limit=allowed,
            said=f"Mirakl {told}; {tell_seconds(allowed)} is the longest expected",
            since=read_at,
        )


def _queues(facts: Facts, rules: Rules, now: datetime) -> Iterator[Reading]:
    standing = facts.standing
    blocked = standing.blocked
    tried = f"{count(blocked.attempts, 'attempt')} so far on one of them" if blocked.people else ""
    for limit, waiting, one, many in (
        ("queue", standing.events, "order of today", "orders of today"),
        ("history", standing.batches, "order of history", "orders of history"),
        ("imports", standing.imports, "import", "imports"),
    ):
        yield Reading(
            flow=standing.flow,
            kind="queue",
            part="today" if limit == "queue" else limit,
            value=_age(waiting, now),
            limit=rules.limits[limit] * _MINUTE,
            said=_tell_waiting(waiting, one, many, now),
            cause=tried if limit != "imports" else "",
            since=waiting.oldest,
        )


def _age(waiting: Waiting, now: datetime) -> float:
    oldest = waiting.oldest
    return (now - read_time(oldest)).total_seconds() if oldest else 0.0


def _tell_waiting(waiting: Waiting, one: str, many: str, now: datetime) -> str:
    if not waiting.number:
        return f"no {one} waits"
    age = tell_seconds(_age(waiting, now))
    if waiting.number == 1:
        return f"1 {one} waits, for {age}"
    return f"{waiting.number} {many} wait, the oldest for {age}"


def _shares(facts: Facts, rules: Rules) -> Iterator[Reading]:
    outcomes = facts.standing.outcomes
    ended = sum(outcomes.values())
    kinds: tuple[Name, ...] = ("held", "rejected")
    for kind in kinds:
        number = outcomes.get(kind, 0)
        share = number * _WHOLE / ended if ended else 0.0
        top = next(iter(facts.opened[kind]), None)
        yield Reading(
            flow=facts.standing.flow,
            kind=kind,
            value=share if number >= rules.limits["least"] else 0.0,
            limit=rules.limits[kind],
            said=f"{number} of {count(ended, 'order')} of the last 24 hours"
            f" {'was' if number == 1 else 'were'} {kind} ({share:.0f} %)",
            cause=_tell_opened(top, rules) if top is not None else "",
            owner=top.owner if top is not None else "",
        )


def _tell_opened(top: Opened, rules: Rules) -> str:
    told = f"{top.code}, {count(top.orders, 'order')}"
    advice = rules.advice.get(top.code, "")
    return f"{told}. What its owner does: {advice}" if advice else told


def _budgets(facts: Facts, rules: Rules) -> Iterator[Reading]:
    for one in facts.tiers:
        left = one.left
        paused = left.paused_seconds
        yield Reading(
            flow=facts.standing.flow,
            kind="budget",
            part=one.name,
            value=_WHOLE - left.calls * _WHOLE / left.of,
            limit=rules.limits["budget"],
            said=f"{left.calls} of {count(left.of, 'call')} can be made at once",
            cause=f"the other side asked for a pause of {tell_seconds(paused)}" if paused else "",
        )


def _measured(facts: Facts, rules: Rules) -> Iterator[Reading]:
    flow = facts.standing.flow
    for kind, tell in _SURVEYS.items():
        for one in facts.measured.get(kind, ()):
            number, said, cause = tell(one)
            yield Reading(
                flow=flow,
                kind=kind,
                part=one.part,
                value=number,
                limit=rules.limits[kind],
                said=said,
                cause=cause,
                since=one.at,
            )


def _tell_usability(one: Measurement) -> tuple[float | None, str, str]:
    below: list[FieldView] = [field for field in one.document["fields"] if field["below"]]
    verb = "is" if len(below) == 1 else "are"
    first = min(below, key=margin_of, default=None)
    if first is None:
        return 0, "every field reaches its floor", ""
    cause = f"{first['field']}: {tell_floor(first)}"
    return len(below), f"{count(len(below), 'field')} {verb} below the floor", cause


def _tell_drift(one: Measurement) -> tuple[float | None, str, str]:
    kinds = Counter(item["kind"] for item in one.document["items"] if item["kind"] != _HARMLESS)
    number = kinds.total()
    first = ", ".join(f"{kind} ({times})" for kind, times in kinds.most_common(1))
    return number, f"{count(number, 'thing')} drifted" if number else "nothing drifted", first


def _tell_reconciliation(one: Measurement) -> tuple[float | None, str, str]:
    document, month = one.document, one.part
    if not document["over"]:
        return None, f"{month} is not over", ""
    number = len(document["differences"])
    if not number:
        return 0, f"the sides agree on {month}", ""
    first = max(document["causes"], key=lambda cause: int(cause["orders"]))
    cause = f"{first['cause']}, {count(first['orders'], 'order')}"
    return number, f"the sides disagree on {count(number, 'order')} of {month}", cause


def _tell_consent(one: Measurement) -> tuple[float | None, str, str]:
    kinds = Counter(found["kind"] for found in one.document["findings"] if found["breach"])
    number = kinds.total()
    first = ", ".join(f"{kind} ({times})" for kind, times in kinds.most_common(1))
    said = f"{count(number, 'finding')} of the audit {'breaks' if number == 1 else 'break'} consent"
    return number, said if number else "no finding of the audit breaks consent", first


_SURVEYS: Mapping[Name, Any] = {
    "usability": _tell_usability,
    "drift": _tell_drift,
    "reconciliation": _tell_reconciliation,
    "consent": _tell_consent,
}

"""What is watched, and what is said of it: figures from facts, words of ours alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import pytest

from engine.alerts.facts import Facts
from engine.alerts.judging import Reading
from engine.alerts.kinds import KINDS
from engine.alerts.readings import is_good, read_figures
from engine.state.exceptions import Opened
from engine.state.runs import Failing
from engine.state.standing import Blocked, ShopRead, Waiting
from tests.alerts.facts import NOW, RULES, WELL, ago, ended, measured, standing, tier


def below(reached: float, segment: str = "all") -> dict[str, Any]:
    """Give a field that is below its floor for a segment, though filled well over all orders."""
    floor = {"segment": segment, "percent": 95.0, "reached": reached, "below": True, "stale": False}
    return {"below": True, "floor": 95.0, "percent": {"all": 99.0}, "floors": [floor]}


FIELDS = {
    "fields": [
        {"field": "order.total", "below": False, "percent": {"all": 100.0}},
        {"field": "order.brand", **below(94.0)},
        {"field": "contact.FIRSTNAME", **below(60.0, "relay")},
    ]
}
DRIFTED = {
    "items": [
        {"kind": "new field", "what": "order_lines[].gift"},
        {"kind": "new code", "what": "canaria@example.com"},
        {"kind": "type changed", "what": "x"},
        {"kind": "new code", "what": "y"},
    ]
}
MONTH: dict[str, Any] = {
    "over": True,
    "differences": [{"order": "ORD-1"}, {"order": "ORD-2"}, {"order": "ORD-3"}],
    "causes": [{"cause": "held", "orders": 1}, {"cause": "waiting", "orders": 2}],
}
BREACHES = {
    "findings": [
        {"kind": "relay in a marketing programme", "breach": True},
        {"kind": "unknown to us", "breach": False},
    ]
}


@dataclass(frozen=True)
class Case:
    """What is found, and the reading made of it."""

    kind: str
    facts: Facts
    judged: Literal["over", "well", "unknown"]
    said: str
    cause: str = ""
    part: str = ""


CASES = (
    Case("failure", WELL, "well", "the last run did its work"),
    Case(
        "failure",
        replace(WELL, failing=Failing(2, ago(minutes=5), "Mirakl could not be read: 503 for Ann")),
        "over",
        "2 runs failed one after another",
        "Mirakl could not be read",
    ),
    Case(
        "failure",
        replace(WELL, failing=Failing(1, ago(minutes=5), "canaria@example.com is refused")),
        "over",
        "the last run failed",
    ),
    Case(
        "failure",
        replace(
            WELL,
            failing=Failing(3, ago(minutes=5), "Mirakl could not be read: Mirakl refuses the key"),
        ),
        "over",
        "3 runs failed one after another",
        "Mirakl refuses the key",
    ),
    Case(
        "late",
        standing(shops=(ShopRead("1", ago(hours=3)), ShopRead("2", ago(minutes=1)))),
        "over",
        "Mirakl was read whole 3 h ago; 15 min is the longest expected",
        part="shop 1",
    ),
    Case(
        "late",
        standing(shops=(ShopRead("1", ago(hours=3)), ShopRead("2", ago(minutes=1)))),
        "well",
        "Mirakl was read whole 1 min ago; 15 min is the longest expected",
        part="shop 2",
    ),
    Case(
        "late",
        standing(read_at=ago(minutes=14)),
        "well",
        "Mirakl was read whole 14 min ago; 15 min is the longest expected",
    ),
    Case(
        "late",
        standing(read_at=ago(hours=3)),
        "over",
        "Mirakl was read whole 3 h ago; 15 min is the longest expected",
    ),
    Case(
        "late",
        standing(read_at=None),
        "unknown",
        "Mirakl was never read whole; 15 min is the longest expected",
    ),
    Case("queue", WELL, "well", "no order of today waits", part="today"),
    Case(
        "queue",
        standing(events=Waiting(1, ago(minutes=60)), blocked=Blocked(1, 9, None)),
        "over",
        "1 order of today waits, for 1 h",
        "9 attempts so far on one of them",
        "today",
    ),
    Case(
        "queue",
        standing(batches=Waiting(7, ago(hours=23))),
        "well",
        "7 orders of history wait, the oldest for 23 h",
        part="history",
    ),
    Case(
        "queue",
        standing(imports=Waiting(2, ago(hours=7))),
        "over",
        "2 imports wait, the oldest for 7 h",
        part="imports",
    ),
    Case(
        "held",
        ended(Opened("NO_SKU", "marketing-ops", 9), held=10, sent=90),
        "over",
        "10 of 100 orders of the last 24 hours were held (10 %)",
        "NO_SKU, 9 orders. What its owner does: Give the offer a SKU",
    ),
    Case(
        "held",
        ended(held=2, sent=1),
        "well",
        "2 of 3 orders of the last 24 hours were held (67 %)",
    ),
    Case("held", ended(), "well", "0 of 0 orders of the last 24 hours were held (0 %)"),
    Case(
        "rejected",
        ended(Opened("REFUSED_BY_DOTDIGITAL", "engineering", 1), rejected=3, sent=97),
        "over",
        "3 of 100 orders of the last 24 hours were rejected (3 %)",
        "REFUSED_BY_DOTDIGITAL, 1 order",
    ),
    Case(
        "rejected",
        ended(rejected=1, sent=9),
        "well",
        "1 of 10 orders of the last 24 hours was rejected (10 %)",
    ),
    Case(
        "budget",
        tier("low", 9, 36),
        "well",
        "9 of 36 calls can be made at once",
        part="Dotdigital low",
    ),
    Case(
        "budget",
        tier("low", 0, 36, paused=40),
        "over",
        "0 of 36 calls can be made at once",
        "the other side asked for a pause of 40 s",
        "Dotdigital low",
    ),
    Case(
        "usability", measured("usability", {"fields": []}), "well", "every field reaches its floor"
    ),
    Case(
        "usability",
        measured("usability", FIELDS),
        "over",
        "2 fields are below the floor",
        "contact.FIRSTNAME: 60 % of orders with a relay address, below 95",
    ),
    Case("drift", measured("drift", {"items": DRIFTED["items"][:1]}), "well", "nothing drifted"),
    Case("drift", measured("drift", DRIFTED), "over", "3 things drifted", "new code (2)"),
    Case(
        "reconciliation",
        measured("reconciliation", MONTH, "2026-02"),
        "over",
        "the sides disagree on 3 orders of 2026-02",
        "waiting, 2 orders",
        "2026-02",
    ),
    Case(
        "reconciliation",
        measured("reconciliation", {**MONTH, "over": False}, "2026-03"),
        "unknown",
        "2026-03 is not over",
        part="2026-03",
    ),
    Case(
        "reconciliation",
        measured("reconciliation", {**MONTH, "differences": []}, "2026-02"),
        "well",
        "the sides agree on 2026-02",
        part="2026-02",
    ),
    Case(
        "consent",
        measured("consent", BREACHES),
        "over",
        "1 finding of the audit breaks consent",
        "relay in a marketing programme (1)",
    ),
    Case(
        "consent",
        measured("consent", {"findings": []}),
        "well",
        "no finding of the audit breaks consent",
    ),
)


def read(facts: Facts, kind: str, part: str = "") -> Reading:
    found = read_figures(facts, RULES, NOW)
    return next(one for one in found if (one.kind, one.part) == (kind, part))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.kind}: {case.said}" for case in CASES])
def test_facts_become_a_figure_with_its_sentence(case: Case) -> None:
    one = read(case.facts, case.kind, case.part)
    judged = "unknown" if one.value is None else "over" if one.is_over else "well"
    assert (judged, one.said, one.cause) == (case.judged, case.said, case.cause)


def test_every_kind_has_a_figure_that_is_over_and_one_that_is_not() -> None:
    assert {case.kind for case in CASES if case.judged == "over"} == set(KINDS)
    assert {case.kind for case in CASES if case.judged == "well"} == set(KINDS)


def test_the_owner_is_that_of_the_top_cause() -> None:
    opened = (Opened("NO_SKU", "customer-care", 9), Opened("OTHER", "finance", 1))
    assert read(ended(*opened, held=10, sent=1), "held").owner == "customer-care"


def test_what_was_never_measured_is_not_watched() -> None:
    assert {one.kind for one in read_figures(WELL, RULES, NOW)}.isdisjoint(
        {"usability", "drift", "reconciliation", "consent"}
    )


def test_a_survey_is_told_since_it_was_made() -> None:
    assert read(measured("drift", DRIFTED), "drift").since == ago(hours=2)


@pytest.mark.parametrize(
    ("facts", "good"),
    [
        (WELL, True),
        (standing(read_at=ago(hours=3)), False),
        (standing(read_at=None), False),
        (replace(WELL, failing=Failing(1, ago(minutes=5), "")), False),
        (ended(held=50, sent=1), True),
    ],
)
def test_a_cycle_is_good_that_reads_in_time_and_does_not_fail(*, facts: Facts, good: bool) -> None:
    assert is_good(read_figures(facts, RULES, NOW)) == good


def test_nothing_of_an_order_or_a_person_is_said() -> None:
    told = repr([read_figures(case.facts, RULES, NOW) for case in CASES])
    assert [word for word in ("canaria", "Ann", "ORD-") if word in told] == []

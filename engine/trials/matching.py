"""Matching: what a plan is held against what a case expects of it, member by member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.mapping import CLEARED
from engine.plan import Call, RaisedException, Record
from engine.spec.trial import Expectation, ExpectedCall, ExpectedException
from engine.text import Pointer
from engine.trials.payloads import PlaceError, find_place

MISSING = "(missing)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected; `pointer` is where the test file expects it."""

    pointer: Pointer
    wanted: object
    got: object


def match_plan(
    expected: Expectation, plan: Record, values: Mapping[str, object], at: Pointer
) -> Iterator[Difference]:
    """Give every difference between a plan, with the mapping's values, and an expectation."""
    consent: Mapping[str, object] = {**plan["consent"]} if plan["consent"] else {}
    told: list[tuple[str, object, object]] = [
        ("outcome", expected.outcome, plan["outcome"]),
        ("version", expected.version, plan["order_version"]),
        ("decision", expected.decision, consent.get("decision", MISSING)),
        ("row", expected.row, consent.get("row", MISSING)),
        ("only_calls", expected.only_calls, [call["send"] for call in plan["calls"]]),
    ]
    for name, wanted, got in told:
        if wanted is not None and wanted != got:
            yield Difference((*at, name), wanted, got)
    if expected.exceptions is not None:
        yield from _match_exceptions(expected.exceptions, plan["exceptions"], (*at, "exceptions"))
    yield from _match_members(expected.money, plan["money"] or {}, (*at, "money"))
    yield from _match_members(expected.values, values, (*at, "values"))
    calls = {call["send"]: call for call in plan["calls"]}
    for name, call in expected.calls.items():
        yield from _match_call(call, calls.get(name), (*at, "calls", name))
    for index, name in enumerate(expected.must_not_send):
        if name in calls:
            yield Difference((*at, "must_not_send", index), "(no call)", "a call")


def _match_exceptions(
    expected: Sequence[str | ExpectedException], raised: Sequence[RaisedException], at: Pointer
) -> Iterator[Difference]:
    """Hold the list as a whole, as it is written, when the codes differ, else each by itself."""
    codes = [one if isinstance(one, str) else one.code for one in expected]
    if codes != [one["code"] for one in raised]:
        told = [one if isinstance(one, str) else _said(one) for one in expected]
        with_places = any(not isinstance(one, str) and one.at is not None for one in expected)
        got = [{"code": o["code"], "at": o["at"]} if with_places else o["code"] for o in raised]
        yield Difference(at, told, got)
        return
    for index, (one, got_one) in enumerate(zip(expected, raised, strict=True)):
        if not isinstance(one, str):
            yield from _match_members(_said(one), {**got_one}, (*at, index))


def _said(one: ExpectedException) -> dict[str, object]:
    return one.model_dump(exclude_none=True)


def _match_call(expected: ExpectedCall, call: Call | None, at: Pointer) -> Iterator[Difference]:
    if call is None:
        yield Difference(at, "a call", "(no call)")
        return
    told = (("path", expected.path, call["path"]), ("id", expected.id, call["id"]))
    for name, wanted, got in told:
        if wanted is not None and wanted != got:
            yield Difference((*at, name), wanted, got)
    yield from match_value(expected.body or {}, call["body"], (*at, "body"))
    for index, place in enumerate(expected.lacks):
        found = _find(call["body"], place)
        if found is not MISSING:
            yield Difference((*at, "lacks", index), MISSING, found)


def _match_members(
    expected: Mapping[str, object], given: Mapping[str, object], at: Pointer
) -> Iterator[Difference]:
    for name, wanted in expected.items():
        yield from match_value(wanted, given.get(name, MISSING), (*at, name))


def match_value(wanted: object, got: object, at: Pointer) -> Iterator[Difference]:
    """Give the differences of two values: objects may hold more than wanted, lists may not.

    A null, by which a call empties a field, is told as `(cleared)`: files hold no null.
    """
    got = CLEARED if got is None else got
    if isinstance(wanted, dict) and isinstance(got, dict):
        yield from _match_members(wanted, got, at)
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for index, (one, other) in enumerate(zip(wanted, got, strict=True)):
            yield from match_value(one, other, (*at, index))
    elif wanted != got or isinstance(wanted, bool) != isinstance(got, bool):
        yield Difference(at, wanted, got)


def _find(body: object, place: str) -> object:
    try:
        return find_place(body, place)
    except PlaceError:
        return MISSING

"""Trying: what would have made a difference, found out by running the mapping on something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from engine.contacts import Contact, Contacts
from engine.inputs import Input
from engine.provenance.explanation import Element
from engine.provenance.places import Found, Steps, find_input
from engine.provenance.trace import Indexes, Situation, Trace, Tracer
from engine.runtime.values import ABSENT

Observe = Callable[[Trace], object]

_YEARS = timedelta(days=3650)
_REMOVED = object()
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "email": ("someone.else@example.com", "anon+0123456789abcdef@example.com"),
    "url": ("https://www.example.com/other",),
    "ip": ("203.0.113.77",),
}


class Trials:
    """Other runs of one record's mapping, each with one thing changed to another valid value."""

    def __init__(self, tracer: Tracer, trace: Trace) -> None:
        self._tracer = tracer
        self._trace = trace
        self._traces: dict[tuple[str, str], list[Trace]] = {}

    def made_difference(
        self, element: Element, origin: tuple[str, Indexes] | None, observe: Observe
    ) -> bool | None:
        """Say whether another valid value of an element changes what is observed.

        `origin` is the input that the element was read for. None: nothing else could be tried.
        """
        key = (element["source"], element["at"])
        if key not in self._traces:
            self._traces[key] = list(self._other(element, origin))
        before = observe(self._trace)
        answers = [
            after != before
            for one, after in ((one, observe(one)) for one in self._traces[key])
            # Where the record is held, a value that was not reached is not another one.
            if after or not self._is_held_anew(one)
        ]
        return any(answers) if answers else None

    def _is_held_anew(self, trace: Trace) -> bool:
        return trace.plan["outcome"] == "held" != self._trace.plan["outcome"]

    def _other(self, element: Element, origin: tuple[str, Indexes] | None) -> Iterator[Trace]:
        for situation in self._situations(element, origin):
            trace = self._tracer.trace(situation)
            yield self._balanced(trace) if self._is_held_anew(trace) else trace
        if element["source"] == "record" and origin is not None:
            without = self._without(*origin)
            if without is not None:
                trace = self._tracer.trace(without)
                # What a record cannot be without says nothing of the value itself.
                if trace.plan["outcome"] != "held":
                    yield trace

    def _situations(
        self, element: Element, origin: tuple[str, Indexes] | None
    ) -> Iterator[Situation]:
        situation = self._trace.situation
        if element["source"] == "record" and origin is not None:
            yield from self._other_records(*origin)
        elif element["source"] == "clock":
            for now in (situation.now - _YEARS, situation.now + _YEARS):
                yield replace(situation, now=now)
        elif element["source"] == "contact":
            for contacts in self._other_contacts(element):
                yield replace(situation, contacts=contacts)

    def _other_records(self, name: str, indexes: Indexes) -> Iterator[Situation]:
        situation, checked = self._trace.situation, self._trace.checked
        one = checked.inputs.reads[name]
        found = find_input(checked, situation.record, one, indexes)
        if found.steps is None:
            return
        for value in _other_values(one, found.value, checked.source.digits):
            record = _with_value(situation.record, one, found, value)
            if isinstance(record, dict):
                yield replace(situation, record=record)

    def _balanced(self, trace: Trace) -> Trace:
        """Let an amount that must equal a total follow it, so that it alone holds nothing."""
        checked, record = trace.checked, trace.situation.record
        money = checked.spec.money
        for equation in money.must_hold if money is not None else ():
            left, sign, right = equation.rule.split(" ")
            for total, name in ((left, right), (right, left)):
                one = checked.inputs.reads.get(name)
                if sign == "==" and one is not None and one.level == () and total in checked.names:
                    found = find_input(checked, record, one, ())
                    value = trace.minor(total) / trace.scale
                    made = _with_value(record, one, found, value) if found.steps else record
                    record = made if isinstance(made, dict) else record
        if record is trace.situation.record:
            return trace
        return self._tracer.trace(replace(trace.situation, record=record))

    def _without(self, name: str, indexes: Indexes) -> Situation | None:
        """Give the situation in which an input that may be missing is so."""
        situation, checked = self._trace.situation, self._trace.checked
        one = checked.inputs.reads[name]
        found = find_input(checked, situation.record, one, indexes)
        if found.steps is None or found.value is ABSENT or one.answers["absent"].kind == "fail":
            return None
        record = _with_value(situation.record, one, found, _REMOVED)
        return replace(situation, record=record) if isinstance(record, dict) else None

    def _other_contacts(self, element: Element) -> Iterator[Contacts]:
        contact = self._trace.contact
        statuses = [one.code for one in self._trace.checked.target.email_statuses]
        address = str(self._trace.value("address.email") or "")
        if contact is None:
            if element["name"] == "contact.status" and address:
                for status in statuses:
                    yield _only(Contact(1, address.lower(), status))
            return
        if element["name"] == "contact.status":
            for status in statuses:
                if status != contact.status:
                    yield _only(replace(contact, status=status))
            yield Contacts(asked=True)
        elif ".sent" in element["at"]:
            yield _only(replace(contact, sent=frozenset()))
        elif contact.shares:
            yield _only(replace(contact, shares={}))


def _only(contact: Contact) -> Contacts:
    by_email = {contact.email: contact} if contact.email is not None else {}
    by_person = {contact.person: contact} if contact.person is not None else {}
    return Contacts(asked=True, by_email=by_email, by_person=by_person)


def _other_values(one: Input, value: object, digits: Mapping[str, int]) -> Iterator[object]:
    """Give other values that could stand in the same place, all of them readable."""
    kind = one.read.type
    if kind in ("money", "integer"):
        yield from _other_numbers(value)
    elif kind == "boolean":
        yield value is not True
    elif kind == "code":
        yield from (code for code in one.codes if code != value)
    elif kind == "choice":
        yield from (text for text in one.choices if text != value)
        if one.answers["unknown"].kind != "fail":
            yield "something else"
    elif kind == "currency":
        yield from [code for code in ("EUR", "JPY", "KWD") if code != value and code in digits]
    elif kind in ("instant", "day"):
        yield from _other_moments(value)
    else:
        told = str(value) if isinstance(value, str) else ""
        yield from _TEXTS.get(kind, (f"other{told.strip()}"[:250],))


def _other_numbers(value: object) -> Iterator[object]:
    number = value if isinstance(value, int | float) else 0
    yield number + 1
    yield number + 1000
    if number:
        yield 0


def _other_moments(value: object) -> Iterator[str]:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        yield "2020-02-02T02:02:02Z"
        return
    yield (moment - _YEARS).isoformat()
    yield (moment + _YEARS).isoformat()


def _with_value(record: Mapping[str, object], one: Input, found: Found, value: object) -> object:
    """Give a record with another value at a place, or without it; the record itself stays."""
    steps = found.steps or ()
    if one.custom_list is not None and steps[-1] == one.custom_list.list:
        entry = {one.custom_list.code: one.custom_code, one.custom_list.value: value}
        return _put(record, steps, lambda rows: [*(rows if isinstance(rows, list) else []), entry])
    return _put(record, steps, lambda _: value)


def _put(holder: object, steps: Steps, change: Callable[[object], object]) -> object:
    """Give a copy of what holds a place, changed there; only what is on the way is copied."""
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        rows = list(holder) if isinstance(holder, list) else []
        rows[step] = _put(rows[step], rest, change) if rest else change(rows[step])
        return rows
    members = dict(holder) if isinstance(holder, dict) else {}
    below = members.get(step)
    made = _put(below, rest, change) if rest else change(below)
    if made is _REMOVED:
        members.pop(step, None)
    else:
        members[step] = made
    return members

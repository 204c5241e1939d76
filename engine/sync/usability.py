"""Usability: how often each field of each call was filled in what was delivered, and for whom.

Bodies of calls are not kept, so what was delivered is mapped once more, as the buyer stands now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from engine.clock import read_time
from engine.contacts import ContactError, Contacts, read_contacts
from engine.mapping import CLEARED, Probed
from engine.proof.influence import Influence
from engine.proof.matrix import payload_place
from engine.spec.send import LiteralValue, Send
from engine.spec.usability import Floor, list_fields
from engine.state.deliveries import Delivered
from engine.sync.flow import Flow, PayloadError, read_payload

_SUDDEN, _USUAL = 3, 0.95


@dataclass(frozen=True, slots=True)
class Fall:
    """Since when a field is filled less often: the first order without it, and both rates."""

    order_key: str
    version: str
    before: float
    after: float


@dataclass(slots=True)
class FieldFill:
    """One field of one call, over the orders whose call was done; `name` is of the target.

    A field of the objects of a list is filled where every object has it.
    """

    send: str
    name: str
    value: str
    seen: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    newest: dict[str, str] = field(default_factory=dict)
    _marks: list[tuple[int, bool]] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """Give the name by which a floor calls it."""
        return f"{self.send}.{self.name}"

    def count(self, number: int, version: str, segments: Iterable[str], *, filled: bool) -> None:
        """Take in one order, by its number in the order of their moments."""
        for segment in segments:
            self.seen[segment] += 1
            self.filled[segment] += filled
            if filled:
                self.newest[segment] = max(self.newest.get(segment, ""), version)
        self._marks.append((number, filled))

    def is_below(self, floor: Floor) -> bool:
        """Whether too few of a floor's orders have it; never for no order."""
        return self.filled[floor.segment] * 100 < floor.floor * self.seen[floor.segment]

    def is_stale(self, floor: Floor, now: datetime) -> bool:
        """Whether the newest of a floor's orders that fills it is too old; never for no order."""
        if floor.longest is None or not self.seen[floor.segment]:
            return False
        newest = self.newest.get(floor.segment, "")
        return not newest or read_time(newest) < now - floor.longest

    def find_fall(self, orders: list[tuple[str, str]]) -> Fall | None:
        """Give where it fell: the point that parts what was filled most from what was least."""
        marks = self._marks
        filled = sum(mark for _, mark in marks)
        if not filled or filled == len(marks):
            return None
        # Sums of what lies above the mean: they are highest right before the fall.
        mean, height, best, at = filled / len(marks), 0.0, 0.0, 0
        for index, (_, mark) in enumerate(marks, 1):
            height += mark - mean
            if height > best:
                best, at = height, index
        if not at:
            return None
        before = sum(mark for _, mark in marks[:at]) / at
        after = sum(mark for _, mark in marks[at:]) / (len(marks) - at)
        key, version = orders[marks[at][0]]
        return Fall(key, version, before, after)

    def is_sudden(self, fall: Fall, orders: list[tuple[str, str]]) -> bool:
        """Whether it was there nearly always, and then never again in a few orders."""
        since = sum(orders[number][1] >= fall.version for number, _ in self._marks)
        return fall.before >= _USUAL and not fall.after and since >= _SUDDEN


@dataclass(slots=True)
class Readiness:
    """People whom one programme can take: subscribed, a real address, every contact field there."""

    send: str
    programme: str
    reachable: int = 0
    ready: int = 0
    lacking: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Person:
    """A buyer as their newest order leaves them."""

    reachable: bool
    lacking: frozenset[str]


class Usability:
    """Counts over delivered orders, in the order of their moments; `now` is the clock, aware."""

    def __init__(self, flow: Flow, now: datetime) -> None:
        self._flow = flow
        self._checked = flow.mapping.checked
        self._now = now
        self.fields = [FieldFill(*one) for one in list_fields(self._checked.spec.send)]
        self.orders: list[tuple[str, str]] = []
        self.unreadable = 0
        self.segments: Counter[str] = Counter()
        self._people: dict[str, _Person] = {}
        codes = self._checked.target.email_statuses
        self._marketable = {one.code for one in codes if one.marketable}

    def take(self, delivered: Delivered) -> None:
        """Take in an order; one whose text is gone, or is none, is only counted."""
        try:
            payload = read_payload(delivered.payload)
        except PayloadError:
            self.unreadable += 1
            return
        contacts = self._contacts(delivered)
        probed = self._flow.mapping.apply(payload, contacts, self._now)
        segments = tuple(self._segments(probed))
        number = len(self.orders)
        self.orders.append((delivered.order_key, delivered.version))
        self.segments.update(segments)
        bodies = {call["send"]: call["body"] for call in probed.plan["calls"]}
        lacking = set()
        for one in self.fields:
            filled = _is_filled(one, probed.values, bodies.get(one.send))
            if filled is None:
                continue
            if one.send in delivered.sends:
                one.count(number, delivered.version, segments, filled=filled)
            if not filled and self._is_contact(one.send):
                lacking.add(one.name)
        reachable = {"real", "subscribed"} <= set(segments)
        if not delivered.subject.startswith("order:"):
            self._people[delivered.subject] = _Person(reachable, frozenset(lacking))

    def programmes(self) -> Iterator[Readiness]:
        """Give who is ready for each programme that the mapping enrols people in."""
        operations = self._checked.target.operations
        for name, send in self._checked.spec.send.items():
            if operations[send.operation].reaches_people != "marketing":
                continue
            told = Readiness(name, self._programme(send))
            for one in self._people.values():
                if one.reachable:
                    told.reachable += 1
                    told.ready += not one.lacking
                    told.lacking.update(one.lacking)
            yield told

    @property
    def people(self) -> int:
        """How many people the orders are of."""
        return len(self._people)

    def places(self, one: FieldFill) -> list[str]:
        """Give where in the payload a field comes from."""
        reads, lists = self._checked.inputs.reads, self._checked.inputs.lists.values()
        if one.value in reads:
            return [payload_place(self._checked, reads[one.value])]
        # What only tells the elements of a list apart is no part of the value.
        keys = {f"{each.name}.{each.each.key}" for each in lists}
        names = (name for name in Influence(self._checked).of(one.value) if name not in keys)
        return [payload_place(self._checked, reads[name]) for name in names if name in reads]

    def _contacts(self, delivered: Delivered) -> Contacts:
        if not delivered.contact:
            return Contacts(asked=True)
        try:
            return read_contacts([orjson.loads(delivered.contact)], self._flow.form)
        except ContactError:
            return Contacts(asked=True)

    def _segments(self, probed: Probed) -> Iterator[str]:
        yield "all"
        kind = probed.values.get("address.kind")
        if isinstance(kind, str):
            yield kind
        status = probed.values.get("contact.status")
        yield "subscribed" if status in self._marketable else "not_subscribed"

    def _is_contact(self, send: str) -> bool:
        operation = self._checked.target.operations[self._checked.spec.send[send].operation]
        return operation.fields == "data_fields"

    def _programme(self, send: Send) -> str:
        told = send.to.get("programme")
        if isinstance(told, LiteralValue):
            return str(told.literal)
        values: Mapping[str, Any] = self._checked.params.values
        return str(values.get(told[1:], told)) if told is not None else send.operation


def _is_filled(one: FieldFill, values: Mapping[str, object], body: object) -> bool | None:
    """Whether a field is there; None where that cannot be told."""
    member, _, inner = one.name.partition("[].")
    if not inner:
        return _is_there(values.get(one.value))
    elements = body.get(member) if isinstance(body, dict) else None
    if not isinstance(elements, list) or not elements:
        return None
    return all(_is_there(element.get(inner)) for element in elements)


def _is_there(value: object) -> bool:
    return value is not None and value != CLEARED and (not isinstance(value, str) or value != "")

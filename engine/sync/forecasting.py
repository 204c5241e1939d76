"""The forecast of a backfill: its orders planned on what is known now, and nothing kept.

It goes the way of a batch: who is new is created, each person is updated once, records travel in
imports, and what cannot travel is a call of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

import orjson

from engine.changes.cost import CostView, show_tier
from engine.connections.dotdigital_reads import READ_TIERS
from engine.connections.imports import largest_import
from engine.connections.order_texts import OrderText
from engine.contacts import ContactError
from engine.mapping import Probed
from engine.plan import Call
from engine.state.database import Connection
from engine.state.orders import Landed, list_contents, list_ledger
from engine.state.outbox import list_effects
from engine.state.people import find_mirrored, is_decided, read_anchor
from engine.sync.bulk_items import CONTACTS, BulkItem, as_creation, as_item
from engine.sync.causes import raised_by_mapping
from engine.sync.flow import PayloadError, Question, read_payload
from engine.sync.imports import OPERATIONS
from engine.sync.knowledge import Knowledge, recall
from engine.sync.landing import Landing

Cause = tuple[str, str]
"""Code and owner."""
# No contact of Dotdigital has such a number.
_FIRST_NEW = 10**15


@dataclass(slots=True)
class _Bulk:
    """What travels in the imports of one batch of people: bytes by kind, collection and record."""

    creations: int = 0
    updates: dict[str, int] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)

    def imports(self, most: int) -> Counter[str]:
        """Give how many imports it takes, by operation."""
        contacts = ceil(self.creations / most) + ceil(sum(self.updates.values()) / most)
        records = sum(ceil(size / most) for size in self.records.values())
        return Counter({OPERATIONS["contacts"]: contacts, OPERATIONS["insight"]: records})


@dataclass(slots=True)
class Forecast:
    """What the orders of a range would become.

    `here` counts contents that were landed before. Of the people without a contact, `relayed` are
    created by import as not opted in, and `alone` one by one.
    """

    landing: Landing
    seen: int = 0
    here: int = 0
    erased: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    causes: Counter[Cause] = field(default_factory=Counter)
    relayed: int = 0
    alone: int = 0
    _calls: Counter[str] = field(default_factory=Counter)
    _reads: int = 0
    _people: dict[str, int] = field(default_factory=dict)
    _known: dict[str, Knowledge] = field(default_factory=dict)
    _bulks: defaultdict[int, _Bulk] = field(default_factory=lambda: defaultdict(_Bulk))

    @property
    def people(self) -> int:
        """How many people, or orders that belong to nobody, have something to be planned."""
        return len(self._people)

    @property
    def known(self) -> int:
        """How many of them Dotdigital knows already, as far as planned orders tell."""
        return self.people - self.relayed - self.alone

    @property
    def imports(self) -> Counter[str]:
        """Give how many imports there will be, by operation."""
        most = largest_import(self.landing.worker.flow.target)
        return sum((one.imports(most) for one in self._bulks.values()), Counter[str]())

    def take(self, orders: Sequence[OrderText]) -> None:
        """Take in the orders of a file."""
        worker = self.landing.worker
        self.seen += len(orders)
        with worker.transaction() as connection:
            kept = self.landing.admit(connection, orders)
            self.erased += len(orders) - len(kept)
            there = list_contents(connection, worker.flow.name, kept)
            self.here += len(there)
            for one in kept:
                if (one.order_key, one.content_sha256) not in there:
                    self._plan(connection, one)

    def calls(self) -> Counter[str]:
        """Give how many calls there will be, by tier; reports of imports have no limit."""
        operations, tiers = self.landing.worker.flow.target.operations, Counter[str]()
        for name, number in (self._calls + self.imports).items():
            tiers[operations[name].tier] += number
        tiers[READ_TIERS["read a contact"]] += self._reads
        tiers[READ_TIERS["tell an import"]] += self.imports.total()
        return +tiers

    def _plan(self, connection: Connection, landed: Landed) -> None:
        flow, now = self.landing.worker.flow, self.landing.worker.now
        try:
            payload = read_payload(landed.payload)
        except PayloadError:
            self._hold([("UNREADABLE_ORDER", "engineering")])
            return
        known = self._learn(connection, landed, flow.ask(payload, now).question)
        try:
            probed = flow.mapping.apply(payload, known.contacts(), now)
        except ContactError:
            self._hold([("CONTACTS_DISAGREE", "customer-care")])
            return
        if probed.plan["outcome"] == "held":
            raised = raised_by_mapping(probed.plan["exceptions"])
            self._hold([(one.code, one.owner) for one in raised])
            return
        self.outcomes[probed.plan["outcome"]] += 1
        if self._create(landed.subject, known, probed):
            probed = flow.mapping.apply(payload, known.contacts(), now)
        self._count(landed.subject, known, probed)
        known.remember(landed.order_key, probed.share(flow.form.members), ())

    def _hold(self, causes: Iterable[Cause]) -> None:
        self.outcomes["held"] += 1
        self.causes.update(set(causes))

    def _learn(
        self, connection: Connection, landed: Landed, question: Question | None
    ) -> Knowledge:
        """Give what is known of whoever an order belongs to, from our tables alone."""
        flow, subject = self.landing.worker.flow, landed.subject
        known = self._known.get(subject)
        if known is None:
            anchor = read_anchor(connection, subject), is_decided(connection, subject)
            ledger = list_ledger(connection, flow.name, subject)
            sent = list_effects(connection, flow.name, subject)
            known = self._known[subject] = recall(subject, flow.form, anchor, ledger, sent)
        if question is not None and question.address not in known.addresses:
            found = find_mirrored(
                connection,
                contact_id=known.anchor,
                person=question.person,
                address=question.address,
            )
            known.answers |= {one.contact_id: dict(one.answer) for one in found}
            known.addresses.add(question.address)
        return known

    def _create(self, subject: str, known: Knowledge, probed: Probed) -> bool:
        """Count the creation of a contact, and go on as if it were there; False where it is."""
        target = self.landing.worker.flow.target
        for call in probed.plan["calls"]:
            if not target.operations[call["operation"]].creates_contact:
                continue
            item = as_creation(target, probed.plan, call)
            if item is None:
                self.alone += 1
                self._calls[call["operation"]] += 1
            else:
                self.relayed += 1
                self._bulk(subject).creations += _size(item)
            self._suppose(known, call)
            return True
        return False

    def _suppose(self, known: Knowledge, call: Call) -> None:
        """Let a contact be there as a call would create it."""
        number = _FIRST_NEW + self.relayed + self.alone
        body = call["body"] if isinstance(call["body"], dict) else {}
        form = self.landing.worker.flow.form.target.contact
        channels = body.get(form.channels)
        channel = channels.get(form.channel) if isinstance(channels, dict) else None
        status = channel.get(form.channel_status) if isinstance(channel, dict) else None
        known.learn({**body, form.id: number, form.overall_status: status}, self.landing.worker.now)
        known.anchor = number
        known.sent.add(call["id"])

    def _count(self, subject: str, known: Knowledge, probed: Probed) -> None:
        """Count the calls of an order, as items of imports where they can travel so."""
        target, alone = self.landing.worker.flow.target, 0
        for call in probed.plan["calls"]:
            bulk = self._bulk(subject)
            item = as_item(target, call)
            if item is None:
                alone += 1
                self._calls[call["operation"]] += 1
            elif item.kind == CONTACTS:
                bulk.updates[item.key] = _size(item)
            else:
                bulk.records[item.collection] += _size(item)
            known.sent.add(call["id"])
        # Whoever is settled by calls of their own is read first.
        self._reads += 1 if alone else 0

    def _bulk(self, subject: str) -> _Bulk:
        number = self._people.setdefault(subject, len(self._people))
        return self._bulks[number // self.landing.worker.rules.people_in_batch]


def show_calls(forecast: Forecast, given: dict[str, int]) -> list[CostView]:
    """Give the calls by tier with the minutes they take; `given` are the account's own limits."""
    tiers, calls = forecast.landing.worker.flow.target.rate_tiers, forecast.calls()
    return [
        show_tier(
            name,
            [calls[name]],
            tier.model_copy(update={"calls": given[name], "basis": "as set"})
            if name in given
            else tier,
        )
        for name, tier in tiers.items()
        if calls[name]
    ]


def _size(item: BulkItem) -> int:
    return len(orjson.dumps(item.item)) + 1

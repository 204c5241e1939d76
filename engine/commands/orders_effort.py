"""The effort of a backfill, from the orders alone: as imports, and one by one.

It goes the way that `sync/forecasting.py` forecasts, but nobody is known to the target.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil

import orjson

from engine.changes.cost import show_tier
from engine.checked import CheckedSpec
from engine.connections.dotdigital_reads import READ_TIERS
from engine.connections.imports import largest_import
from engine.contacts import Contact, Contacts
from engine.lock import TargetLock
from engine.mapping import Probed, contact_form, probe_mapping
from engine.plan import Record
from engine.runtime.amounts import Share
from engine.samples.audit.document import EffortView, TierView
from engine.sync.bulk_items import CONTACTS, BulkItem, as_creation, as_item

_PEOPLE_IN_BATCH = 2000
_IMPORTS = ("contacts.import", "insight.import")


@dataclass(slots=True)
class _Batch:
    """What travels for one batch of people: bytes of creations, updates and records."""

    creations: int = 0
    updates: dict[str, int] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)


class Effort:
    """Plans orders one after the other, remembering what the earlier ones left, and counts."""

    def __init__(self, checked: CheckedSpec, now: datetime) -> None:
        self._mapping = probe_mapping(checked)
        self._checked = checked
        self._target = checked.target
        self._form = contact_form(checked)
        self._now = now
        self._mails: dict[str, Contact] = {}
        self._people: dict[str, Contact] = {}
        self._contacts = Contacts(asked=True, by_email=self._mails, by_person=self._people)
        self._shares: defaultdict[str, dict[str, Share]] = defaultdict(dict)
        self._single: Counter[str] = Counter()
        self._alone: Counter[str] = Counter()
        self._single_reads = self._alone_reads = 0
        self._batches: defaultdict[int, _Batch] = defaultdict(_Batch)

    def plan(self, record: Mapping[str, object]) -> Probed:
        """Give the plan of an order, as it would be after those before it, and count its calls."""
        probed = self._mapping.apply(record, self._contacts, self._now)
        plan = probed.plan
        if plan["outcome"] != "planned":
            return probed
        self._single.update(call["operation"] for call in plan["calls"])
        self._single_reads += plan["identity"] is not None
        creation = self._create(plan)
        last = probed
        if creation:
            # Whoever was created in the batch is updated like everybody else.
            self._remember(probed, {creation}, {})
            last = self._mapping.apply(record, self._contacts, self._now)
        self._count(last.plan)
        share = {str(plan["key"]): last.share(self._form.members)}
        self._remember(last, self._once(last.plan), share)
        return probed

    def show_by_imports(self) -> EffortView:
        """Give the calls where whatever can travel in imports does."""
        most, calls = largest_import(self._target), Counter(self._alone)
        for one in self._batches.values():
            contacts = ceil(one.creations / most) + ceil(sum(one.updates.values()) / most)
            records = sum(ceil(size / most) for size in one.records.values())
            calls.update(dict(zip(_IMPORTS, (contacts, records), strict=True)))
        imports = sum(calls[name] for name in _IMPORTS)
        tiers = self._tiers(calls)
        tiers[READ_TIERS["tell an import"]] += imports
        tiers[READ_TIERS["read a contact"]] += self._alone_reads
        return _show(self._target, tiers)

    def show_one_by_one(self) -> EffortView:
        """Give the calls where each order goes by itself, as new orders do."""
        tiers = self._tiers(self._single)
        tiers[READ_TIERS["read a contact"]] += self._single_reads
        return _show(self._target, tiers)

    def _tiers(self, calls: Counter[str]) -> Counter[str]:
        tiers: Counter[str] = Counter()
        for name, number in calls.items():
            tiers[self._target.operations[name].tier] += number
        return tiers

    def _create(self, plan: Record) -> str:
        """Count the creation of a contact and give its call; '' where there is none."""
        for call in plan["calls"]:
            if self._target.operations[call["operation"]].creates_contact:
                item = as_creation(self._target, plan, call)
                if item is None:
                    self._alone[call["operation"]] += 1
                else:
                    self._batch(plan).creations += _size(item)
                return call["id"]
        return ""

    def _once(self, plan: Record) -> AbstractSet[str]:
        """Give the calls that are not made again; the others say their version."""
        sends = self._checked.spec.send
        return {call["id"] for call in plan["calls"] if sends[call["send"]].repeat == "once"}

    def _remember(self, probed: Probed, sent: AbstractSet[str], share: Mapping[str, Share]) -> None:
        """Keep what the target and we know of the buyer after some calls of a plan."""
        values = probed.values
        mail, person = values.get("address.email"), values.get("person")
        if not isinstance(mail, str) or not isinstance(person, str):
            return
        known, _ = self._contacts.find(person, mail)
        if known is None:
            status = values.get("consent.status")
            if not isinstance(status, str):
                return
            number = len(self._people) + 1
            known = Contact(number, mail.lower(), status, person, self._shares[person])
        # In place: whoever buys often has long figures.
        self._shares[known.person or person].update(share)
        contact = replace(known, sent=known.sent | sent)
        self._people[person] = contact
        if contact.email is not None:
            self._mails[contact.email] = contact

    def _count(self, plan: Record) -> None:
        alone = 0
        for call in plan["calls"]:
            item = as_item(self._target, call)
            if item is None:
                created = self._target.operations[call["operation"]].creates_contact
                alone += not created
                self._alone[call["operation"]] += not created
            elif item.kind == CONTACTS:
                self._batch(plan).updates[item.key] = _size(item)
            else:
                self._batch(plan).records[item.collection] += _size(item)
        # Whoever is settled by calls of their own is read first.
        self._alone_reads += 1 if alone else 0

    def _batch(self, plan: Record) -> _Batch:
        identity = plan["identity"]
        known = self._people.get(identity["person"]) if identity is not None else None
        number = known.id if known is not None else len(self._people) + 1
        return self._batches[(number - 1) // _PEOPLE_IN_BATCH]


def _show(target: TargetLock, tiers: Counter[str]) -> EffortView:
    views: list[TierView] = []
    for name, tier in target.rate_tiers.items():
        if not tiers[name]:
            continue
        shown = show_tier(name, [tiers[name]], tier)
        minutes = shown["minutes"][0] if shown["minutes"] is not None else None
        views.append(
            {"tier": name, "calls": tiers[name], "minutes": minutes, "limit": shown["limit"]}
        )
    hours = sum(one["minutes"] or 0.0 for one in views) / 60
    return {"calls": tiers.total(), "hours": round(hours, 1), "tiers": views}


def _size(item: BulkItem) -> int:
    return len(orjson.dumps(item.item)) + 1

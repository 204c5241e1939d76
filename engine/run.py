"""Running a mapping over records: the one page of orchestration. Nothing here sends anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from engine.contacts import Contacts
from engine.mapping import Mapping
from engine.plan import ExceptionCount, RaisedException, Record, Summary
from engine.sources.records import Unreadable

UNREADABLE = "MD501"


@dataclass(slots=True)
class Tally:
    """The figures of a run, gathered record by record."""

    outcomes: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    net: dict[str, Decimal] = field(default_factory=dict)

    def count(self, record: Record) -> None:
        """Take one record into the figures."""
        self.outcomes[record["outcome"]] += 1
        for call in record["calls"]:
            self.calls[call["operation"]] += 1
        for key in {(one["code"], one["level"], one["owner"]) for one in record["exceptions"]}:
            self.exceptions[key] += 1
        money = record["money"]
        if money is not None and record["outcome"] == "planned" and "net" in money:
            currency = money["currency"]
            self.net[currency] = self.net.get(currency, Decimal(0)) + Decimal(money["net"])

    def summarise(self, mapping: Mapping, contacts: Contacts) -> Summary:
        """Give the summary that plans end with."""
        exceptions: list[ExceptionCount] = [
            {"code": code, "level": level, "owner": owner, "records": records}  # type: ignore[typeddict-item]
            for (code, level, owner), records in sorted(self.exceptions.items())
        ]
        return {
            "records": self.outcomes.total(),
            "planned": self.outcomes["planned"],
            "unchanged": self.outcomes["unchanged"],
            "held": self.outcomes["held"],
            "calls": dict(sorted(self.calls.items())),
            "net": {currency: str(net) for currency, net in sorted(self.net.items())},
            "exceptions": exceptions,
            "contacts": "asked" if contacts.asked else "not_asked",
            "examples": sorted(mapping.examples),
        }


def run_mapping(
    mapping: Mapping,
    records: Iterable[tuple[str, dict[str, object]] | Unreadable],
    contacts: Contacts,
    now: datetime,
) -> Iterator[Record]:
    """Give the plan of each record, in order; one that cannot be read is held and said so."""
    for item in records:
        if isinstance(item, Unreadable):
            yield hold_unreadable(item)
            continue
        record = mapping.apply(item[1], contacts, now)
        if record["key"] is None:
            record["where"] = item[0]
        yield record


def hold_unreadable(item: Unreadable) -> Record:
    """Give the held record that stands for one that cannot be read, so that it is not lost."""
    told: RaisedException = {
        "code": UNREADABLE,
        "level": "hold",
        "owner": "engineering",
        "message": f"{item.where} cannot be read: {item.message}",
        "at": item.where,
        "rule": "",
        "retry": "when_record_changes",
    }
    return {
        "key": None,
        "order_version": None,
        "outcome": "held",
        "money": None,
        "identity": None,
        "consent": None,
        "calls": [],
        "left_out": [],
        "exceptions": [told],
        "where": item.where,
    }

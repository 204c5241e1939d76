"""Measurements: what the document of a survey comes down to, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.report.ages import count
from engine.report.consent_audit import ConsentAuditDocument
from engine.report.drift import DriftDocument
from engine.report.reconciliation import ReconciliationDocument
from engine.report.usability import UsabilityDocument, margin_of, tell_floor
from engine.state.database import Connection, Database
from engine.state.erasure import exclude_erasure
from engine.state.measurements import (
    Kind,
    Measured,
    Named,
    keep_measurement,
    leave_out,
    name_people,
)
from engine.state.tombstones import is_buried
from engine.sync.worker import Worker

# What is new in orders and read by nobody; everything else that drifted touches somebody.
_HARMLESS = "new field"
Document = TypeVar(
    "Document", UsabilityDocument, DriftDocument, ReconciliationDocument, ConsentAuditDocument
)


@dataclass(frozen=True, slots=True)
class Store:
    """Where measurements are kept, and the key by which erased people are known."""

    database: Database
    tombstone_key: bytes

    def keep(self, sum_up: Callable[[Document], Measured], document: Document) -> Document:
        """Keep a document with what `sum_up` makes of it, without anybody who was erased."""
        with self.database.transaction() as connection:
            exclude_erasure(connection)
            gone = self._find_gone(connection, name_people(document))
            keep_measurement(connection, sum_up(document), leave_out(document, gone))
        return document

    def _find_gone(self, connection: Connection, named: Named) -> Named:
        numbers = [str(number) for number in named.contacts]
        contacts = is_buried(connection, self.tombstone_key, "contact", numbers)
        orders = is_buried(connection, self.tombstone_key, "order", named.orders)
        return Named(orders, {int(number) for number in contacts})


def store_of(worker: Worker) -> Store:
    """Give the store of a worker."""
    return Store(worker.database, worker.tombstone_key)


def sum_up_usability(document: UsabilityDocument) -> Measured:
    """Give the share of all values that are filled, and the floors that are missed."""
    fields = [one for one in document["fields"] if one["orders"]]
    below = sorted((one for one in document["fields"] if one["below"]), key=margin_of)
    seen = sum(one["orders"] for one in fields)
    filled = sum((one["percent"]["all"] or 0.0) * one["orders"] for one in fields)
    figure = int(filled * 10 / seen) / 10 if seen else None
    cause = f"{below[0]['field']}: {tell_floor(below[0])}" if below else ""
    return replace(_measure(document, "usability", len(below), cause), figure=figure)


def sum_up_drift(document: DriftDocument) -> Measured:
    """Give how many things drifted."""
    items = sorted(document["items"], key=lambda one: one["kind"] == _HARMLESS)
    cause = f"{items[0]['kind']}: {items[0]['what']}" if items else ""
    return _measure(document, "drift", len(items), cause)


def sum_up_reconciliation(document: ReconciliationDocument) -> Measured:
    """Give on how many orders the sides of a month disagree, and on how many billing cycles."""
    wrong = sum(not one["agree"] for one in document.get("billing_cycles", []))
    causes = [f"{one['cause']}: {count(one['orders'], 'order')}" for one in document["causes"]]
    causes += [f"not as Mirakl booked it: {count(wrong, 'billing cycle')}"] if wrong else []
    cause, found = next(iter(causes), ""), len(document["differences"]) + wrong
    return replace(_measure(document, "reconciliation", found, cause), part=document["month"])


def sum_up_consent(document: ConsentAuditDocument) -> Measured:
    """Give how many breaches of consent there are."""
    breaches = [one for one in document["findings"] if one["breach"]]
    cause = breaches[0]["kind"] if breaches else ""
    return _measure(document, "consent", len(breaches), cause)


def _measure(
    document: UsabilityDocument | DriftDocument | ReconciliationDocument | ConsentAuditDocument,
    kind: Kind,
    found: int,
    cause: str,
) -> Measured:
    flow, at = document["mapping"], document["at"]
    return Measured(flow, kind, at, ok=not found, found=found, cause=cause, figure=float(found))

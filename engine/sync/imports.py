"""Bulk imports: sent in bodies within the limits, each report read, each record's fate told.

An import that is refused as a whole is halved until the record that it fails on stands alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from engine.clock import write_time
from engine.connections.allowed import EgressError
from engine.connections.imports import ImportReport, Kind, cut_batches, largest_import
from engine.connections.outcomes import Done, Failed, Outcome, Refused, Throttled, Unknown
from engine.egress import REFUSED as REFUSED_AT_EGRESS
from engine.state.doubts import doubt_calls
from engine.state.outbox import (
    DONE,
    REFUSED,
    Said,
    count_running,
    end_calls,
    join_batch,
    lock_calls,
    open_batch,
    update_batch,
)
from engine.state.parts import in_parts
from engine.sync.knowledge import NotNow
from engine.sync.worker import Worker

CONTACTS: Kind = "contacts"
INSIGHT: Kind = "insight"
OPERATIONS: Mapping[Kind, str] = {CONTACTS: "contacts.import", INSIGHT: "insight.import"}
_MOST_TRIES = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of an import: the row it settles, how the report names it, and what is sent."""

    row: int
    key: str
    item: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an entry; `contact_id` where the report tells it."""

    refusal: Refused | None = None
    contact_id: int | None = None


@dataclass(slots=True)
class Importer:
    """Imports of one kind; `keep` is called while a report is waited for."""

    worker: Worker
    kind: Kind
    collection: str
    keep: Callable[[], None]

    @property
    def operation(self) -> str:
        """The operation of the target lock."""
        return OPERATIONS[self.kind]

    def run(self, entries: Sequence[Entry]) -> dict[int, Fate]:
        """Import entries and give the fate of each by its row; raises NotNow."""
        fates: dict[int, Fate] = {}
        start, most = 0, largest_import(self.worker.flow.target)
        for items in cut_batches([one.item for one in entries], most):
            part = entries[start : start + len(items)]
            start += len(items)
            fates |= self._import(part)
        return fates

    def _import(self, entries: Sequence[Entry]) -> dict[int, Fate]:
        batch = self._open(entries)
        outcome = self._insist(lambda: self._send(entries), entries)
        if isinstance(outcome, Refused):
            return self._halve(batch, entries, outcome)
        import_id = _import_id(outcome)
        with self.worker.transaction() as connection:
            update_batch(connection, batch, state="running", import_id=import_id)
        report = self._await(import_id)
        if report.broken:
            refused = Refused(0, report.broken, "the import failed as a whole")
            return self._halve(batch, entries, refused)
        fates = _fates(entries, report)
        self._close(batch, fates, len(report.failures))
        return fates

    def _open(self, entries: Sequence[Entry]) -> int:
        """Wait until another import may run, and note that this one leaves."""
        limit = self.worker.flow.target.limits[_LIMITS[self.kind]]
        worker = self.worker
        while True:
            with worker.transaction() as connection:
                if count_running(connection, self.operation) < limit:
                    values = {
                        "flow": worker.flow.name,
                        "operation": self.operation,
                        "collection": self.collection,
                        "records": len(entries),
                        "digest": _digest(entries),
                        "state": "sending",
                        "worker": worker.claimant.worker,
                        "sent_at": write_time(worker.now),
                    }
                    batch = open_batch(connection, values)
                    join_batch(connection, [one.row for one in entries], batch)
                    return batch
            self.keep()
            worker.clock.sleep(worker.rules.report_wait.total_seconds())

    def _send(self, entries: Sequence[Entry]) -> Outcome:
        items = [one.item for one in entries]
        try:
            if self.kind == CONTACTS:
                return self.worker.client.import_contacts(items)
            return self.worker.client.import_records(self.collection, items)
        except EgressError as error:
            # Halved until the one that must not leave stands alone.
            return Refused(0, REFUSED_AT_EGRESS, str(error))

    def _insist(self, ask: Callable[[], Outcome], entries: Sequence[Entry] = ()) -> Done | Refused:
        """Ask until there is an answer; an import may be sent again, its figures are absolute.

        One without an answer may be taken all the same: its entries are then in doubt.
        """
        why = ""
        for attempt in range(_MOST_TRIES):
            outcome = ask()
            if isinstance(outcome, Done | Refused):
                return outcome
            if isinstance(outcome, Failed) and outcome.doubtful:
                self._doubt(entries)
            seconds = outcome.seconds if isinstance(outcome, Throttled) else 0.0
            why = outcome.why if isinstance(outcome, Failed | Unknown) else "asked for a pause"
            until = self.worker.wait_for(attempt, at_least=seconds)
            self.keep()
            self.worker.clock.sleep((until - self.worker.now).total_seconds())
        raise NotNow(f"{self.operation}: {why}")

    def _doubt(self, entries: Sequence[Entry]) -> None:
        worker = self.worker
        due = worker.now + worker.rules.late_wait
        with worker.transaction() as connection:
            doubt_calls(connection, worker.flow.name, [one.row for one in entries], due)

    def _halve(self, batch: int, entries: Sequence[Entry], refused: Refused) -> dict[int, Fate]:
        worker = self.worker
        with worker.transaction() as connection:
            update_batch(connection, batch, state="refused", read_at=write_time(worker.now))
        if len(entries) > 1:
            middle = len(entries) // 2
            return self._import(entries[:middle]) | self._import(entries[middle:])
        fates = {entries[0].row: Fate(refused)}
        self._close(batch, fates, 1)
        return fates

    def _await(self, import_id: str) -> ImportReport:
        """Give the report once the import has ended; raises NotNow when it never seems to."""
        worker, waited = self.worker, timedelta()
        wait = worker.rules.report_wait
        while waited < worker.rules.longest_report_wait:
            worker.clock.sleep(wait.total_seconds())
            waited += wait
            self.keep()
            outcome = self._insist(lambda: worker.client.tell_import(self.kind, import_id))
            if isinstance(outcome, Refused):
                raise NotNow(f"the report of an import is gone: {outcome.said}")
            report = outcome.body
            if isinstance(report, ImportReport) and not report.running:
                return report
            wait = min(wait * 2, timedelta(minutes=1))
        raise NotNow("an import does not end")

    def _close(self, batch: int, fates: dict[int, Fate], failures: int) -> None:
        now = self.worker.now
        done = [row for row, fate in fates.items() if fate.refusal is None]
        with self.worker.transaction() as connection:
            lock_calls(connection, fates)
            for rows in in_parts(done):
                end_calls(connection, rows, DONE, now)
            for row, fate in fates.items():
                if fate.refusal is not None:
                    said = f"{fate.refusal.code} {fate.refusal.said}".strip()
                    end_calls(
                        connection, [row], REFUSED, now, Said(fate.refusal.status or None, said)
                    )
            update_batch(
                connection, batch, state="read", read_at=write_time(now), failures=failures
            )


_LIMITS: Mapping[Kind, str] = {
    CONTACTS: "contact_imports_running",
    INSIGHT: "insight_imports_running",
}


def _digest(entries: Sequence[Entry]) -> str:
    items = [one.item for one in entries]
    return hashlib.sha256(orjson.dumps(items, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _import_id(outcome: Done) -> str:
    body = outcome.body
    return str(body["importId"]) if isinstance(body, dict) else ""


def _fates(entries: Sequence[Entry], report: ImportReport) -> dict[int, Fate]:
    """Give each entry's fate; a record that was updated and is among the failures has failed."""
    failures = {str(one.key).lower(): one for one in report.failures}
    fates = {}
    for one in entries:
        failed = failures.get(one.key.lower())
        refusal = Refused(0, failed.code, failed.said) if failed is not None else None
        fates[one.row] = Fate(refusal, report.created.get(one.key.lower()))
    return fates

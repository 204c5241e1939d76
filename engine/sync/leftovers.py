"""Imports that a worker left behind: their reports are read too, so that none counts as running."""

from __future__ import annotations

from datetime import timedelta

from engine.clock import read_time, write_time
from engine.connections.imports import ImportReport, Kind
from engine.connections.outcomes import Done, Refused
from engine.state.outbox import Batch, list_open, update_batch
from engine.sync.imports import OPERATIONS
from engine.sync.worker import Worker

_KINDS: dict[str, Kind] = {operation: kind for kind, operation in OPERATIONS.items()}
_LOST = timedelta(days=1)
"""After so long an import that does not end is none any more."""


def read_leftovers(worker: Worker) -> int:
    """Read the reports of imports whose worker is gone; give how many ended.

    Their orders were planned again by whoever took the people over; the report only tells that
    nothing of it runs any more.
    """
    with worker.transaction() as connection:
        found = [one for one in list_open(connection) if _is_left(worker, one)]
    return sum(_read(worker, one) for one in found)


def _is_left(worker: Worker, batch: Batch) -> bool:
    # Whoever waits for a report holds claims meanwhile, and renews them. One that leaves tomorrow
    # left before the clock was set back.
    age = worker.now - read_time(batch.sent_at)
    return not -worker.rules.lease <= age <= worker.rules.lease


def _read(worker: Worker, batch: Batch) -> bool:
    state, failures = _ask(worker, batch)
    if not state:
        return False
    with worker.transaction() as connection:
        update_batch(
            connection, batch.id, state=state, failures=failures, read_at=write_time(worker.now)
        )
    return True


def _ask(worker: Worker, batch: Batch) -> tuple[str, int | None]:
    """Give the state in which an import has ended, '' while it has not, and its failures."""
    if not batch.import_id:
        # Nobody knows whether it was taken, nor under which name.
        return "lost", None
    outcome = worker.client.tell_import(_KINDS[batch.operation], batch.import_id)
    if isinstance(outcome, Done) and isinstance(outcome.body, ImportReport):
        if not outcome.body.running:
            return "read", len(outcome.body.failures)
    elif isinstance(outcome, Refused):
        return "lost", None
    old = worker.now - read_time(batch.sent_at) > _LOST
    return ("lost" if old else ""), None

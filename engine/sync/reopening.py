"""Reopening: an exception that people closed as it was waits for them again.

Nothing was decided and nothing was sent on it, so nothing else is taken back. What delivery closed
itself, and what became of a call, stay as they are.
"""

from __future__ import annotations

from datetime import datetime

from engine.clock import write_time
from engine.problem import Failure
from engine.state.database import Connection
from engine.state.decisions import Closing, reopen_exception
from engine.state.exceptions import ENGINE, UNKNOWN_OUTCOME
from engine.state.orders import newest_version_ids
from engine.state.reviews import Entry, Wanted, list_exceptions
from engine.sync.deciding import Resolved

_DECISIONS = frozenset({"decision", "recreated_from"})


def is_closed_as_it_was(entry: Entry) -> bool:
    """Whether people closed an exception without deciding anything else."""
    by_people = entry.closed_at is not None and entry.closed_by != ENGINE
    return by_people and entry.code != UNKNOWN_OUTCOME and not _DECISIONS & entry.evidence.keys()


def reopen(connection: Connection, entry: Entry, closing: Closing, now: datetime) -> Resolved:
    """Let it wait for people again; Failure where it is about what is no longer so."""
    name = f"exception {entry.id} ({entry.code})"
    if not is_closed_as_it_was(entry):
        raise Failure(f"{name} was not closed by people as it was")
    newest = newest_version_ids(connection, entry.flow, [entry.order_key])
    if entry.order_version_id is not None and newest != [entry.order_version_id]:
        raise Failure(f"{name}: the order changed since, and raised what is still wrong with it")
    for other in list_exceptions(connection, Wanted(order=entry.order_key, flow=entry.flow)):
        if (other.code, other.place) == (entry.code, entry.place):
            raise Failure(f"{name} came up again as exception {other.id}, which waits")
    before = {"closed_at": entry.closed_at, "closed_by": entry.closed_by, "note": entry.note}
    again = {"at": write_time(now), "by": closing.by, "because": closing.note, **before}
    told = [*entry.evidence.get("reopened", []), again]
    if not reopen_exception(connection, entry.id, {**entry.evidence, "reopened": told}):
        raise Failure(f"{name} waits for people already")
    return Resolved(entry.id, entry.code, ("it waits for people again",))

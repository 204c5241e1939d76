"""Doubt after a restore: what must not be repeated, and may have been done, waits for people.

The backup does not know what was sent after it. What may be repeated is sent again, since its
figures are absolute; what may not is put on record as unknown, and people look in Dotdigital.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.plan import Call
from engine.state.database import Connection
from engine.state.exceptions import About, add_exception
from engine.state.outbox import UNKNOWN, Plan, write_calls
from engine.state.restores import find_doubtful
from engine.sync.causes import raise_cause
from engine.sync.worker import Worker

_CONTACT = ("contact", "contact_id", "contact_number")


def hold_doubtful(
    worker: Worker, connection: Connection, plan: Plan, calls: Sequence[Call]
) -> tuple[list[Call], set[str]]:
    """Give the calls that may leave, and the effects of those that people have to tell about."""
    once = [one for one in calls if not one["idempotent"] and not _is_first(worker, one, calls)]
    if not once:
        return list(calls), set()
    sends = [one["send"] for one in once]
    doubtful = find_doubtful(connection, plan.flow, plan.order_version_id, plan.order_key, sends)
    held = [one for one in once if one["send"] in doubtful]
    write_calls(connection, plan, held, UNKNOWN, worker.now)
    about = About(plan.flow, plan.order_key, plan.order_version_id, plan.subject)
    for one in held:
        told = raise_cause("OUTCOME_UNKNOWN", plan.order_key, send=one["send"])
        add_exception(connection, about, told, worker.now)
    effects = {one["id"] for one in held}
    return [one for one in calls if one["id"] not in effects], effects


def _is_first(worker: Worker, call: Call, calls: Collection[Call]) -> bool:
    """Whether a call is for a contact that the same plan creates: nothing was done to it yet."""
    operations = worker.flow.target.operations
    creates = any(operations[one["operation"]].creates_contact for one in calls)
    return creates and operations[call["operation"]].needs in _CONTACT

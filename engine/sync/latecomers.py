"""Latecomers: calls that were given up and may land all the same, after what was sent later.

Nothing we send can stop them. Where something else was sent for the person since, the order is
sent once more when the latecomer's time is over: figures are absolute, so the last one is right.
"""

from __future__ import annotations

from engine.state.claims import LEASE, lock_people, revoke_claims
from engine.state.doubts import Writing, end_doubts, list_due
from engine.state.reviews import newest_version
from engine.sync.planning import send_again
from engine.sync.worker import Worker

_DELIVERED = ("sent", "unchanged")


def overwrite_latecomers(worker: Worker) -> int:
    """Let orders be sent again whose figures a latecomer may have replaced; give how many."""
    flow, now = worker.flow.name, worker.now
    with worker.transaction() as connection:
        longest = worker.rules.late_wait + LEASE
        contact = Writing(worker.flow.target.creating, worker.flow.target.updating)
        doubts = list_due(connection, flow, now, longest, contact)
        overtaken = {one.order_key: one.subject for one in doubts if one.overtaken}
        lock_people(connection, overtaken.values())
        sent = 0
        for order, subject in sorted(overtaken.items(), key=lambda one: one[::-1]):
            newest = newest_version(connection, flow, order)
            if newest is None or newest.outcome not in _DELIVERED:
                # It waits, and is sent anyway; or people decide.
                continue
            revoke_claims(connection, subject)
            send_again(connection, flow, order)
            sent += 1
        end_doubts(connection, doubts)
    if sent:
        worker.talk.info("sent again after a late call", records=sent)
    return sent

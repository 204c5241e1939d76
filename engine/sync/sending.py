"""Sending records that people give by hand: landed as events, delivered by the usual way alone.

Every guard holds: erasure, consent read live, one writer per person, what was sent before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.connections.order_texts import OrderText
from engine.state.database import Connection
from engine.state.orders import (
    Arrival,
    Ended,
    Landed,
    find_subject,
    find_version,
    land_orders,
    read_ended,
    reopen_versions,
)
from engine.sync.flow import PayloadError, read_payload
from engine.sync.landing import admit_orders
from engine.sync.settling import settle_subject
from engine.sync.worker import Worker

_PATIENCE = timedelta(minutes=2)
_PAUSE = 5.0
_AGAIN = ("held", "rejected")


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as it ended; `erased` and `waiting` stand beside the four endings.

    `earlier` is set where the same content had ended before and nothing was done now.
    """

    key: str
    version: str
    version_id: int | None
    outcome: str
    because: str
    earlier: bool = False


def send_record(worker: Worker, run: str, text: str) -> Sent:
    """Land a record and deliver it; raises StopError.

    What was held or rejected before is planned again. Where Dotdigital, or another worker, does not
    let go within two minutes, it waits, and the next sync goes on.
    """
    with worker.transaction() as connection:
        order = OrderText(text.encode(), None, _key_of(worker, text))
        kept = admit_orders(worker, connection, [order])
        if not kept:
            return Sent(order.key, "", None, "erased", "the person was erased; nothing is kept")
        number, before = _land(worker, connection, run, kept[0])
    if before is not None and before.outcome not in _AGAIN:
        because = f"it was {before.outcome} before, on {before.settled_at[:10]}"
        return Sent(kept[0].order_key, kept[0].version, number, "unchanged", because, earlier=True)
    ended = _settle(worker, number)
    if ended is None:
        because = "Dotdigital or another worker is busy; the next sync goes on"
        return Sent(kept[0].order_key, kept[0].version, number, "waiting", because)
    return Sent(kept[0].order_key, kept[0].version, number, ended.outcome, ended.because)


def _key_of(worker: Worker, text: str) -> str:
    try:
        return worker.flow.ask(read_payload(text), worker.now).order_key
    except PayloadError:
        return ""


def _land(
    worker: Worker, connection: Connection, run: str, landed: Landed
) -> tuple[int, Ended | None]:
    """Store a record as an event; give its number, and how the same content ended before."""
    flow = worker.flow.name
    land_orders(connection, [landed], Arrival(flow, "event", run, worker.now))
    number = find_version(connection, flow, landed)
    before = read_ended(connection, number)
    if before is not None and before.outcome in _AGAIN:
        reopen_versions(connection, [number])
    return number, before


def _settle(worker: Worker, number: int) -> Ended | None:
    """Deliver a version until it has ended; None where that takes too long."""
    until = worker.now + _PATIENCE
    while True:
        with worker.transaction() as connection:
            ended = read_ended(connection, number)
            subject = find_subject(connection, number)
            if ended is not None or subject is None:
                # Without a subject it was erased meanwhile.
                return ended
            claim = worker.claimant.claim_subject(connection, subject, worker.now)
        if claim is not None:
            settle_subject(worker, claim)
        with worker.transaction() as connection:
            ended = read_ended(connection, number)
        if ended is not None or worker.now >= until:
            return ended
        worker.clock.sleep(_PAUSE)

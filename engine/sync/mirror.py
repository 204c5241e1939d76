"""The consent mirror: what Dotdigital says of its contacts, read with a watermark of our own.

Two streams, since an opt-out must not be missed: contacts that changed, and whoever can no longer
be mailed. The second one only ever narrows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from engine.clock import read_time, write_time
from engine.connections.dotdigital_reads import NotReadError
from engine.connections.listings import Suppression
from engine.connections.outcomes import Throttled
from engine.state.cursors import move_cursor, read_cursor
from engine.state.database import Connection
from engine.state.people import (
    ConsentEvent,
    Mirrored,
    mirror_contacts,
    note_consent,
    read_mirrored,
    subjects_of_contact,
)
from engine.state.shops import Feed
from engine.sync.erased import leave_out_erased
from engine.sync.knowledge import NotNow, mirrored
from engine.sync.worker import Worker

STREAM = "contacts"
ACCOUNT = "dotdigital"
"""The mirror is the account's, whatever flow reads it."""
_OVERLAP = timedelta(minutes=10)
_SUPPRESSED = "suppressed"


def is_fresh(worker: Worker) -> bool:
    """Whether the mirror is young enough to decide on."""
    with worker.transaction() as connection:
        cursor = read_cursor(connection, Feed(ACCOUNT), STREAM)
    if cursor is None:
        return False
    age = worker.now - read_time(cursor.moved_at)
    # One from the future was read before the clock was set back: nobody knows how old it is.
    return timedelta() <= age < worker.rules.mirror_age


def was_read(worker: Worker) -> bool:
    """Whether the mirror was ever read whole."""
    with worker.transaction() as connection:
        return read_cursor(connection, Feed(ACCOUNT), STREAM) is not None


def refresh_mirror(worker: Worker) -> int:
    """Read what changed since the last whole read; give how many contacts. Raises NotNow."""
    try:
        return _refresh(worker)
    except NotReadError as error:
        outcome = error.outcome
        seconds = outcome.seconds if isinstance(outcome, Throttled) else 0.0
        raise NotNow(str(error), seconds) from None


def _refresh(worker: Worker) -> int:
    with worker.transaction() as connection:
        cursor = read_cursor(connection, Feed(ACCOUNT), STREAM)
    since = None
    if cursor is not None and cursor.watermark is not None:
        since = read_time(cursor.watermark) - _OVERLAP
    begun = worker.now
    # A clock that runs ahead, once, would hide who opts out until then.
    started = min(worker.client.server_time(), begun)
    seen = _read_modified(worker, since)
    if since is not None:
        _read_suppressed(worker, since)
    with worker.transaction() as connection:
        move_cursor(connection, Feed(ACCOUNT), STREAM, write_time(started), worker.now)
    return seen


def _read_modified(worker: Worker, since: datetime | None) -> int:
    seen, marker = 0, None
    while True:
        page = worker.client.list_contacts(since, marker, (worker.flow.form.person_field,))
        told = [mirrored(dict(one), worker.flow.form, worker.now) for one in page.contacts]
        with worker.transaction() as connection:
            rows = leave_out_erased(worker, connection, [one for one in told if one is not None])
            _note_changes(connection, worker, rows)
            mirror_contacts(connection, rows)
        seen += len(page.contacts)
        marker = page.marker
        if marker is None:
            return seen


def _read_suppressed(worker: Worker, since: datetime) -> None:
    skip: int | None = 0
    while skip is not None:
        page = worker.client.list_suppressed(since, skip)
        with worker.transaction() as connection:
            rows = list(_narrowed(connection, worker, page.suppressions))
            _note_changes(connection, worker, rows)
            mirror_contacts(connection, rows)
        skip = page.skip


def _narrowed(
    connection: Connection, worker: Worker, suppressions: Iterable[Suppression]
) -> Iterable[Mirrored]:
    """Give the contacts that are told to be out of reach, where the mirror says otherwise."""
    codes = {one.code: one for one in worker.flow.target.email_statuses}
    form = worker.flow.form.target.contact
    for one in suppressions:
        row = read_mirrored(connection, one.contact_id)
        if row is None:
            continue
        known = codes.get(row.status)
        if known is not None and not known.marketable:
            continue
        told = codes.get(one.status)
        status = one.status if told is not None and not told.marketable else _SUPPRESSED
        answer = {
            **row.answer,
            form.channels: {form.channel: {form.channel_status: status}},
            form.overall_status: status,
        }
        yield replace(row, status=status, answer=answer, read_at=write_time(worker.now))


def _note_changes(connection: Connection, worker: Worker, rows: Iterable[Mirrored]) -> None:
    """Put a change of status that was seen into the trail of whoever it is about."""
    for row in rows:
        before = read_mirrored(connection, row.contact_id)
        if before is None or before.status == row.status:
            continue
        events = [
            ConsentEvent(subject, row.contact_id, "read", row.status)
            for subject in subjects_of_contact(connection, row.contact_id)
        ]
        note_consent(connection, events, worker.now)

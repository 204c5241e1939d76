"""`miradot exceptions resolve` and `undo`: what people decide, put on record."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from engine.clock import SystemClock
from engine.commands.deeds import Recorder, name_doer, recorder_of
from engine.commands.delivery import SENDING, choose_flow, open_database, open_delivery
from engine.commands.exceptions import require_exception, require_flow
from engine.connections.answers import StopError
from engine.problem import Failure
from engine.report.resolution import RESOLUTION_SCHEMA, ResolutionDocument
from engine.settings import Settings, read_settings
from engine.state.audit import Deed
from engine.state.database import Connection
from engine.state.decisions import Closing
from engine.state.reviews import Entry
from engine.sync.account import recognise_account
from engine.sync.deciding import (
    Resolved,
    close_as_is,
    decide,
    recreate,
    tell_outcome,
    undo,
)
from engine.sync.reopening import is_closed_as_it_was, reopen
from engine.sync.worker import Worker

Decision = Literal["closed", "happened", "did_not_happen", "contact", "recreate", "undone"]
_MOST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """One call of `miradot exceptions resolve`; at most one of the decisions is given."""

    number: int
    note: str
    by: str | None
    contact: int | None
    recreate: bool
    happened: bool | None
    mapping: Path | None
    brand: Path | None


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """One call of `miradot exceptions undo`."""

    number: int
    note: str
    by: str | None


def resolve(request: ResolveRequest) -> ResolutionDocument:
    """Close an exception as people decided; Failure where the decision does not fit it."""
    settings = read_settings()
    closing = _closing(request.by, request.note)
    asked = Deed(name_doer(closing.by), "resolved", request.number)
    given = [request.contact is not None, request.recreate, request.happened is not None]
    if sum(given) > 1:
        raise Failure("say one thing: --contact, --recreate, --happened or --did-not-happen")
    if request.contact is not None:
        flow = choose_flow(settings, request.mapping, request.brand, *SENDING)
        with open_delivery(settings, flow, with_mirakl=False) as delivery:
            worker = delivery.worker
            with worker.transaction() as connection:
                entry = require_exception(connection, request.number)
            deed = Deed(name_doer(closing.by), "resolved", entry.id, entry.subject)
            with recorder_of(worker).record(deed):
                found = _decide(worker, request.number, closing, request.contact)
        return _tell(found, "contact", closing)
    if request.recreate:
        key = settings.require_tombstone_key().get_secret_value().encode()
        found = _do(settings, asked, lambda c, e, now: recreate(c, key, e, closing, now))
        return _tell(found, "recreate", closing)
    if request.happened is not None:
        happened = request.happened
        found = _do(
            settings,
            asked,
            lambda c, e, now: tell_outcome(c, e, closing, now, happened=happened),
        )
        return _tell(found, "happened" if happened else "did_not_happen", closing)
    found = _do(settings, asked, lambda c, e, now: close_as_is(c, e, closing, now))
    return _tell(found, "closed", closing)


def resolve_with(worker: Worker, request: ResolveRequest) -> ResolutionDocument:
    """Close an exception of an open delivery; Failure where the decision does not fit it."""
    closing = _closing(request.by, request.note)
    if request.contact is not None:
        return _tell(_decide(worker, request.number, closing, request.contact), "contact", closing)
    with worker.transaction() as connection:
        entry, now = require_exception(connection, request.number), worker.now
        if request.recreate:
            found = recreate(connection, worker.tombstone_key, entry, closing, now)
            return _tell(found, "recreate", closing)
        if request.happened is None:
            return _tell(close_as_is(connection, entry, closing, now), "closed", closing)
        found = tell_outcome(connection, entry, closing, now, happened=request.happened)
    return _tell(found, "happened" if request.happened else "did_not_happen", closing)


def undo_with(worker: Worker, request: UndoRequest) -> ResolutionDocument:
    """Take back what people decided, on an open delivery; Failure where there is nothing."""
    closing = _closing(request.by, request.note)
    with worker.transaction() as connection:
        entry = require_exception(connection, request.number)
        return _tell(_undo(connection, entry, closing, worker.now), "undone", closing)


def undo_resolution(request: UndoRequest) -> ResolutionDocument:
    """Take back what people decided; Failure where there is nothing to take back."""
    closing = _closing(request.by, request.note)
    asked = Deed(name_doer(closing.by), "undone", request.number)
    found = _do(read_settings(), asked, lambda c, e, now: _undo(c, e, closing, now))
    return _tell(found, "undone", closing)


def _undo(connection: Connection, entry: Entry, closing: Closing, now: datetime) -> Resolved:
    act = reopen if is_closed_as_it_was(entry) else undo
    return act(connection, entry, closing, now)


def _decide(worker: Worker, number: int, closing: Closing, contact: int) -> Resolved:
    with worker.transaction() as connection:
        entry = require_exception(connection, number)
    require_flow(entry, worker.flow)
    try:
        recognise_account(worker)
        return decide(worker, entry, closing, contact)
    except StopError as error:
        raise Failure(str(error)) from None


def _do(
    settings: Settings, deed: Deed, act: Callable[[Connection, Entry, datetime], Resolved]
) -> Resolved:
    clock, key = SystemClock(), settings.tombstone_key
    database = open_database(settings, clock)
    recorder = Recorder(database, clock, key.get_secret_value().encode() if key else b"")
    number = deed.exception or 0
    try:
        with database.transaction() as connection:
            entry = require_exception(connection, number)
        with (
            recorder.record(replace(deed, person=entry.subject)),
            database.transaction() as connection,
        ):
            return act(connection, require_exception(connection, number), clock.now())
    finally:
        database.close()


def _closing(by: str | None, note: str) -> Closing:
    text = note.strip()
    if not text:
        raise Failure("say why: --note takes a sentence")
    if len(text) > _MOST_NOTE:
        raise Failure(f"--note has {len(text)} characters; at most {_MOST_NOTE} are kept")
    return Closing(by or _user(), text, {})


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise Failure("this machine does not say who you are: name yourself with --by") from None


def _tell(found: Resolved, decision: Decision, closing: Closing) -> ResolutionDocument:
    return {
        "schema": RESOLUTION_SCHEMA,
        "exception": found.number,
        "code": found.code,
        "decision": decision,
        "by": closing.by,
        "note": closing.note,
        "did": list(found.did),
        "waiting": list(found.waiting),
    }

"""Whole lists of Dotdigital, page by page, waiting wherever it asks for a pause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from engine.clock import Clock
from engine.connections.dotdigital_reads import NotReadError
from engine.connections.listings import InsightRecord
from engine.connections.outcomes import Throttled
from engine.sync.worker import Worker

_MOST_WAITS = 20
_Told = TypeVar("_Told")


def list_records(
    worker: Worker, collection: str, since: datetime | None = None
) -> Iterator[InsightRecord]:
    """Give the records of a collection, those changed since a moment where given; NotReadError."""
    marker = None
    while True:
        records, marker = insist(
            worker, partial(worker.client.list_records, collection, since, marker)
        )
        yield from records
        if marker is None:
            return


def list_contacts(worker: Worker) -> Iterator[Mapping[str, Any]]:
    """Give every contact with its channels, lists and person key; raises NotReadError."""
    marker, person = None, worker.flow.form.person_field
    fields = (person,) if person else ()
    while True:
        ask = partial(worker.client.list_contacts, None, marker, fields, with_lists=True)
        page = insist(worker, ask)
        yield from page.contacts
        marker = page.marker
        if marker is None:
            return


def insist(worker: Worker, ask: Callable[[], _Told]) -> _Told:
    """Ask until Dotdigital has time, within reason; raises NotReadError."""
    return insist_by(worker.clock, ask)


def insist_by(clock: Clock, ask: Callable[[], _Told]) -> _Told:
    """Do the same by a clock of its own."""
    waits = 0
    while True:
        try:
            return ask()
        except NotReadError as error:
            waits += 1
            if not isinstance(error.outcome, Throttled) or waits > _MOST_WAITS:
                raise
            clock.sleep(max(error.outcome.seconds, 1.0))

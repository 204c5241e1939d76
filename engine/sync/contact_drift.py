"""Drift of contacts: those that hold other values than we wrote, and orphans on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from engine.connections.dotdigital_reads import NotReadError
from engine.connections.outcomes import Done
from engine.state.outbox import DONE
from engine.state.surveys import list_anchored, list_bodies, list_decided, list_subjects
from engine.sync.drift_items import Item, gather
from engine.sync.listing import insist
from engine.sync.target_drift import lines_of_field
from engine.sync.worker import Worker


def find_values(worker: Worker, sample: int) -> tuple[int, list[Item]]:
    """Read some contacts, and compare our own fields with what we wrote last; give how many."""
    written = _read_written(worker)
    numbers = list(written)[-sample:] if sample else []

    def look() -> Iterator[tuple[Item, str]]:
        for number in numbers:
            held = _read_fields(worker, number)
            if held is None:
                continue
            for name, value in written[number].items():
                if not _same(held.get(name), value):
                    what = f"contacts hold another {name} than we wrote"
                    lines = tuple(lines_of_field(worker.flow, name))
                    yield Item("values", "contact changed", what, lines), f"contact {number}"

    return len(numbers), list(gather(look()))


def _read_written(worker: Worker) -> dict[int, dict[str, Any]]:
    """Give what we wrote last into our own fields of each contact, the latest contact last."""
    flow, own = worker.flow, set(worker.flow.mapping.checked.spec.data_fields)
    writing = [n for n, one in flow.target.operations.items() if one.fields == "data_fields"]
    with worker.transaction() as connection:
        anchored = {subject: number for number, subject in list_anchored(connection).items()}
        calls = list(list_bodies(connection, writing, (DONE,)))
    written: dict[int, dict[str, Any]] = {}
    for call in calls:
        number = anchored.get(call.subject)
        body = orjson.loads(call.body) if call.body else None
        fields = body.get(flow.target.contact.fields) if isinstance(body, dict) else None
        if number is not None and isinstance(fields, dict):
            kept = written.pop(number, {})
            kept |= {name: value for name, value in fields.items() if name in own}
            written[number] = kept
    return written


def _read_fields(worker: Worker, number: int) -> dict[str, Any] | None:
    """Give the data fields of a contact; None for one that is gone."""

    def ask() -> object:
        outcome = worker.client.read_contact("contactId", number)
        if not isinstance(outcome, Done):
            raise NotReadError("read a contact", outcome)
        return outcome.body

    told = insist(worker, ask)
    fields = told.get(worker.flow.target.contact.fields) if isinstance(told, dict) else None
    return fields if isinstance(fields, dict) else None


def _same(held: object, written: object) -> bool:
    """Whether a field holds what was written, however the two write it."""
    if held in (None, "") or written in (None, ""):
        return held in (None, "") and written in (None, "")
    if str(held) == str(written):
        return True
    readers: tuple[Callable[[str], object], ...] = (Decimal, _read_moment)
    for read in readers:
        try:
            return read(str(held)) == read(str(written))
        except (ValueError, InvalidOperation):
            continue
    return False


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.replace(microsecond=0)


def find_contact_orphans(worker: Worker, there: Mapping[int, str | None]) -> Iterator[Item]:
    """Look for contacts without orders, and orders without contact; `there` are those we saw."""
    with worker.transaction() as connection:
        subjects, anchored = list_subjects(connection), list_anchored(connection)
        people = {one.person for one in list_decided(connection, worker.flow.name)}
    checked = worker.flow.mapping.checked
    lines: tuple[str, ...] = ()
    if checked.spec.identity is not None:
        lines = (checked.line_of(("identity", "person_field")),)

    def look() -> Iterator[tuple[Item, str]]:
        for number, person in there.items():
            if person and person not in subjects:
                what = "contacts carry the key of a person of whom no order ever landed here"
                yield Item("orphans", "contact without orders", what, lines), f"contact {number}"
        for number, subject in anchored.items():
            if subject in people and number not in there:
                what = "people with orders are tied to a contact that is no longer in Dotdigital"
                yield Item("orphans", "orders without contact", what, lines), f"contact {number}"

    return gather(look())

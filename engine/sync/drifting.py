"""Drift: what Mirakl and Dotdigital are now, against what the mapping was written for.

It reads and compares; nothing is written on any side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from engine.clock import write_time
from engine.state.people import Mirrored
from engine.state.surveys import list_payloads
from engine.sync.contact_drift import find_contact_orphans, find_values
from engine.sync.drift_items import Item, gather
from engine.sync.flow import Flow, PayloadError, read_payload
from engine.sync.knowledge import mirrored
from engine.sync.listing import list_contacts
from engine.sync.payload_drift import Oddity, find_oddities
from engine.sync.record_drift import find_records
from engine.sync.target_drift import find_statuses, find_target
from engine.sync.worker import Worker

_MOST_PAYLOADS = 1000


@dataclass(slots=True)
class Drift:
    """What was looked at, and what had drifted."""

    payloads: int = 0
    records: int = 0
    contacts: int = 0
    sampled: int = 0
    items: list[Item] = field(default_factory=list)


def find_drift(worker: Worker, days: int, sample: int) -> Drift:
    """Look for drift on all sides; raises NotReadError where Dotdigital cannot be read."""
    found = Drift()
    found.items += _find_payload(worker, days, found)
    found.items += find_target(worker)
    contacts = {one.contact_id: one for one in _read_contacts(worker)}
    found.contacts = len(contacts)
    found.items += find_statuses(worker.flow, (one.status for one in contacts.values()))
    records = find_records(worker)
    found.items += gather((one, one.examples[0]) for one in records.items)
    found.records = records.number
    sampled, changed = find_values(worker, sample)
    found.sampled, found.items = sampled, [*found.items, *changed]
    erased = {one.code for one in worker.flow.target.email_statuses if one.erased}
    there = {number: one.person for number, one in contacts.items() if one.status not in erased}
    found.items += find_contact_orphans(worker, there)
    return found


def _read_contacts(worker: Worker) -> Iterator[Mirrored]:
    for told in list_contacts(worker):
        row = mirrored(dict(told), worker.flow.form, worker.now)
        if row is not None:
            yield row


def _find_payload(worker: Worker, days: int, found: Drift) -> Iterator[Item]:
    flow, since = worker.flow, write_time(worker.now - timedelta(days=days))
    with worker.transaction() as connection:
        rows = list_payloads(connection, flow.name, since, _MOST_PAYLOADS)
    found.payloads = len(rows)

    def look() -> Iterator[tuple[Item, str]]:
        for key, text in rows:
            try:
                payload = read_payload(text)
            except PayloadError:
                continue
            for oddity in dict.fromkeys(find_oddities(payload, flow.mapping.checked.source)):
                yield _tell_oddity(flow, oddity), key

    return gather(look())


def _tell_oddity(flow: Flow, oddity: Oddity) -> Item:
    place = ".".join(oddity.address)
    told = {
        "new field": f"{place} ({oddity.detail}) is not in the source lock",
        "new code": f"{place} has the code {oddity.detail}, which the source lock does not know",
        "type changed": f"{place} is a {oddity.detail}",
        "null where none was": f"{place} is null, which the source lock rules out",
    }
    lines = () if oddity.kind == "new field" else tuple(_lines_reading(flow, oddity.address))
    return Item("payload", oddity.kind, told[oddity.kind], lines)


def _lines_reading(flow: Flow, address: tuple[str, ...]) -> Iterator[str]:
    checked = flow.mapping.checked
    places = [(one.address, one.pointer) for one in checked.inputs.reads.values()]
    places += [(one.address, one.pointer) for one in checked.inputs.lists.values()]
    for own, pointer in places:
        if own and own[: len(address)] == address:
            yield checked.line_of(pointer)

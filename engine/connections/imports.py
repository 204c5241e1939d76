"""Bulk imports: bodies cut to size, and reports read record by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import orjson

from engine.connections.words import plain
from engine.lock import TargetLock

Kind = Literal["contacts", "insight"]
Item = TypeVar("Item", bound=Mapping[str, object])
# What stands around the items of a body, with the longest name that a collection can have.
_FRAME = 1024
_RUNNING = frozenset({"notfinished", "notstarted", "processing"})
_FINISHED = frozenset({"finished", "complete"})
_BROKEN = frozenset({"failed", "rejectedbywatchdog", "exceedsallowedcontactlimit"})


class ReportError(ValueError):
    """A report that cannot be read."""


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """Something of a record that did not apply; one record may have several, and be updated.

    `key` is the address in small letters or the contactId of a contact, or the key of a record; an
    empty text where the report names none.
    """

    key: str | int
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of an import; nothing is known while it is `running`.

    `created` gives the contactId of each new address, `updated` the contactIds of the others.
    `broken` names the state of an import that failed as a whole: then nothing of it is certain.
    `applied` is how many Insight records were written.
    """

    running: bool
    created: Mapping[str, int] = field(default_factory=dict)
    updated: frozenset[int] = frozenset()
    failures: tuple[ImportFailure, ...] = ()
    broken: str = ""
    applied: int | None = None


def largest_import(target: TargetLock) -> int:
    """Give how many bytes the body of an import may have."""
    return target.limits["import_body_mebibytes"] << 20


def cut_batches(
    items: Iterable[Item], most_bytes: int, most_items: int | None = None
) -> Iterator[list[Item]]:
    """Cut the items of an import into bodies of at most so many bytes, encoded, in their order.

    An item that is too long by itself comes alone; the client refuses its body.
    """
    batch: list[Item] = []
    size = _FRAME
    for item in items:
        length = len(orjson.dumps(item)) + 1
        if batch and (size + length > most_bytes or len(batch) == most_items):
            yield batch
            batch, size = [], _FRAME
        batch.append(item)
        size += length
    if batch:
        yield batch


def read_report(kind: Kind, told: object) -> ImportReport:
    """Give a report as polling showed it; ReportError when it is none."""
    report = _object(told)
    state = report.get("status")
    word = state.casefold() if isinstance(state, str) else ""
    if word in _RUNNING:
        return ImportReport(running=True)
    if word not in _FINISHED | _BROKEN:
        raise ReportError("it tells no state that is known")
    broken = str(state) if word in _BROKEN else ""
    if kind == "insight":
        failures = tuple(_record_failure(one) for one in _list(report, "failures"))
        return ImportReport(running=False, failures=failures, broken=broken, applied=_count(report))
    return ImportReport(
        running=False,
        created=dict(_created(one) for one in _list(report, "created")),
        updated=frozenset(_contact_id(_object(one)) for one in _list(report, "updated")),
        failures=tuple(
            failure for one in _list(report, "failures") for failure in _contact_failures(one)
        ),
        broken=broken,
    )


def _created(told: object) -> tuple[str, int]:
    contact = _object(told)
    email = _object(contact.get("identifiers")).get("email")
    if not isinstance(email, str):
        raise ReportError("a new contact has no address")
    return email.lower(), _contact_id(contact)


def _contact_failures(told: object) -> Iterator[ImportFailure]:
    failed = _object(told)
    identifiers = _object(failed.get("identifiers") or {})
    email = identifiers.get("email")
    number = failed.get("contactId") or identifiers.get("contactId")
    by_number = failed.get("matchIdentifier") == "contactId" or not isinstance(email, str)
    key: str | int = email.lower() if isinstance(email, str) else ""
    if by_number and isinstance(number, int):
        key = number
    reasons = _list(failed, "failures") or [{}]
    for reason in map(_object, reasons):
        code = str(reason.get("failureCode") or "Unknown")
        yield ImportFailure(key, plain(code), plain(reason.get("description")))


def _record_failure(told: object) -> ImportFailure:
    failed = _object(told)
    key = failed.get("key")
    details = failed.get("details")
    said = "; ".join(map(str, details)) if isinstance(details, list) else details
    return ImportFailure(
        key if isinstance(key, str) else str(key or ""),
        plain(str(failed.get("failureReason") or "Unknown")),
        plain(said),
    )


def _count(report: Mapping[str, object]) -> int | None:
    summary = report.get("summary")
    count = summary.get("totalImported") if isinstance(summary, dict) else None
    return count if isinstance(count, int) else None


def _contact_id(contact: Mapping[str, object]) -> int:
    number = contact.get("contactId")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ReportError("a contact has no contactId")
    return number


def _list(report: Mapping[str, object], member: str) -> list[object]:
    value = report.get(member)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ReportError(f"its {member} is no list")
    return value


def _object(told: object) -> Mapping[str, object]:
    if not isinstance(told, dict):
        raise ReportError("a part of it is no object")
    return told

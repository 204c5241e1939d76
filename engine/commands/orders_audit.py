"""`miradot audit orders`: what an export can and cannot support, before anything is connected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.commands.files import open_file
from engine.commands.orders_effort import Effort
from engine.commands.run import Refused, read_given
from engine.params import ParamError
from engine.problem import Failure
from engine.resources import mappings_folder
from engine.samples.audit.document import AUDIT_SCHEMA, AuditDocument, ReadView
from engine.samples.audit.filling import Filling
from engine.samples.audit.newest import Newest, Place
from engine.samples.audit.outcomes import Outcomes
from engine.samples.audit.people import People
from engine.samples.audit.purposes import sum_up
from engine.sources.files import read_file
from engine.sources.records import Item, Unreadable, read_records

_YAML = (".yaml", ".yml")
_SHIPPED = "debenhams/orders.yaml"
_MOST_PLACES = 10


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """One call: the files of orders, and by which mapping they are looked at."""

    files: tuple[Path, ...]
    mapping: Path
    brand: Path | None
    now: datetime


@dataclass(slots=True)
class _Read:
    """What was read."""

    records: int = 0
    older: int = 0
    unreadable: int = 0
    places: list[str] = field(default_factory=list)

    def skip(self, file: int, where: str) -> None:
        """Count something that is no order; its file is told by number: names may be personal."""
        self.unreadable += 1
        if len(self.places) < _MOST_PLACES:
            self.places.append(f"file {file + 1}, {where}")

    def show(self, files: int) -> ReadView:
        """Give the figures."""
        return {
            "files": files,
            "records": self.records,
            "unreadable": self.unreadable,
            "places": self.places,
            "older": self.older,
            "orders": self.records - self.unreadable - self.older,
        }


def sort_words(words: tuple[Path, ...]) -> tuple[tuple[Path, ...], Path]:
    """Give the files of orders and the mapping, which is known by its ending; or the shipped one.

    Raises Failure when there are two mappings, or nothing to audit.
    """
    mappings = [one for one in words if one.suffix in _YAML]
    if len(mappings) > 1:
        raise Failure(f'audit orders takes one mapping, not "{mappings[0]}" and "{mappings[1]}"')
    files = tuple(one for one in words if one.suffix not in _YAML)
    if not files:
        raise Failure("audit orders takes at least one file of orders")
    return files, mappings[0] if mappings else mappings_folder() / _SHIPPED


def audit_orders(request: AuditRequest) -> tuple[AuditDocument, CheckedSpec]:
    """Give the audit, and the mapping it was made by.

    Files are read twice, so that of an order only its newest version counts. Raises Refused for a
    mapping with errors, Failure for what cannot be read.
    """
    checked = _check(request)
    newest = Newest(checked)
    for place, item in _read(request, checked):
        if not isinstance(item, Unreadable):
            newest.look(item[1], place)
    read, effort = _Read(), Effort(checked, request.now)
    people, outcomes = People(checked), Outcomes(checked)
    filling = Filling(checked, request.now)
    for place, item in _read(request, checked):
        read.records += 1
        if isinstance(item, Unreadable):
            read.skip(place[0], item.where)
            outcomes.hold_unreadable()
        elif not newest.is_newest(item[1], place):
            read.older += 1
        else:
            probed = effort.plan(item[1])
            for one in (people, outcomes):
                one.take(probed)
            filling.take(item[1], probed)
    fields = list(filling.show_fields())
    document: AuditDocument = {
        "schema": AUDIT_SCHEMA,
        "mapping": checked.spec.mapping,
        "version": checked.spec.version,
        "at": request.now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "read": read.show(len(request.files)),
        "outcomes": outcomes.show(),
        "people": people.show(),
        "answers": list(people.show_answers()),
        "purposes": list(sum_up(fields)),
        "fields": fields,
        "money": list(outcomes.show_money()),
        "codes": list(filling.show_codes()),
        "held": list(outcomes.show_held()),
        "dates": list(filling.show_dates()),
        "by_imports": effort.show_by_imports(),
        "one_by_one": effort.show_one_by_one(),
        "examples": sorted(checked.params.examples),
    }
    return document, checked


def _read(request: AuditRequest, checked: CheckedSpec) -> Iterator[tuple[Place, Item]]:
    for number, path in enumerate(request.files):
        with open_file(path) as stream:
            for index, item in enumerate(read_records(stream, checked.source.envelope)):
                yield (number, index), item


def _check(request: AuditRequest) -> CheckedSpec:
    given = read_given(request.mapping, request.brand, ())
    try:
        checked = check_mapping(read_file(request.mapping), str(request.mapping), given)
    except ParamError as error:
        raise Failure(str(error)) from None
    if checked.spec is None:
        raise Refused(checked.problems)
    return checked.spec

"""`miradot usability`: fill rates of what was delivered, against floors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.clock import Clock, SystemClock, write_time
from engine.commands.delivery import open_database, read_flow
from engine.commands.measurements import Store, sum_up_usability
from engine.nearest import suggest
from engine.problem import Failure
from engine.report.usability import (
    USABILITY_SCHEMA,
    FieldView,
    FloorView,
    ProgrammeView,
    UsabilityDocument,
    worst_floor,
)
from engine.settings import read_settings
from engine.spec.usability import SEGMENTS, Floor
from engine.state.database import Database
from engine.state.deliveries import number_delivered, read_delivered
from engine.sync.flow import Flow
from engine.sync.usability import FieldFill, Readiness, Usability

Floors = Mapping[str, Sequence[Floor]]
_SPAN = re.compile(r"([1-9][0-9]{0,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MOST_LACKING = 10
_AT_ONCE = 500
_PERCENT = re.compile(r"(100(\.00?)?|[0-9]{1,2}(\.[0-9]{1,2})?)")


@dataclass(frozen=True, slots=True)
class UsabilityRequest:
    """One call; mapping and brand are the settings' where not given, floors as typed."""

    mapping: Path | None
    brand: Path | None
    since: str
    floors: tuple[str, ...]


def tell_usability(request: UsabilityRequest, clock: Clock | None = None) -> UsabilityDocument:
    """Give the fill rates, and keep them; Failure for a floor of no field, or without a database.

    Without the key of tombstones nothing is kept: whoever was erased would not be known.
    """
    clock = clock or SystemClock()
    settings = read_settings()
    since = read_since(request.since, clock.now())
    flow = read_flow(request.mapping or settings.require_mapping(), request.brand or settings.brand)
    floors = read_floors(request.floors, Usability(flow, clock.now()).fields)
    file = Database(settings.database).file
    if file is not None and not Path(file).exists():
        raise Failure(f'there is no database "{file}", so nothing was delivered')
    database = open_database(settings, clock)
    try:
        document = measure_usability(database, flow, floors, since, clock.now())
        if settings.tombstone_key is not None:
            key = settings.tombstone_key.get_secret_value().encode()
            Store(database, key).keep(sum_up_usability, document)
        return document
    finally:
        database.close()


def measure_usability(
    database: Database, flow: Flow, floors: Floors, since: datetime, now: datetime
) -> UsabilityDocument:
    """Give the fill rates of what was delivered since a moment.

    `floors` are by full field name; those of a field stand in for what the mapping declares of it.
    """
    floors = {**declared_floors(flow), **floors}
    usability = Usability(flow, now)
    with database.transaction() as connection:
        numbers = number_delivered(connection, flow.name, write_time(since))
    for start in range(0, len(numbers), _AT_ONCE):
        with database.transaction() as connection:
            delivered = list(read_delivered(connection, numbers[start : start + _AT_ONCE]))
        for one in delivered:
            usability.take(one)
    fields = [_view(usability, one, floors.get(one.full_name, ()), now) for one in usability.fields]
    spec = flow.mapping.checked.spec
    return {
        "schema": USABILITY_SCHEMA,
        "mapping": spec.mapping,
        "version": spec.version,
        "at": write_time(now),
        "since": write_time(since),
        "orders": len(usability.orders),
        "unreadable": usability.unreadable,
        "people": usability.people,
        "segments": {name: usability.segments[name] for name in SEGMENTS},
        "fields": fields,
        "programmes": [_show(one) for one in usability.programmes()],
        "ok": not any(one["below"] for one in fields),
    }


def read_since(text: str, now: datetime) -> datetime:
    """Give the moment of `7d`, `24h`, `2w` ago or of a day, `2026-03-01`, in UTC; Failure else."""
    span = _SPAN.fullmatch(text)
    if span is not None:
        return now - int(span[1]) * _UNITS[span[2]]
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Failure(f'--since takes 24h, 7d, 2w or a day, 2026-03-01, not "{text}"') from None
    if day > now:
        raise Failure(f'--since: "{text}" is still to come')
    return day


def declared_floors(flow: Flow) -> Floors:
    """Give the floors that a mapping declares, by full field name."""
    floors: dict[str, list[Floor]] = {}
    for one in flow.mapping.checked.spec.usability:
        floors.setdefault(one.field, []).append(one)
    return floors


def read_floors(given: Iterable[str], fields: Iterable[FieldFill]) -> Floors:
    """Give the floors by full field name; a name without its call counts for every call.

    Raises Failure for what is no field or no percentage.
    """
    floors: dict[str, Sequence[Floor]] = {}
    known = {one.full_name: one.name for one in fields}
    for text in given:
        name, equals, told = text.rpartition("=")
        if not equals:
            raise Failure(f'--floor takes FIELD=PERCENT, not "{text}"')
        found = [full for full, short in known.items() if name in (full, short)]
        if not found:
            raise Failure(f'--floor: no call has a field "{name}"{suggest(name, known)}')
        percent = _percent(told, text)
        floors |= {full: (_typed(full, percent),) for full in found}
    return floors


def _typed(field: str, percent: float) -> Floor:
    # Nothing is nothing to ask for, and still a floor that was typed: it is never missed.
    return Floor.model_construct(
        field=field, segment="all", floor=percent, fresh_within=None, about="given by --floor"
    )


def _percent(told: str, text: str) -> float:
    if _PERCENT.fullmatch(told) is None:
        raise Failure(f'--floor: "{text}" has no percentage from 0 to 100')
    return float(told)


def _view(
    usability: Usability, one: FieldFill, floors: Sequence[Floor], now: datetime
) -> FieldView:
    told = [_view_floor(one, floor, now) for floor in floors]
    below = any(floor["below"] or floor["stale"] for floor in told)
    view: FieldView = {
        "field": one.full_name,
        "value": one.value,
        "places": usability.places(one),
        "orders": one.seen["all"],
        "percent": {name: _share(one.filled[name], one.seen[name]) for name in SEGMENTS},
        "latest": {name: one.newest[name] for name in SEGMENTS if name in one.newest},
        "below": below,
    }
    if "all" in one.newest:
        view["newest"] = one.newest["all"]
    if told:
        view["floor"] = worst_floor(told)["percent"]
        view["floors"] = told
    fall = one.find_fall(usability.orders)
    if fall is not None and (below or one.is_sudden(fall, usability.orders)):
        view["fall"] = {
            "order": fall.order_key,
            "at": fall.version,
            "before": round(fall.before * 100, 1),
            "after": round(fall.after * 100, 1),
        }
    return view


def _view_floor(one: FieldFill, floor: Floor, now: datetime) -> FloorView:
    view: FloorView = {
        "segment": floor.segment,
        "percent": float(floor.floor),
        "reached": _share(one.filled[floor.segment], one.seen[floor.segment]),
        "below": one.is_below(floor),
        "stale": one.is_stale(floor, now),
        "about": floor.about,
    }
    if floor.fresh_within is not None:
        view["fresh_within"] = floor.fresh_within
    return view


def _share(filled: int, seen: int) -> float | None:
    """Give a share in percent, to a tenth, rounded down: what is not all is not a hundred."""
    return filled * 1000 // seen / 10 if seen else None


def _show(one: Readiness) -> ProgrammeView:
    return {
        "send": one.send,
        "programme": one.programme,
        "reachable": one.reachable,
        "ready": one.ready,
        "lacking": [
            {"field": name, "people": number}
            for name, number in one.lacking.most_common(_MOST_LACKING)
        ],
    }

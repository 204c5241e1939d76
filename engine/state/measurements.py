"""Measurements: what usability, drift, reconciliation and the audit of consent found, and when.

Of each kind and part the latest is kept whole; of older ones the figures stay, until they are old.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import Connection, func, select, update

from engine.state.tables import MEASUREMENT

Kind = Literal["usability", "drift", "reconciliation", "consent"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_CONTACT = "contact "


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found at a moment, a text of `write_time`.

    `part` is what it is of, such as a month, or '' of all. `found` counts what is not as it should
    be, and `cause` tells the first of that; it names no order and nobody. `figure` is the headline:
    of usability the percentage of values that are filled, else `found`.
    """

    flow: str
    kind: Kind
    at: str
    ok: bool
    found: int
    cause: str
    figure: float | None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest measurement of a kind and part, with its whole document as it was printed."""

    measured: Measured
    document: Any


@dataclass(frozen=True, slots=True)
class Named:
    """Orders and contacts (by number) that a document names."""

    orders: set[str] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)


_COLUMNS = (
    MEASUREMENT.c.flow,
    MEASUREMENT.c.kind,
    MEASUREMENT.c.at,
    MEASUREMENT.c.ok,
    MEASUREMENT.c.found,
    MEASUREMENT.c.cause,
    MEASUREMENT.c.figure,
    MEASUREMENT.c.part,
)


def keep_measurement(connection: Connection, measured: Measured, document: object) -> None:
    """Keep what was found; of former ones of the same kind and part the figures stay.

    The document names nobody who was erased: see `leave_out`.
    """
    table = MEASUREMENT
    connection.execute(
        update(table)
        .where(
            table.c.flow == measured.flow,
            table.c.kind == measured.kind,
            table.c.part == measured.part,
            table.c.document != "",
        )
        .values(document="")
    )
    row = {column.name: getattr(measured, column.name) for column in _COLUMNS}
    connection.execute(table.insert().values(**row, document=orjson.dumps(document).decode()))


def read_latest(
    connection: Connection, flow: str, kind: Kind, part: str | None = None
) -> Latest | None:
    """Give the latest measurement of a kind, of one part or of any; None where there is none."""
    table = MEASUREMENT
    wanted = select(*_COLUMNS, table.c.document).where(
        table.c.flow == flow, table.c.kind == kind, table.c.document != ""
    )
    if part is not None:
        wanted = wanted.where(table.c.part == part)
    row = connection.execute(wanted.order_by(table.c.id.desc()).limit(1)).one_or_none()
    return Latest(Measured(*row[:-1]), orjson.loads(row.document)) if row is not None else None


def list_latest(connection: Connection, flow: str, kind: Kind) -> list[Measured]:
    """Give the latest figures of each part, the last part first."""
    table = MEASUREMENT
    newest = select(func.max(table.c.id)).where(table.c.flow == flow, table.c.kind == kind)
    wanted = select(*_COLUMNS).where(table.c.id.in_(newest.group_by(table.c.part)))
    return [Measured(*row) for row in connection.execute(wanted.order_by(table.c.part.desc()))]


def list_history(
    connection: Connection, flow: str, kind: Kind, part: str | None = None, limit: int = 60
) -> list[Measured]:
    """Give the newest measurements of a kind, of one part or of all, the oldest of them first."""
    table = MEASUREMENT
    wanted = select(*_COLUMNS).where(table.c.flow == flow, table.c.kind == kind)
    if part is not None:
        wanted = wanted.where(table.c.part == part)
    found = connection.execute(wanted.order_by(table.c.id.desc()).limit(limit)).all()
    return [Measured(*row) for row in reversed(found)]


def list_measured_flows(connection: Connection) -> list[str]:
    """Give the flows of which anything was measured."""
    return sorted(connection.execute(select(MEASUREMENT.c.flow).distinct()).scalars())


def name_people(document: object) -> Named:
    """Give the orders and contacts that a document names."""
    named = Named()
    for one in _walk(document):
        order, contact = _named_by(one)
        if order:
            named.orders.add(order)
        if contact is not None:
            named.contacts.add(contact)
    return named


def leave_out(document: object, gone: Named) -> object:
    """Give a document without whatever is of these orders and contacts."""
    if isinstance(document, dict):
        return {
            name: leave_out(value, gone)
            for name, value in document.items()
            if not (isinstance(value, dict) and _is_gone(value, gone))
        }
    if isinstance(document, list):
        return [leave_out(one, gone) for one in document if not _is_gone(one, gone)]
    return document


def erase_measured(connection: Connection, gone: Named) -> int:
    """Leave orders and contacts out of every document that names them; give how many did."""
    table, changed = MEASUREMENT, 0
    found = connection.execute(select(table.c.id, table.c.document).where(table.c.document != ""))
    for number, text in found.all():
        document = orjson.loads(text)
        named = name_people(document)
        if named.orders.isdisjoint(gone.orders) and named.contacts.isdisjoint(gone.contacts):
            continue
        rest = orjson.dumps(leave_out(document, gone)).decode()
        connection.execute(update(table).where(table.c.id == number).values(document=rest))
        changed += 1
    return changed


def _walk(document: object) -> Iterator[object]:
    yield document
    inner: Iterable[object] = ()
    if isinstance(document, dict):
        inner = document.values()
        # Examples are listed by their names alone.
        yield from document.get("examples", ())
    elif isinstance(document, list):
        inner = document
    for one in inner:
        if isinstance(one, dict | list):
            yield from _walk(one)


def _is_gone(one: object, gone: Named) -> bool:
    order, contact = _named_by(one)
    return order in gone.orders or contact in gone.contacts


def _named_by(one: object) -> tuple[str, int | None]:
    """Give the order and the contact that an object or an example names itself."""
    if isinstance(one, dict):
        order, contact = one.get("order", ""), one.get("contact")
        return str(order), contact if isinstance(contact, int) else None
    if isinstance(one, str):
        number = one.removeprefix(_CONTACT)
        is_contact = number != one and number.isdecimal()
        return ("", int(number)) if is_contact else (one, None)
    return "", None

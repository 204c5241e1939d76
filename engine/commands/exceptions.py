"""`miradot exceptions list`: what waits for people, by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.clock import SystemClock, write_time
from engine.commands.delivery import open_database, read_flow
from engine.commands.run import Refused
from engine.problem import Failure
from engine.report.exceptions import EXCEPTIONS_SCHEMA, Cause, ExceptionRow, ExceptionsDocument
from engine.settings import Settings, read_settings
from engine.state.database import Connection
from engine.state.reviews import Entry, OpenState, Wanted, list_exceptions, read_exception
from engine.sync.causes import CAUSES
from engine.sync.flow import Flow


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One call of `miradot exceptions list`."""

    owner: str
    code: str
    order: str
    state: OpenState
    rows: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of a cause, and what its owner does about it."""

    say: str
    do: str


def list_all(request: ListRequest) -> ExceptionsDocument:
    """Give the exceptions that are asked for, by cause, the oldest cause first."""
    settings, clock = read_settings(), SystemClock()
    database = open_database(settings, clock)
    wanted = Wanted(
        owner=request.owner, code=request.code, order=request.order, state=request.state
    )
    with database.transaction() as connection:
        found = list_exceptions(connection, wanted)
    database.close()
    return {
        "schema": EXCEPTIONS_SCHEMA,
        "at": write_time(clock.now()),
        "state": request.state,
        "causes": group(found, read_advice(settings), rows=request.rows),
    }


def group(
    found: Sequence[Entry], advice: Mapping[tuple[str, str], Advice], *, rows: bool
) -> list[Cause]:
    """Give exceptions by cause, the cause that waits longest first."""

    def key(one: Entry) -> tuple[str, str, str, str]:
        return one.code, one.owner, one.level, one.flow

    causes: list[Cause] = []
    for (code, owner, level, flow), given in groupby(sorted(found, key=key), key=key):
        entries = sorted(given, key=lambda one: (one.opened_at, one.id))
        known = advice.get((flow, code)) or advise(code, entries[0].message)
        cause: Cause = {
            "code": code,
            "level": level,
            "owner": owner,
            "mapping": flow,
            "say": known.say,
            "first": entries[0].message,
            "do": known.do,
            "exceptions": len(entries),
            "orders": len({one.order_key for one in entries}),
            "oldest": entries[0].opened_at,
        }
        if rows:
            cause["rows"] = [as_row(one) for one in entries]
        causes.append(cause)
    return sorted(causes, key=lambda one: (one["oldest"], one["code"]))


def read_advice(settings: Settings) -> dict[tuple[str, str], Advice]:
    """Give what the mapping in force says of its causes.

    One that is broken or not there must not hide what waits: then less is said.
    """
    if settings.mapping is None:
        return {}
    try:
        flow = read_flow(settings.mapping, settings.brand)
    except (Refused, Failure):
        return {}
    return advice_of(flow)


def advice_of(flow: Flow) -> dict[tuple[str, str], Advice]:
    """Give what a mapping says of its causes."""
    rules = flow.mapping.checked.spec.exceptions
    return {(flow.name, code): Advice(rule.say, rule.do or "") for code, rule in rules.items()}


def advise(code: str, message: str) -> Advice:
    """Give what delivery itself says of a cause, else the sentence of one exception."""
    cause = CAUSES.get(code)
    return Advice(cause.say, cause.do) if cause is not None else Advice(message, "")


def as_row(one: Entry) -> ExceptionRow:
    """Give an exception as it is printed."""
    row: ExceptionRow = {
        "id": one.id,
        "code": one.code,
        "level": one.level,
        "owner": one.owner,
        "mapping": one.flow,
        "order": one.order_key,
        "message": one.message,
        "opened_at": one.opened_at,
    }
    if one.closed_at is not None:
        row["closed_at"] = one.closed_at
        row["closed_by"] = one.closed_by or ""
        row["note"] = one.note or ""
    return row


def require_exception(connection: Connection, number: int) -> Entry:
    """Give an exception by its number; Failure where there is none."""
    entry = read_exception(connection, number)
    if entry is None:
        raise Failure(f"there is no exception {number}; miradot exceptions list shows them")
    return entry


def require_flow(entry: Entry, flow: Flow) -> None:
    """Raise Failure for an exception of another mapping."""
    if entry.flow != flow.name:
        raise Failure(
            f'exception {entry.id} is of the mapping "{entry.flow}", not of "{flow.name}";'
            " name its file with --mapping"
        )

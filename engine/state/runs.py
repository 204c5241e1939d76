"""Runs: what ran, when, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, takewhile
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, select, update

from engine.clock import write_time
from engine.state.tables import RUN
from engine.state.writing import insert_new

Kind = Literal["sync", "send", "backfill", "replay", "forget"]
RUNNING = "running"
DELIVERING: tuple[Kind, ...] = ("sync", "send", "backfill")
"""Runs by which a flow is kept in step; those for single orders or people say nothing of it."""
_ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended; `figures` by name, `note` a sentence for people."""

    state: Literal["done", "failed", "stopped"]
    figures: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A run; `ended_at` is None while it goes on, or when its process was killed."""

    id: str
    flow: str
    kind: str
    started_at: str
    ended_at: str | None
    state: str
    figures: dict[str, Any]
    note: str


@dataclass(frozen=True, slots=True)
class Failing:
    """Runs that failed one after another, up to the last: how many, since when, and its note."""

    number: int
    since: str | None
    note: str


def start_run(connection: Connection, flow: str, kind: Kind, now: datetime) -> str:
    """Note that a run starts; give its id. Ids sort as their starts do."""
    stamp = write_time(now)
    compact = stamp.replace("-", "").replace(":", "")
    row = {"flow": flow, "kind": kind, "started_at": stamp, "state": RUNNING}
    row |= {"figures": "{}", "note": ""}
    # Several may start in one microsecond; without chance, so that a rehearsal repeats itself.
    return next(
        name
        for number in count(1)
        if insert_new(connection, RUN, [{"id": (name := f"{compact}-{number:03}"), **row}])
    )


def end_run(connection: Connection, run: str, ending: Ending, now: datetime) -> None:
    """Note how a run ended; one that has ended stays as it is."""
    connection.execute(
        update(RUN)
        .where(RUN.c.id == run, RUN.c.ended_at.is_(None))
        .values(
            state=ending.state,
            figures=orjson.dumps(ending.figures).decode(),
            note=ending.note,
            ended_at=write_time(now),
        )
    )


def list_runs(connection: Connection, flow: str | None = None, limit: int = 20) -> list[Run]:
    """Give the newest runs, of one flow or of all, newest first."""
    wanted = select(
        RUN.c.id,
        RUN.c.flow,
        RUN.c.kind,
        RUN.c.started_at,
        RUN.c.ended_at,
        RUN.c.state,
        RUN.c.figures,
        RUN.c.note,
    )
    if flow is not None:
        wanted = wanted.where(RUN.c.flow == flow)
    found = connection.execute(wanted.order_by(RUN.c.id.desc()).limit(limit))
    return [Run(*row[:6], orjson.loads(row.figures), row.note) for row in found]


def read_failing(connection: Connection, flow: str) -> Failing:
    """Give the newest runs of a flow that failed one after another; what still runs is left out."""
    wanted = (
        select(RUN.c.state, RUN.c.ended_at, RUN.c.note)
        .where(RUN.c.flow == flow, RUN.c.kind.in_(DELIVERING), RUN.c.state.in_(("done", "failed")))
        .order_by(RUN.c.id.desc())
        .limit(_ENOUGH)
    )
    failed = list(takewhile(lambda row: row.state == "failed", connection.execute(wanted)))
    if not failed:
        return Failing(0, None, "")
    return Failing(len(failed), failed[-1].ended_at, failed[0].note)

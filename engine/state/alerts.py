"""Alerts: how each stands, and the notices of its changes, each sent by one process only.

A notice is `due`, `sending`, then `sent`; `unknown` where nobody knows whether it went, and it is
not sent again; `dropped` where it has become untrue, or was tried for too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select, update

from engine.clock import write_time
from engine.state.tables import ALERT, NOTICE
from engine.state.writing import insert_new, put_rows

NoticeState = Literal["due", "sending", "sent", "unknown", "dropped"]
Ended = Literal["sent", "unknown", "dropped"]
# Longer than any service is waited for.
_LOST = timedelta(minutes=10)


class AlertKey(NamedTuple):
    """What an alert is about: a kind of one flow, and a part of it where there are several."""

    flow: str
    kind: str
    part: str


@dataclass(frozen=True, slots=True)
class AlertState:
    """How an alert stands; times are texts of `write_time`.

    `since` is when it became so, `turning` since when its figure says otherwise, `flips` how often
    it has changed. `said` and `cause` hold nothing personal.
    """

    raised: bool
    since: str
    turning: str | None = None
    flips: int = 0
    said: str = ""
    cause: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is told of a change; `target` names the route, never its address."""

    key: AlertKey
    flip: int
    target: str
    raised: bool
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """A notice and what became of it."""

    key: AlertKey
    flip: int
    target: str
    raised: bool
    state: NoticeState
    attempts: int
    said: str
    made_at: str
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice that this process is to send; `attempts` were made before."""

    notice: Notice
    attempts: int
    made_at: str


def lock_alerts(
    connection: Connection, flow: str, keys: Sequence[AlertKey], now: datetime
) -> dict[AlertKey, AlertState]:
    """Give how the alerts of a flow stand; nobody else changes them until the transaction ends."""
    moment = write_time(now)
    calm = {"raised": False, "since": moment, "flips": 0, "said": "", "cause": "", "owner": ""}
    insert_new(connection, ALERT, [{**key._asdict(), **calm} for key in keys])
    return _read(connection, flow, lock=True)


def read_alerts(connection: Connection, flow: str) -> dict[AlertKey, AlertState]:
    """Give how the alerts of a flow stand."""
    return _read(connection, flow, lock=False)


def put_alerts(connection: Connection, states: Iterable[tuple[AlertKey, AlertState]]) -> None:
    """Note how alerts stand."""
    rows = [
        {
            **key._asdict(),
            "raised": one.raised,
            "since": one.since,
            "turning": one.turning,
            "flips": one.flips,
            "said": one.said,
            "cause": one.cause,
            "owner": one.owner,
        }
        for key, one in states
    ]
    put_rows(connection, ALERT, rows)


def add_notices(connection: Connection, notices: Iterable[Notice], now: datetime) -> int:
    """Note what is to be told; one that is there already stays. Give how many are new."""
    moment = write_time(now)
    rows = [
        {
            **one.key._asdict(),
            "flip": one.flip,
            "target": one.target,
            "raised": one.raised,
            "title": one.title,
            "body": one.body,
            "state": "due",
            "attempts": 0,
            "said": "",
            "not_before": moment,
            "made_at": moment,
        }
        for one in notices
    ]
    return insert_new(connection, NOTICE, rows)


def list_told(connection: Connection, key: AlertKey, flip: int) -> list[str]:
    """Give the targets that were told of a change, or may have been."""
    told = NOTICE.c.state.in_(("sent", "sending", "unknown"))
    wanted = select(NOTICE.c.target).where(_of(key), NOTICE.c.flip == flip, told)
    return list(connection.execute(wanted.order_by(NOTICE.c.target)).scalars())


def drop_untrue(connection: Connection, key: AlertKey, flip: int, now: datetime) -> int:
    """Let be what was to be told of former changes of an alert; give how many notices."""
    untrue = update(NOTICE).where(_of(key), NOTICE.c.flip < flip, NOTICE.c.state == "due")
    return connection.execute(
        untrue.values(state="dropped", said="it had changed again", ended_at=write_time(now))
    ).rowcount


def take_notice(connection: Connection, flow: str, now: datetime) -> Taken | None:
    """Give a notice that is due, marked as being sent by whoever asks; None where there is none."""
    table, moment = NOTICE, write_time(now)
    row = connection.execute(
        select(
            *(table.c.kind, table.c.part, table.c.flip, table.c.target, table.c.raised),
            *(table.c.title, table.c.body, table.c.attempts, table.c.made_at),
        )
        .where(table.c.flow == flow, table.c.state == "due", table.c.not_before <= moment)
        .order_by(table.c.made_at, table.c.kind, table.c.part, table.c.target)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    notice = Notice(AlertKey(flow, row.kind, row.part), *row[2:7])
    begun = update(table).where(_is(notice)).values(state="sending", begun_at=moment)
    connection.execute(begun)
    return Taken(notice, row.attempts, row.made_at)


def end_notice(
    connection: Connection, notice: Notice, ended: Ended, said: str, now: datetime
) -> None:
    """Note what became of a notice that this process sent; `said` is a few words of ours."""
    values = {"state": ended, "said": said, "ended_at": write_time(now)}
    connection.execute(
        update(NOTICE).where(_is(notice)).values(**values, attempts=NOTICE.c.attempts + 1)
    )


def put_off(connection: Connection, notice: Notice, said: str, until: datetime) -> None:
    """Let a notice that did not go be tried again at a moment."""
    values = {"state": "due", "said": said, "not_before": write_time(until)}
    connection.execute(
        update(NOTICE).where(_is(notice)).values(**values, attempts=NOTICE.c.attempts + 1)
    )


def close_lost(connection: Connection, flow: str, now: datetime) -> int:
    """Close what a process began to send and that never ended; give how many notices.

    Nobody knows whether they went; they are not sent again.
    """
    table = NOTICE
    lost = update(table).where(
        table.c.flow == flow, table.c.state == "sending", table.c.begun_at < write_time(now - _LOST)
    )
    said = "the process ended while it was being sent"
    return connection.execute(
        lost.values(state="unknown", said=said, ended_at=write_time(now))
    ).rowcount


def list_notices(connection: Connection, flow: str) -> list[NoticeEntry]:
    """Give the notices of a flow's alerts as they stand now, the oldest first."""
    table = NOTICE
    current = and_(
        *(ALERT.c[name] == table.c[name] for name in ("flow", "kind", "part")),
        ALERT.c.flips == table.c.flip,
    )
    rows = connection.execute(
        select(
            *(table.c.kind, table.c.part, table.c.flip, table.c.target, table.c.raised),
            *(table.c.state, table.c.attempts, table.c.said, table.c.made_at, table.c.ended_at),
        )
        .join(ALERT, current)
        .where(table.c.flow == flow)
        .order_by(table.c.made_at, table.c.kind, table.c.part, table.c.target)
    )
    return [NoticeEntry(AlertKey(flow, row.kind, row.part), *tuple(row)[2:]) for row in rows]


def _read(connection: Connection, flow: str, *, lock: bool) -> dict[AlertKey, AlertState]:
    table = ALERT
    wanted = (
        select(
            *(table.c.kind, table.c.part, table.c.raised, table.c.since, table.c.turning),
            *(table.c.flips, table.c.said, table.c.cause, table.c.owner),
        )
        .where(table.c.flow == flow)
        .order_by(table.c.kind, table.c.part)
    )
    rows = connection.execute(wanted.with_for_update() if lock else wanted)
    return {AlertKey(flow, row.kind, row.part): AlertState(*row[2:]) for row in rows}


def _of(key: AlertKey) -> ColumnElement[bool]:
    return and_(NOTICE.c.flow == key.flow, NOTICE.c.kind == key.kind, NOTICE.c.part == key.part)


def _is(notice: Notice) -> ColumnElement[bool]:
    return and_(_of(notice.key), NOTICE.c.flip == notice.flip, NOTICE.c.target == notice.target)

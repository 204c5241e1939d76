"""Order versions: landed once per content, and each ended in one of four ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, and_, bindparam, func, select, update

from engine.clock import write_time
from engine.state.parts import in_parts
from engine.state.tables import LEDGER, ORDER_VERSION, PERSON
from engine.state.writing import insert_new, put_rows

Lane = Literal["event", "batch"]
Ending = Literal["sent", "unchanged", "held", "rejected"]


@dataclass(frozen=True, slots=True)
class Landed:
    """One order as it came; `version` is '' where the mapping could not read it.

    `person` and `addresses` are whoever it names, to see whether they were erased; not stored.
    """

    order_key: str
    content_sha256: str
    version: str
    payload: str
    subject: str
    person: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that has not ended yet."""

    id: int
    order_key: str
    version: str
    payload: str
    subject: str
    shop: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """The figures of an order as last decided; `share` and `money` are JSON."""

    order_key: str
    person: str
    version: str
    order_version_id: int
    share: str
    money: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """How orders came: for which flow and lane, in which run, when, and of which shop."""

    flow: str
    lane: Lane
    run: str
    now: datetime
    shop: str = ""


def land_orders(connection: Connection, orders: Iterable[Landed], arrival: Arrival) -> int:
    """Store what came; give how many contents were new."""
    # By order: two that land the same ones wait for each other, not in a ring.
    given = sorted(orders, key=lambda one: one.order_key)
    people = {one.subject: {"subject": one.subject, "epoch": 0, "attempts": 0} for one in given}
    insert_new(connection, PERSON, people.values())
    rows = [
        {
            "flow": arrival.flow,
            "order_key": one.order_key,
            "content_sha256": one.content_sha256,
            "version": one.version,
            "payload": one.payload,
            "lane": arrival.lane,
            "subject": one.subject,
            "landed_at": write_time(arrival.now),
            "run": arrival.run,
            "shop": arrival.shop,
        }
        for one in given
    ]
    return insert_new(connection, ORDER_VERSION, rows)


_LIST_CONTENTS = select(ORDER_VERSION.c.order_key, ORDER_VERSION.c.content_sha256).where(
    ORDER_VERSION.c.flow == bindparam("flow"),
    ORDER_VERSION.c.order_key.in_(bindparam("order_keys", expanding=True)),
)


def list_contents(
    connection: Connection, flow: str, orders: Sequence[Landed]
) -> set[tuple[str, str]]:
    """Give key and digest of those of some orders that were stored before."""
    found = set[tuple[str, str]]()
    for part in in_parts(orders):
        keys = [one.order_key for one in part]
        rows = connection.execute(_LIST_CONTENTS, {"flow": flow, "order_keys": keys})
        found |= {(row[0], row[1]) for row in rows}
    return found & {(one.order_key, one.content_sha256) for one in orders}


_LIST_WAITING = (
    select(
        ORDER_VERSION.c.id,
        ORDER_VERSION.c.order_key,
        ORDER_VERSION.c.version,
        ORDER_VERSION.c.payload,
        ORDER_VERSION.c.subject,
        ORDER_VERSION.c.shop,
    )
    .where(
        ORDER_VERSION.c.flow == bindparam("flow"),
        ORDER_VERSION.c.subject == bindparam("subject"),
        ORDER_VERSION.c.outcome.is_(None),
    )
    .order_by(ORDER_VERSION.c.version, ORDER_VERSION.c.shown, ORDER_VERSION.c.id)
)


def list_waiting(connection: Connection, flow: str, subject: str) -> list[Waiting]:
    """Give the versions of a subject that wait, in the order in which they are to be taken."""
    found = connection.execute(_LIST_WAITING, {"flow": flow, "subject": subject})
    return [Waiting(*row) for row in found]


_NEWEST_SETTLED = (
    select(ORDER_VERSION.c.version, ORDER_VERSION.c.id)
    .where(
        ORDER_VERSION.c.flow == bindparam("flow"),
        ORDER_VERSION.c.order_key == bindparam("order_key"),
        ORDER_VERSION.c.outcome.is_not(None),
        ORDER_VERSION.c.version != "",
    )
    .order_by(
        ORDER_VERSION.c.version.desc(), ORDER_VERSION.c.shown.desc(), ORDER_VERSION.c.id.desc()
    )
    .limit(1)
)


def newest_settled(connection: Connection, flow: str, order_key: str) -> tuple[str, int] | None:
    """Give version and id of the newest version of an order that has ended; None without one."""
    wanted = {"flow": flow, "order_key": order_key}
    row = connection.execute(_NEWEST_SETTLED, wanted).one_or_none()
    return (row[0], row[1]) if row is not None else None


@dataclass(frozen=True, slots=True)
class End:
    """How a version ended, why (a sentence), and by which mapping."""

    outcome: Ending
    because: str
    spec_sha256: str


# What is set comes with the parameters, by the names of the columns.
_UPDATE_VERSION = update(ORDER_VERSION).where(ORDER_VERSION.c.id == bindparam("row"))


def settle_version(connection: Connection, version_id: int, end: End, now: datetime) -> None:
    """End a version."""
    ended = {
        "row": version_id,
        "outcome": end.outcome,
        "because": end.because,
        "spec_sha256": end.spec_sha256,
        "settled_at": write_time(now),
    }
    connection.execute(_UPDATE_VERSION, ended)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a version ended, why, and when."""

    outcome: str
    because: str
    settled_at: str


def read_ended(connection: Connection, version_id: int) -> Ended | None:
    """Give how a version ended; None for one that waits, or is gone."""
    table = ORDER_VERSION
    row = connection.execute(
        select(table.c.outcome, table.c.because, table.c.settled_at).where(
            table.c.id == version_id, table.c.outcome.is_not(None)
        )
    ).one_or_none()
    return Ended(row[0], row[1] or "", row[2]) if row is not None else None


def find_version(connection: Connection, flow: str, landed: Landed) -> int:
    """Give the number of a version that was stored."""
    table = ORDER_VERSION
    found = connection.execute(
        select(table.c.id).where(
            table.c.flow == flow,
            table.c.order_key == landed.order_key,
            table.c.content_sha256 == landed.content_sha256,
        )
    )
    return int(found.scalar_one())


def find_subject(connection: Connection, version_id: int) -> str | None:
    """Give whose version it is; None for one that is gone."""
    table = ORDER_VERSION
    found = connection.execute(select(table.c.subject).where(table.c.id == version_id))
    return found.scalar_one_or_none()


def reopen_versions(connection: Connection, ids: Iterable[int]) -> None:
    """Let versions wait again, so that they are planned anew."""
    connection.execute(
        update(ORDER_VERSION)
        .where(ORDER_VERSION.c.id.in_(list(ids)))
        .values(outcome=None, because=None, settled_at=None)
    )


def newest_version_ids(connection: Connection, flow: str, order_keys: Sequence[str]) -> list[int]:
    """Give the newest version of each order, by Mirakl's time and then by arrival."""
    table, found = ORDER_VERSION, dict[str, int]()
    rows = connection.execute(
        select(table.c.order_key, table.c.id)
        .where(table.c.flow == flow, table.c.order_key.in_(order_keys))
        .order_by(table.c.version, table.c.shown, table.c.id)
    )
    for key, number in rows:
        found[key] = number
    return list(found.values())


def move_subject(connection: Connection, version_id: int, subject: str) -> None:
    """Give a waiting version to another subject, whose writer takes it from there."""
    row = {"subject": subject, "epoch": 0, "attempts": 0}
    insert_new(connection, PERSON, [row])
    connection.execute(_UPDATE_VERSION, {"row": version_id, "subject": subject})


def count_waiting(connection: Connection, flow: str) -> dict[str, int]:
    """Give how many versions wait, by lane."""
    table = ORDER_VERSION
    rows = connection.execute(
        select(table.c.lane, func.count())
        .where(table.c.flow == flow, table.c.outcome.is_(None))
        .group_by(table.c.lane)
    )
    return {row[0]: row[1] for row in rows}


def count_outcomes(connection: Connection, flow: str, since: str = "") -> dict[str, int]:
    """Give how many versions ended how since a time (text of `write_time`)."""
    table = ORDER_VERSION
    rows = connection.execute(
        select(table.c.outcome, func.count())
        .where(
            and_(table.c.flow == flow, table.c.outcome.is_not(None), table.c.settled_at >= since)
        )
        .group_by(table.c.outcome)
    )
    return {row[0]: row[1] for row in rows}


def count_of_run(connection: Connection, flow: str, run: str) -> dict[str | None, int]:
    """Give how the versions ended that a run landed; None for those that wait."""
    table = ORDER_VERSION
    rows = connection.execute(
        select(table.c.outcome, func.count())
        .where(table.c.flow == flow, table.c.run == run)
        .group_by(table.c.outcome)
    )
    return {row[0]: row[1] for row in rows}


def write_ledger(connection: Connection, flow: str, row: LedgerRow, now: datetime) -> None:
    """Put the figures of an order in the place of the earlier ones."""
    values = {
        "flow": flow,
        "order_key": row.order_key,
        "person": row.person,
        "version": row.version,
        "order_version_id": row.order_version_id,
        "share": row.share,
        "money": row.money,
        "updated_at": write_time(now),
    }
    put_rows(connection, LEDGER, [values])


_LEDGER = select(
    LEDGER.c.order_key,
    LEDGER.c.person,
    LEDGER.c.version,
    LEDGER.c.order_version_id,
    LEDGER.c.share,
    LEDGER.c.money,
).where(LEDGER.c.flow == bindparam("flow"))
_LEDGER_OF_PERSON = _LEDGER.where(LEDGER.c.person == bindparam("person"))
_LEDGER_OF_ORDER = _LEDGER.where(LEDGER.c.order_key == bindparam("order_key"))


def list_ledger(connection: Connection, flow: str, person: str) -> list[LedgerRow]:
    """Give the figures of every order of a person."""
    rows = connection.execute(_LEDGER_OF_PERSON, {"flow": flow, "person": person})
    return [LedgerRow(*row) for row in rows]


def read_ledger(connection: Connection, flow: str, order_key: str) -> LedgerRow | None:
    """Give the figures of one order, None where none were decided."""
    wanted = {"flow": flow, "order_key": order_key}
    row = connection.execute(_LEDGER_OF_ORDER, wanted).one_or_none()
    return LedgerRow(*row) if row is not None else None


_PERSONS_OF_ORDERS = select(LEDGER.c.order_key, LEDGER.c.person).where(
    LEDGER.c.flow == bindparam("flow"),
    LEDGER.c.order_key.in_(bindparam("order_keys", expanding=True)),
)


def persons_of_orders(
    connection: Connection, flow: str, order_keys: Sequence[str]
) -> dict[str, str]:
    """Give the person of each order that the ledger holds."""
    wanted = {"flow": flow, "order_keys": order_keys}
    rows = connection.execute(_PERSONS_OF_ORDERS, wanted)
    return {row[0]: row[1] for row in rows}

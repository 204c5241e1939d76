"""What is old enough goes; what waits, and what figures rest on, stays."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, text

from engine.clock import write_time
from engine.problem import Failure
from engine.state.alerts import (
    AlertKey,
    AlertState,
    Notice,
    add_notices,
    end_notice,
    lock_alerts,
    put_alerts,
)
from engine.state.database import Database, DatabaseUnavailable
from engine.state.measurements import Measured, keep_measurement, list_history, read_latest
from engine.state.outbox import ACCEPTED, DONE, READY, REFUSED, SENDING, SUPERSEDED, UNKNOWN
from engine.state.retention import Retention, compact, purge
from engine.state.tables import (
    AUDIT,
    CALL,
    CONSENT_EVENT,
    EXCEPTION,
    LEDGER,
    NOTICE,
    ORDER_VERSION,
    RING_SEEN,
    RUN,
    TOMBSTONE,
)
from tests.state.databases import NOW, opened

POLICY = Retention(
    payloads=30,
    bodies=30,
    runs=90,
    reads=90,
    exceptions=90,
    rings=2,
    measurements=90,
    audit=700,
    notices=90,
)
CANARY = "jo.canary@example.com"


def ago(days: float) -> str:
    return write_time(NOW - timedelta(days=days))


def add_version(connection: Connection, content: str, **more: object) -> int:
    values: dict[str, object] = {
        "flow": "orders",
        "order_key": "ORD-1",
        "content_sha256": content,
        "version": "2026-01-01T09:00:00Z",
        "payload": f'{{"id": "{content}"}}',
        "lane": "event",
        "subject": "p1",
        "landed_at": ago(60),
        "run": "r",
        "outcome": "sent",
        "settled_at": ago(31),
        **more,
    }
    made = connection.execute(insert(ORDER_VERSION).values(values).returning(ORDER_VERSION.c.id))
    return int(made.scalar_one())


def add_call(connection: Connection, version: int, state: str, answered_at: str | None) -> None:
    values: dict[str, object] = {
        "flow": "orders",
        "call_id": f"{state}-{answered_at}",
        "order_version_id": version,
        "order_key": "ORD-1",
        "subject": "p1",
        "send": "contact",
        "operation": "contacts.create",
        "idempotent": False,
        "method": "POST",
        "path": "/contacts/v3",
        "query": '{"page": "1"}',
        "body": '{"email": "jo@example.com"}',
        "digest": "d",
        "spec_sha256": "s",
        "state": state,
        "made_at": ago(60),
        "answered_at": answered_at,
    }
    connection.execute(insert(CALL).values(values))


def add_exception(connection: Connection, version: int | None, closed_at: str | None) -> None:
    values: dict[str, object] = {
        "flow": "orders",
        "order_key": "ORD-1",
        "order_version_id": version,
        "subject": "p1",
        "code": "OVER_REFUNDED",
        "level": "hold",
        "owner": "finance",
        "message": "m",
        "place": "",
        "rule": "",
        "retry": "never",
        "opened_at": ago(400),
        "closed_at": closed_at,
    }
    connection.execute(insert(EXCEPTION).values(values))


def add_ledger(connection: Connection, version: int) -> None:
    values = {"flow": "orders", "order_key": "ORD-1", "person": "p1", "version": "v"}
    rest = {"order_version_id": version, "share": "{}", "money": "{}", "updated_at": ago(900)}
    connection.execute(insert(LEDGER).values({**values, **rest}))


def contents(connection: Connection) -> dict[str, bool]:
    """Tell of each version whether its payload is still there."""
    found = connection.execute(select(ORDER_VERSION.c.content_sha256, ORDER_VERSION.c.payload))
    return {row.content_sha256: row.payload != "" for row in found}


def test_older_versions_lose_their_payload_and_nothing_else(database: Database) -> None:
    with database.transaction() as connection:
        add_version(connection, "old")
        add_version(connection, "young", settled_at=ago(29))
        add_version(connection, "waiting", outcome=None, settled_at=None)
        add_version(connection, "newest")
        assert purge(connection, POLICY, NOW)["order_version"] == 1
        assert contents(connection) == {
            "old": False,
            "young": True,
            "waiting": True,
            "newest": True,
        }
        assert purge(connection, POLICY, NOW)["order_version"] == 0


def test_the_newest_by_its_own_word_stays_though_an_older_landed_later(database: Database) -> None:
    with database.transaction() as connection:
        add_version(connection, "newest", version="2026-01-03T09:00:00Z")
        add_version(connection, "older", version="2026-01-01T09:00:00Z")
        add_version(connection, "middle", version="2026-01-02T09:00:00Z")
        purge(connection, POLICY, NOW)
        assert contents(connection) == {"newest": True, "older": False, "middle": True}


def test_orders_and_flows_are_apart(database: Database) -> None:
    with database.transaction() as connection:
        add_version(connection, "one")
        add_version(connection, "two", order_key="ORD-2")
        add_version(connection, "three", flow="shipments")
        purge(connection, POLICY, NOW)
        assert all(contents(connection).values())


def test_a_payload_that_something_rests_on_stays(database: Database) -> None:
    with database.transaction() as connection:
        add_ledger(connection, add_version(connection, "in the ledger"))
        add_exception(connection, add_version(connection, "open"), None)
        add_exception(connection, add_version(connection, "closed"), ago(1))
        add_call(connection, add_version(connection, "unknown call"), UNKNOWN, ago(40))
        add_call(connection, add_version(connection, "done call"), DONE, ago(40))
        add_version(connection, "newest")
        purge(connection, POLICY, NOW)
        kept = {content for content, there in contents(connection).items() if there}
    assert kept == {"in the ledger", "open", "unknown call", "newest"}


@pytest.mark.parametrize("state", [DONE, REFUSED, SUPERSEDED])
def test_calls_that_ended_lose_their_body(database: Database, state: str) -> None:
    with database.transaction() as connection:
        add_call(connection, 1, state, ago(31))
        add_call(connection, 1, state, ago(29))
        assert purge(connection, POLICY, NOW)["call"] == 1
        left = connection.execute(select(CALL.c.body, CALL.c.query, CALL.c.digest)).all()
    assert min(tuple(row) for row in left) == ("", "{}", "d")
    assert sorted(row.body != "" for row in left) == [False, True]


@pytest.mark.parametrize("state", [READY, SENDING, ACCEPTED, UNKNOWN])
def test_calls_that_wait_keep_their_body(database: Database, state: str) -> None:
    with database.transaction() as connection:
        add_call(connection, 1, state, ago(900))
        assert purge(connection, POLICY, NOW)["call"] == 0


def test_rows_go_table_by_table(database: Database) -> None:
    run = {"flow": "orders", "kind": "sync", "started_at": ago(400)}
    with database.transaction() as connection:
        for days in (89, 91):
            at = ago(days)
            add_exception(connection, None, at)
            ended = {**run, "id": f"ended-{days}", "state": "done", "ended_at": at}
            connection.execute(insert(RUN).values(ended))
            for kind in ("read", "decided", "created", "withdrawn"):
                event = {"subject": "p1", "at": at, "kind": kind, "status": "subscribed"}
                connection.execute(insert(CONSENT_EVENT).values(event))
        add_exception(connection, None, None)
        connection.execute(insert(RUN).values({**run, "id": "going on", "state": "running"}))
        for days in (1, 3):
            ring = {"message": f"m{days}", "seen_at": ago(days)}
            connection.execute(insert(RING_SEEN).values(ring))
        for days in (699, 701):
            deed = {"at": ago(days), "who": f"somebody {days}", "act": "revealed"}
            connection.execute(insert(AUDIT).values(deed))
        stone = {"digest": "d", "kind": "person", "made_at": ago(9_000)}
        connection.execute(insert(TOMBSTONE).values(stone))
        add_ledger(connection, 1)

        assert purge(connection, POLICY, NOW) == {
            "order_version": 0,
            "call": 0,
            "run": 1,
            "consent_event": 1,
            "exception": 1,
            "ring_seen": 1,
            "measurement": 0,
            "notice": 0,
            "audit": 1,
        }
        assert sorted(connection.execute(select(RUN.c.id)).scalars()) == ["ended-89", "going on"]
        kinds = sorted(connection.execute(select(CONSENT_EVENT.c.kind)).scalars())
        assert kinds == sorted(["read", *["decided", "created", "withdrawn"] * 2])
        assert len(connection.execute(select(EXCEPTION.c.id)).all()) == 2
        assert list(connection.execute(select(RING_SEEN.c.message)).scalars()) == ["m1"]
        assert list(connection.execute(select(AUDIT.c.who)).scalars()) == ["somebody 699"]
        assert len(connection.execute(select(TOMBSTONE.c.digest)).all()) == 1
        assert len(connection.execute(select(LEDGER.c.person)).all()) == 1


def test_figures_of_former_measurements_go_and_the_latest_stays(database: Database) -> None:
    with database.transaction() as connection:
        for days in (300, 200, 20):
            old = Measured("orders", "drift", ago(days), ok=True, found=0, cause="", figure=0.0)
            keep_measurement(connection, old, {"days": days})
        latest = Measured("orders", "usability", ago(300), ok=True, found=0, cause="", figure=0.0)
        keep_measurement(connection, latest, {"days": 300})
        assert purge(connection, POLICY, NOW)["measurement"] == 2
        assert [one.at for one in list_history(connection, "orders", "drift")] == [ago(20)]
        assert read_latest(connection, "orders", "usability") is not None


def test_notices_of_former_changes_go_and_those_of_how_it_stands_stay(database: Database) -> None:
    key = AlertKey("orders", "failure", "")
    with database.transaction() as connection:
        lock_alerts(connection, "orders", [key], NOW)
        put_alerts(connection, [(key, AlertState(raised=True, since=ago(300), flips=3))])
        for flip in (1, 2, 3):
            told = Notice(key, flip, "default 1", raised=True, title="", body="")
            add_notices(connection, [told], NOW)
            end_notice(
                connection, told, "sent", "taken", NOW - timedelta(days=100 - 20 * (flip == 2))
            )
        assert purge(connection, POLICY, NOW)["notice"] == 1
        kept = connection.execute(select(NOTICE.c.flip).order_by(NOTICE.c.flip)).scalars()
        assert list(kept) == [2, 3]


def test_less_than_a_day_is_refused() -> None:
    with pytest.raises(Failure, match="rings must be kept for a day or longer"):
        Retention(rings=0)


def fill(connection: Connection, orders: int) -> None:
    for number in range(orders):
        payload = f'{{"email": "{CANARY}", "note": "{"x" * (number * 37 % 9_000)}"}}'
        add_version(connection, f"c{number}", order_key=f"ORD-{number}", payload=payload)


def holding_canary(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if CANARY.encode() in path.read_bytes())


def test_no_byte_of_what_was_removed_is_left_on_sqlite(prepared_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "miradot.db"
    path.write_bytes(prepared_file.read_bytes())
    with opened(f"sqlite:///{path}") as database:
        with database.transaction() as connection:
            fill(connection, 300)
        assert holding_canary(tmp_path) != []
        with database.transaction() as connection:
            connection.execute(delete(ORDER_VERSION).where(ORDER_VERSION.c.order_key != "ORD-7"))
            connection.execute(text("UPDATE order_version SET payload = ''"))
        assert holding_canary(tmp_path) != []
        compact(database)
        assert holding_canary(tmp_path) == []
        assert path.stat().st_size < 400_000


def test_room_is_given_back_on_postgresql(database: Database) -> None:
    with database.transaction() as connection:
        fill(connection, 50)
        connection.execute(delete(ORDER_VERSION))
    compact(database)
    if not database.is_sqlite:
        with database.transaction() as connection:
            seen = text("SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL")
            assert "order_version" in connection.execute(seen).scalars().all()


def test_a_reader_in_the_way_of_compacting_is_told(prepared_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "miradot.db"
    path.write_bytes(prepared_file.read_bytes())
    reader = sqlite3.connect(path, isolation_level=None)
    with opened(f"sqlite:///{path}", 0.2) as database:
        with database.transaction() as connection:
            fill(connection, 3)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM order_version").fetchone()
        with pytest.raises(DatabaseUnavailable, match=r"locked|reads the database"):
            compact(database)
        reader.execute("COMMIT")
        compact(database)
    reader.close()

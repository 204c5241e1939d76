"""Work in flight of the engine before this one, as `tests.jobs.record` left it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from engine.jobs.dbos.store import open_store
from tests.jobs.workers import ask, working

RECORDED = Path(__file__).parent / "upgrade"
BEFORE = "dbos-3.3.0"
MIGRATED = 123


def load(engine: Engine) -> None:
    script = (RECORDED / f"{BEFORE}.{engine.dialect.name}.sql").read_text(encoding="utf-8")
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            connection.driver_connection.executescript(script)  # type: ignore[union-attr]
        else:
            connection.driver_connection.execute(script.encode())  # type: ignore[union-attr]
            connection.commit()
    finally:
        connection.close()


def test_work_in_flight_of_the_engine_before_ends_under_this_one(
    database_url: str, tmp_path: Path
) -> None:
    engine = open_store(database_url)
    load(engine)
    begun = ask(
        engine,
        "SELECT workflow_uuid FROM {schema}workflow_status"
        " WHERE status IN ('PENDING', 'ENQUEUED') ORDER BY workflow_uuid",
    )
    ended = (
        "SELECT workflow_uuid FROM {schema}workflow_status"
        " WHERE status = 'SUCCESS' ORDER BY workflow_uuid"
    )
    with working("dbos", database_url, tmp_path) as works:
        works.start()
        works.wait_for(lambda: set(begun) <= set(ask(engine, ended)))
    assert len(begun) == 3
    assert int(ask(engine, "SELECT version FROM {schema}dbos_migrations")[0]) > MIGRATED
    engine.dispose()

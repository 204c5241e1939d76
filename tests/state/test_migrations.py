"""The schema comes step by step, whole at every moment, and never from a newer miradot."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select, text

from engine.clock import write_time
from engine.problem import Failure
from engine.state.database import Database
from engine.state.migrations import STEPS, Step, prepare_database
from engine.state.tables import METADATA, SCHEMA_STEP
from tests.state.databases import NOW, opened, prepare


def _add_colour(connection: Connection) -> None:
    if "colour" not in {column["name"] for column in inspect(connection).get_columns("ring")}:
        connection.execute(text("ALTER TABLE ring ADD COLUMN colour TEXT"))


NAMES = [step.name for step in STEPS]
LATER = (*STEPS, Step("9999-colour", _add_colour))


def tables(database: Database) -> set[str]:
    with database.transaction() as connection:
        return set(inspect(connection).get_table_names())


def steps(database: Database) -> dict[str, str]:
    with database.transaction() as connection:
        found = connection.execute(select(SCHEMA_STEP.c.step, SCHEMA_STEP.c.done_at))
        return {row.step: row.done_at for row in found}


def test_an_empty_database_gets_every_table(empty_url: str) -> None:
    with opened(empty_url) as database:
        assert prepare_database(database, NOW) == NAMES
        assert tables(database) == set(METADATA.tables)
        assert steps(database) == dict.fromkeys(NAMES, write_time(NOW))


def test_a_prepared_database_is_left_alone(database: Database) -> None:
    assert prepare_database(database, NOW + timedelta(days=1)) == []
    assert steps(database) == dict.fromkeys(NAMES, write_time(NOW))


def test_an_older_database_takes_the_steps_it_lacks(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            text("INSERT INTO ring (flow, order_key, rung_at) VALUES ('f', 'ORD-1', 't')")
        )
    assert prepare_database(database, NOW, LATER) == ["9999-colour"]
    with database.transaction() as connection:
        row = connection.execute(text("SELECT order_key, colour FROM ring")).one()
    assert tuple(row) == ("ORD-1", None)


def test_a_step_that_fails_leaves_nothing_behind(database: Database) -> None:
    def fail(connection: Connection) -> None:
        _add_colour(connection)
        raise Failure("stopped")

    with pytest.raises(Failure, match="stopped"):
        prepare_database(database, NOW, (*STEPS, Step("9999-colour", fail)))
    assert list(steps(database)) == NAMES
    assert prepare_database(database, NOW, LATER) == ["9999-colour"]


def test_a_database_of_a_newer_miradot_is_refused(database: Database) -> None:
    prepare_database(database, NOW, LATER)
    with pytest.raises(Failure, match='by a newer miradot \\(step "9999-colour"\\)'):
        prepare_database(database, NOW)


def test_a_database_of_somebody_else_is_refused_and_kept(empty_url: str) -> None:
    with opened(empty_url) as database:
        with database.transaction() as connection:
            connection.execute(text("CREATE TABLE shopping (item TEXT)"))
        with pytest.raises(Failure, match='other tables \\("shopping"\\) and none of miradot'):
            prepare_database(database, NOW)
        assert tables(database) == {"shopping"}


def test_processes_that_start_at_once_take_turns(empty_url: str) -> None:
    def start(_number: int) -> list[str]:
        with opened(empty_url) as database:
            return prepare_database(database, NOW, LATER)

    with ThreadPoolExecutor(6) as pool:
        taken = [name for names in pool.map(start, range(6)) for name in names]
    assert sorted(taken) == [*NAMES, "9999-colour"]


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'miradot.db'}") as database:
        prepare_database(database, NOW)
        with database.transaction() as connection:
            connection.execute(text("DELETE FROM ring"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"miradot.db": 0o600, "miradot.db-wal": 0o600, "miradot.db-shm": 0o600}


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r'the folder ".*nowhere" of the database does not exist'):
        prepare(f"sqlite:///{tmp_path / 'nowhere' / 'miradot.db'}")


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="is a folder; a file was expected"):
        prepare(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order,total\n" * 100)
    with pytest.raises(Failure, match="the file is no SQLite database"):
        prepare(f"sqlite:///{path}")
    assert path.read_text() == "order,total\n" * 100


def test_an_old_sqlite_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(f"sqlite:///{tmp_path / 'miradot.db'}") as database:
        driver = database.engine.dialect.loaded_dbapi
        assert driver.sqlite_version_info == sqlite3.sqlite_version_info
        monkeypatch.setattr(driver, "sqlite_version_info", (3, 34, 1))
        with pytest.raises(Failure, match=r"has SQLite 3\.34\.1; 3\.35 or newer is needed"):
            prepare_database(database, NOW)


def test_a_server_out_of_reach_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Failure) as raised:
        prepare(f"postgresql://someone:secret-word@/orders?host={tmp_path}")
    told = str(raised.value)
    assert "No such file or directory" in told
    assert "secret-word" not in told
    assert "\n" not in told

"""What ran, when, and how it ended."""

from __future__ import annotations

from datetime import timedelta

from engine.clock import write_time
from engine.state.database import Database
from engine.state.runs import Ending, Run, end_run, list_runs, start_run
from tests.state.databases import NOW

SOON = NOW + timedelta(seconds=1)


def test_ids_sort_as_runs_start(database: Database) -> None:
    moments = [NOW, NOW, NOW, NOW + timedelta(microseconds=1), SOON]
    with database.transaction() as connection:
        ids = [start_run(connection, "orders", "sync", moment) for moment in moments]
        listed = [run.id for run in list_runs(connection)]
    assert ids == sorted(set(ids))
    assert ids[0] == "20260301T090000.000000Z-001"
    assert listed == ids[::-1]


def test_a_run_tells_how_it_ended(database: Database) -> None:
    with database.transaction() as connection:
        run = start_run(connection, "orders", "backfill", NOW)
        end_run(connection, run, Ending("stopped", {"landed": 7}, "interrupted"), SOON)
        assert list_runs(connection, "orders") == [
            Run(
                run,
                "orders",
                "backfill",
                write_time(NOW),
                write_time(SOON),
                "stopped",
                {"landed": 7},
                "interrupted",
            )
        ]


def test_a_run_ends_once(database: Database) -> None:
    with database.transaction() as connection:
        run = start_run(connection, "orders", "sync", NOW)
        end_run(connection, run, Ending("failed"), SOON)
        end_run(connection, run, Ending("done", {"landed": 1}), SOON)
        [ended] = list_runs(connection)
    assert (ended.state, ended.figures) == ("failed", {})


def test_runs_are_listed_by_flow_and_up_to_a_limit(database: Database) -> None:
    with database.transaction() as connection:
        start_run(connection, "shipments", "sync", NOW)
        mine = [start_run(connection, "orders", "sync", NOW) for _ in range(3)]
        assert [run.id for run in list_runs(connection, "orders", 2)] == mine[:0:-1]

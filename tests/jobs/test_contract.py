"""What must hold of whoever starts jobs, on both databases, whatever dies when."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.jobs.worker import RATE, land
from tests.jobs.workers import (
    NEVER,
    ROOT,
    Sent,
    count_claimed,
    count_left,
    crash,
    drop_engine,
    is_done,
    working,
)
from tests.state.databases import opened, prepare, running_postgres

ADAPTERS = ("inline", "dbos")
KILLS = 20


def went_back(sent: list[Sent]) -> list[str]:
    """Give the people of whom an older version left after a newer one."""
    order = defaultdict(list)
    for one in sent:
        order[one.subject].append(one.version)
    return [subject for subject, versions in order.items() if versions != sorted(versions)]


def most_in_window(moments: list[float], seconds: float) -> int:
    """Give the most calls that any window of a length holds."""
    moments = sorted(moments)
    return max(
        sum(1 for other in moments[number:] if other < first + seconds)
        for number, first in enumerate(moments)
    )


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_two_processes_keep_the_order_of_each_person_and_the_budget_of_all(
    adapter: str, database_url: str, tmp_path: Path
) -> None:
    with opened(database_url) as database, working(adapter, database_url, tmp_path) as works:
        land(database, people=20, versions=8)
        # Whoever is there first serves one person until the other is there as well.
        stay = tmp_path / "stay"
        stay.touch()
        works.start(NEVER)
        works.start(NEVER)
        works.wait_for(lambda: len({one.worker for one in works.read_sink()}) == 2)
        stay.unlink()
        works.wait_for(lambda: count_left(database) == 0)
        sent = works.read_sink()
    assert {one.version for one in sent} == set(range(1, 161))
    assert len({one.worker for one in sent}) == 2
    assert went_back(sent) == []
    assert most_in_window([one.at for one in sent], RATE.seconds) <= RATE.calls


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_twenty_kills_lose_nothing(adapter: str, database_url: str, tmp_path: Path) -> None:
    with opened(database_url) as database, working(adapter, database_url, tmp_path) as works:
        land(database, people=40, versions=4)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.jobs.killing"),
                *(adapter, database_url, str(works.sink), str(KILLS)),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        living = works.start().pid
        works.wait_for(lambda: is_done(database, living))
        sent = works.read_sink()
    times = Counter(one.version for one in sent)
    assert set(times) == set(range(1, 161))
    assert len({one.worker for one in sent}) == KILLS + 1
    # Each worker had one call in hand when it died.
    assert times.total() - 160 <= KILLS
    assert went_back(sent) == []


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_who_is_told_to_stop_gives_back_what_it_holds(
    adapter: str, database_url: str, tmp_path: Path
) -> None:
    with opened(database_url) as database, working(adapter, database_url, tmp_path) as works:
        # More than is done before it is told, however slow that is.
        land(database, people=400, versions=3)
        worker = works.start()
        works.wait_for(lambda: len(works.read_sink()) >= 10)
        assert works.stop(worker) == 0, works.tell_logs()
        sent = works.read_sink()
        # What was begun has ended, and nobody is kept from the rest.
        assert count_left(database) == 1200 - len(sent)
        assert count_claimed(database) == 0
    assert 10 <= len(sent) < 1200


def test_the_work_of_a_dead_process_is_taken_over(database_url: str, tmp_path: Path) -> None:
    hold = tmp_path / "hold-reconcile"
    hold.touch()
    with working("dbos", database_url, tmp_path) as works:
        first = works.start()
        works.wait_for(lambda: len(works.read_sink()) == 1)
        works.start()
        first.kill()
        # A tick is done once, so that the other comes to it by taking over alone.
        works.wait_for(lambda: len(works.read_sink()) == 2)
        hold.unlink()
        workers = {one.worker for one in works.read_sink()}
    assert len(workers) == 2


def test_events_do_not_wait_for_a_batch(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "hold-batches").touch()
    with opened(database_url) as database, working("dbos", database_url, tmp_path) as works:
        land(database, people=3, versions=1, lane="batch")
        works.start()
        works.wait_for(lambda: len(works.read_sink()) == 1)
        land(database, people=5, versions=2)
        works.wait_for(lambda: count_left(database) == 3)
        lanes = Counter(one.lane for one in works.read_sink())
        (tmp_path / "hold-batches").unlink()
        works.wait_for(lambda: count_left(database) == 0)
    assert lanes == {"upkeep": 1, "event": 10}


def test_without_the_tables_of_the_engine_nothing_is_lost(
    database_url: str, tmp_path: Path
) -> None:
    with opened(database_url) as database, working("dbos", database_url, tmp_path) as works:
        land(database, people=30, versions=3)
        worker = works.start()
        works.wait_for(lambda: len(works.read_sink()) >= 10)
        worker.kill()
        worker.wait()
        drop_engine(database_url)
        living = works.start().pid
        works.wait_for(lambda: is_done(database, living))
        assert {one.version for one in works.read_sink()} == set(range(1, 91))


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_crash_of_the_database_is_survived(adapter: str, tmp_path: Path) -> None:
    with running_postgres() as server:
        url = server.make()
        prepare(url)
        with opened(url) as database, working(adapter, url, tmp_path) as works:
            land(database, people=30, versions=3)
            worker = works.start()
            works.wait_for(lambda: len(works.read_sink()) >= 10)
            crash(server)
            works.wait_for(lambda: count_left(database) == 0)
            assert worker.poll() is None, works.tell_logs()
            sent = works.read_sink()
    assert {one.version for one in sent} == set(range(1, 91))
    assert went_back(sent) == []

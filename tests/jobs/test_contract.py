"""What must hold of whoever starts jobs, on both databases, whatever dies when."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.jobs.worker import RATE, land
from tests.jobs.workers import ROOT, Sent, count_left, working
from tests.state.databases import opened

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
        works.start()
        works.start()
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
        works.start()
        works.wait_for(lambda: count_left(database) == 0)
        sent = works.read_sink()
    times = Counter(one.version for one in sent)
    assert set(times) == set(range(1, 161))
    assert len({one.worker for one in sent}) == KILLS + 1
    # Each worker had one call in hand when it died.
    assert times.total() - 160 <= KILLS
    assert went_back(sent) == []

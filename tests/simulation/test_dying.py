"""Killed anywhere, twenty orders are delivered in the end, and nothing of them twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.killing import spread

ROOT = Path(__file__).parent.parent.parent
POINT = "228"
"""Where the answer to the one enrolment is had and not on record, unless points have moved since:
any other will do. `python -m tests.simulation.killing` takes all of them."""


def test_what_was_killed_is_done_in_the_end_and_once() -> None:
    command = [sys.executable, "-m", "tests.simulation.killing", "--lane", "event"]
    done = subprocess.run(
        [*command, "--database", "sqlite", "--point", POINT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "died at 1 of " in done.stdout
    assert "deaths: 1, wrong: 0" in done.stdout


@pytest.mark.parametrize("points", [1, 2, 7, 370])
def test_every_point_is_tried_once_and_the_first_ones_are_spread(points: int) -> None:
    tried = list(spread(points))
    assert sorted(tried) == list(range(1, points + 1))
    half = [one for one in tried[: points // 2] if one <= points / 2]
    assert abs(len(half) - points / 4) <= 1

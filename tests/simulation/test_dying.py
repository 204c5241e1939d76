"""Killed anywhere, twenty orders are delivered in the end, and nothing of them twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
STRIDE = {"event": 71, "batch": 29}
"""A few points only: `python -m tests.simulation.dying` takes all of them."""


@pytest.mark.parametrize("lane", STRIDE)
def test_what_was_killed_is_done_in_the_end_and_once(lane: str, database_url: str) -> None:
    first = {"event": 11, "batch": 7}[lane]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.simulation.dying",
            lane,
            database_url,
            str(STRIDE[lane]),
            str(first),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    assert told["deaths"] >= 3

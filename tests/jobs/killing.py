"""A program that kills workers: `python -m tests.jobs.killing ADAPTER URL SINK KILLS`.

Each worker is killed in the middle of its work, once it has made a few calls. Workers are forked,
so that none takes its time to import.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from tests.jobs.worker import main as work
from tests.jobs.workers import PATIENCE, SOON, let_run_out
from tests.state.databases import opened

CALLS = 4


def start(adapter: str, url: str, sink: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            work(adapter, url, sink, str(SOON))
        finally:
            os._exit(1)
    return child


def count_calls(sink: Path) -> int:
    return sink.read_bytes().count(b"\n") if sink.exists() else 0


def wait_for(sink: Path, calls: int, child: int) -> None:
    end = time.monotonic() + PATIENCE
    while count_calls(sink) < calls:
        if os.waitpid(child, os.WNOHANG) != (0, 0) or time.monotonic() > end:
            raise SystemExit("a worker does not work")
        time.sleep(0.005)


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main(adapter: str, url: str, sink: str, kills: str) -> None:
    path = Path(sink)
    for _ in range(int(kills)):
        enough = count_calls(path) + CALLS
        child = start(adapter, url, sink)
        wait_for(path, enough, child)
        kill(child)
        with opened(url) as database:
            let_run_out(database)


if __name__ == "__main__":
    main(*sys.argv[1:5])

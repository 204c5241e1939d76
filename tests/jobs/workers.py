"""Workers as processes of their own, and what they wrote into the sink."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from engine.state.database import Database
from engine.state.tables import ORDER_VERSION

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that reached the sink; `at` is when leave for it was given."""

    worker: str
    lane: str
    subject: str
    version: int
    at: float


@dataclass
class Works:
    """A database, a sink, and the workers on them."""

    adapter: str
    url: str
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def sink(self) -> Path:
        return self.folder / "sink.txt"

    def start(self) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker", self.adapter, self.url, str(self.sink)],
            cwd=ROOT,
            stderr=log,
            stdout=log,
        )
        log.close()
        self.workers.append(worker)
        return worker

    def read_sink(self) -> list[Sent]:
        if not self.sink.exists():
            return []
        lines = [line.split() for line in self.sink.read_text().splitlines()]
        return [
            Sent(worker, lane, subject, int(version), float(at))
            for worker, lane, subject, version, at in lines
        ]

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Wait until something is so; a worker that ended by its own fault is shown."""
        end = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < end, self.tell_logs()
            assert all((one.poll() or 0) <= 0 for one in self.workers), self.tell_logs()
            time.sleep(0.02)

    def tell_logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("worker-*.log")))

    def stop(self, worker: subprocess.Popen[bytes]) -> int:
        worker.send_signal(signal.SIGTERM)
        return worker.wait(PATIENCE)


@contextmanager
def working(adapter: str, url: str, folder: Path) -> Iterator[Works]:
    """Give a place to work; whoever still works at the end is killed."""
    works = Works(adapter, url, folder)
    try:
        yield works
    finally:
        for worker in works.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()


def count_left(database: Database) -> int:
    """Give how many versions have not ended."""
    with database.transaction() as connection:
        waiting = select(func.count()).where(ORDER_VERSION.c.outcome.is_(None))
        return int(connection.execute(waiting).scalar_one())

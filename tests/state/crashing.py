"""A program that kills itself: `python -m tests.state.crashing SCENARIO URL STRIDE`.

It does the scenario again and again in a child. The first child is killed before its first
statement, the next before its second and so on (or, to be quicker, some further on), at each commit
too, until one lives to its end.
After each death it looks at what stands, and says as JSON how many deaths left nothing, how many
the whole, and what else there was.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import count

from sqlalchemy import Connection, delete, event, func, inspect, select, text

from engine.state.cursors import mark_pending, move_cursor, read_cursor
from engine.state.database import Database
from engine.state.migrations import STEPS, Step, prepare_database
from engine.state.orders import Arrival, Landed, land_orders
from engine.state.runs import Ending, end_run, start_run
from engine.state.shops import Feed
from engine.state.tables import CURSOR, METADATA, ORDER_VERSION, PERSON, RUN
from tests.state.databases import NOW, opened

FEED = Feed("orders")
ORDERS = 6


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done, how its traces are removed, and what stands of it: nothing, all or else."""

    do: Callable[[Database], None]
    undo: Callable[[Database], None]
    look: Callable[[Database], str]


def page() -> list[Landed]:
    keys = [f"ORD-{number}" for number in range(ORDERS)]
    return [
        Landed(key, sha256(key.encode()).hexdigest(), "2026-03-01T09:00:00Z", "{}", f"order:{key}")
        for key in keys
    ]


def land(database: Database) -> None:
    with database.transaction() as connection:
        run = start_run(connection, "orders", "sync", NOW)
        mark_pending(connection, FEED, "orders", {"offset": 0}, NOW)
        land_orders(connection, page(), Arrival("orders", "event", run, NOW))
        move_cursor(connection, FEED, "orders", "2026-03-01T08:55:00Z", NOW)
        end_run(connection, run, Ending("done", {"landed": ORDERS}), NOW)


def unland(database: Database) -> None:
    with database.transaction() as connection:
        for table in (ORDER_VERSION, PERSON, CURSOR, RUN):
            connection.execute(delete(table))


def look_landed(database: Database) -> str:
    with database.transaction() as connection:
        landed = connection.execute(select(func.count()).select_from(ORDER_VERSION)).scalar_one()
        cursor = read_cursor(connection, FEED, "orders")
        ended = connection.execute(select(RUN.c.state)).scalars().all()
    watermark = cursor.watermark if cursor else None
    if (landed, watermark, ended) == (0, None, []):
        return "nothing"
    if (landed, watermark, ended) == (ORDERS, "2026-03-01T08:55:00Z", ["done"]):
        return "whole"
    return f"{landed} orders, watermark {watermark}, runs {ended}"


def recolour(connection: Connection) -> None:
    """A later step of several statements."""
    connection.execute(text("ALTER TABLE ring ADD COLUMN colour TEXT"))
    connection.execute(text("CREATE TABLE paint (colour TEXT PRIMARY KEY)"))
    connection.execute(text("INSERT INTO paint (colour) VALUES ('blue')"))
    connection.execute(text("UPDATE ring SET colour = 'blue'"))


ALL_STEPS = (*STEPS, Step("9999-colour", recolour))


def migrate(database: Database) -> None:
    prepare_database(database, NOW, ALL_STEPS)


def unmigrate(database: Database) -> None:
    with database.transaction() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{name}"'))


def look_migrated(database: Database) -> str:
    with database.transaction() as connection:
        seen = inspect(connection)
        tables = set(seen.get_table_names())
        columns = {column["name"] for column in seen.get_columns("ring")} if tables else set()
    if not tables:
        return "nothing"
    if tables == set(METADATA.tables) and "colour" not in columns:
        found = "first step"
    elif tables == {*METADATA.tables, "paint"} and "colour" in columns:
        found = "whole"
    else:
        return f"half: {sorted(tables)}"
    # What is left is taken by whoever comes next.
    prepare_database(database, NOW, ALL_STEPS)
    return found if look_paint(database) == ["blue"] else "not resumed"


def look_paint(database: Database) -> list[str]:
    with database.transaction() as connection:
        return list(connection.execute(text("SELECT colour FROM paint")).scalars())


SCENARIOS = {
    "land": Scenario(land, unland, look_landed),
    "migrate": Scenario(migrate, unmigrate, look_migrated),
}


def die_at(database: Database, point: int) -> None:
    """Let this process be killed at one of its statements or commits, counted from 1."""
    left = iter(range(point - 1, -1, -1))

    def pass_point(*_given: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def pass_write(_on: object, _cursor: object, statement: str, *_given: object) -> None:
        # What only looks changes nothing on which a death could leave its mark.
        if not statement.startswith(("PRAGMA", "SELECT", "BEGIN")):
            pass_point()

    event.listen(database.engine, "before_cursor_execute", pass_write)
    event.listen(database.engine, "after_cursor_execute", pass_write)
    event.listen(database.engine, "commit", pass_point)
    event.listen(database.engine, "checkin", pass_point)


def survives(scenario: Scenario, url: str, point: int) -> bool:
    """Do a scenario in a child that is killed at one point; tell whether it got to its end."""
    child = os.fork()
    if child == 0:
        with opened(url) as database:
            die_at(database, point)
            scenario.do(database)
            os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


def main(name: str, url: str, stride: str) -> None:
    scenario = SCENARIOS[name]
    seen: dict[str, int] = {}
    for point in count(1, int(stride)):
        lived = survives(scenario, url, point)
        with opened(url) as database:
            found = scenario.look(database)
            scenario.undo(database)
        if lived:
            seen["end"] = int(found == "whole")
            break
        seen[found] = seen.get(found, 0) + 1
    print(json.dumps(seen))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Two that write the same rows at once, in opposite orders: both get through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine.state.database import Connection, Database
from engine.state.orders import Arrival, Landed, land_orders
from engine.state.rings import ring
from engine.state.shops import Feed
from tests.state.databases import NOW

NAMES = [f"ORD-{number:02}" for number in range(60)]
Write = Callable[[Connection, Sequence[str]], object]


def land(connection: Connection, names: Sequence[str]) -> int:
    orders = [Landed(one, "a" * 64, "", "{}", f"order:{one}") for one in names]
    return land_orders(connection, orders, Arrival("flow", "event", "run", NOW))


def call(connection: Connection, names: Sequence[str]) -> None:
    ring(connection, Feed("flow"), names, NOW)


@pytest.mark.parametrize("write", [land, call])
def test_the_same_rows_in_opposite_orders(database: Database, write: Write) -> None:
    for turn in range(10):
        names = [f"{one}-{turn}" for one in NAMES]
        barrier = Barrier(2, timeout=30)

        def at_once(given: Sequence[str], barrier: Barrier = barrier) -> None:
            barrier.wait()
            with database.transaction() as connection:
                write(connection, given)

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(at_once, [names, names[::-1]]))

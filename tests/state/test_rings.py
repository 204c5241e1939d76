"""The ring: what was named is fetched, oldest first, and nothing that was named again is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.state.database import Database
from engine.state.rings import (
    RingFull,
    count_all_waiting,
    count_due,
    count_waiting,
    end_rung,
    mark_seen,
    ring,
    ring_later,
    take_rung,
)
from engine.state.shops import Feed

ORDERS, RETURNS = Feed("orders"), Feed("returns")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


def ringing(database: Database, *ids: str, minutes: int = 0, most: int = 10) -> None:
    with database.transaction() as connection:
        ring(connection, ORDERS, ids, NOW + timedelta(minutes=minutes), most)


def waiting(database: Database, limit: int = 10) -> list[str]:
    with database.transaction() as connection:
        return [one.order_key for one in take_rung(connection, ORDERS, limit, LATER)]


def test_orders_come_out_oldest_first_and_stay(database: Database) -> None:
    ringing(database, "B-A", minutes=1)
    ringing(database, "C-A", "A-A")
    assert waiting(database) == ["A-A", "C-A", "B-A"]
    assert waiting(database, 1) == ["A-A"]


def test_an_order_named_twice_waits_once(database: Database) -> None:
    ringing(database, "A-A", "A-A")
    ringing(database, "A-A", "B-A")
    assert waiting(database) == ["A-A", "B-A"]


def test_an_order_that_landed_waits_no_more(database: Database) -> None:
    ringing(database, "A-A", "B-A")
    with database.transaction() as connection:
        end_rung(connection, ORDERS, take_rung(connection, ORDERS, 1, LATER))
    assert waiting(database) == ["B-A"]


def test_an_order_named_again_while_it_is_fetched_is_fetched_again(database: Database) -> None:
    ringing(database, "A-A")
    with database.transaction() as connection:
        fetched = take_rung(connection, ORDERS, 10, LATER)
    ringing(database, "A-A", minutes=1)
    with database.transaction() as connection:
        end_rung(connection, ORDERS, fetched)
    assert waiting(database) == ["A-A"]


def test_flows_do_not_hear_each_other(database: Database) -> None:
    ringing(database, "A-A")
    with database.transaction() as connection:
        ring(connection, RETURNS, ["B-A"], NOW)
        assert take_rung(connection, RETURNS, 10, LATER)[0].order_key == "B-A"
        assert count_waiting(connection, ORDERS) == 1


def test_shops_do_not_hear_each_other(database: Database) -> None:
    one, two = Feed("orders", "2310"), Feed("orders", "2311")
    with database.transaction() as connection:
        ring(connection, one, ["A-A"], NOW)
        ring(connection, two, ["A-A", "B-A"], NOW)
        end_rung(connection, two, take_rung(connection, two, 10, LATER))
        assert [each.order_key for each in take_rung(connection, one, 10, LATER)] == ["A-A"]
        assert count_waiting(connection, two) == 0
        assert count_all_waiting(connection, "orders") == 1


def test_an_order_that_is_rung_for_later_waits_until_then(database: Database) -> None:
    due = NOW + timedelta(minutes=3)
    with database.transaction() as connection:
        ring(connection, ORDERS, ["A-A"], NOW)
        ring_later(connection, ORDERS, "B-A", due)
        assert count_due(connection, ORDERS, NOW) == 1
        assert [one.order_key for one in take_rung(connection, ORDERS, 9, NOW)] == ["A-A"]
        assert count_due(connection, ORDERS, due) == 2


def test_a_ring_for_later_is_due_once_the_clock_was_set_back(database: Database) -> None:
    with database.transaction() as connection:
        ring_later(connection, ORDERS, "A-A", NOW)
        assert len(take_rung(connection, ORDERS, 9, NOW - timedelta(days=1))) == 1


def test_an_order_of_no_shop_is_fetched_by_whichever_comes(database: Database) -> None:
    shop = Feed("orders", "2310")
    ringing(database, "A-A")
    with database.transaction() as connection:
        taken = take_rung(connection, shop, 9, LATER)
        end_rung(connection, shop, taken)
    assert (len(taken), waiting(database)) == (1, [])


def test_no_more_wait_than_are_taken_and_nothing_of_the_rest_is_kept(database: Database) -> None:
    ringing(database, "A-A", "B-A", most=3)
    with pytest.raises(RingFull):
        ringing(database, "C-A", "D-A", most=3)
    assert waiting(database) == ["A-A", "B-A"]
    ringing(database, "C-A", most=3)
    assert len(waiting(database)) == 3


def test_those_who_wait_can_be_named_again_when_it_is_full(database: Database) -> None:
    ringing(database, "A-A", "B-A", most=2)
    ringing(database, "A-A", minutes=1, most=2)
    assert waiting(database) == ["B-A", "A-A"]


def test_a_message_is_new_once(database: Database) -> None:
    with database.transaction() as connection:
        assert mark_seen(connection, "msg_1", NOW)
    with database.transaction() as connection:
        assert not mark_seen(connection, "msg_1", NOW)
        assert mark_seen(connection, "msg_2", NOW)

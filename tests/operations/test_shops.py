"""Two shops of Mirakl under one mapping, in one database: each is read whole and told by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.commands.health import Limits, judge
from engine.state.rings import ring
from engine.state.standing import ShopRead, read_standing
from engine.sync.landing import ORDERS, Landing
from engine.sync.shops import recognise_shop
from tests.operations.hands import Hands

LIMITS = Limits(timedelta(minutes=5))


def two_shops() -> tuple[Hands, Landing, Landing]:
    hands = Hands()
    return hands, replace(hands.landing, shop="2310"), replace(hands.landing, shop="2311")


def test_each_shop_is_read_whole_whenever_the_other_was() -> None:
    hands, one, two = two_shops()
    hands.place()
    hands.there.wait(minutes=10)
    assert one.read_changes()["seen"] == 1
    assert (one.seconds_left(), two.seconds_left()) == (60, 0)
    assert two.read_changes()["seen"] == 1
    assert one.read_changes()["seen"] == 0


def test_what_one_shop_was_rung_for_is_not_fetched_by_the_other() -> None:
    hands, one, two = two_shops()
    order = hands.place()
    with hands.worker.transaction() as connection:
        ring(connection, two.feed, [order.id], hands.clock.now())
    assert one.read_rung()["seen"] == 0
    assert two.read_rung()["seen"] == 1
    assert hands.rows("SELECT shop FROM order_version") == [("2311",)]


def test_a_shop_that_is_late_is_told_by_its_number() -> None:
    hands, one, two = two_shops()
    one.read_changes()
    two.read_changes()
    hands.there.wait(hours=1)
    one.read_changes()
    with hands.worker.transaction() as connection:
        now = hands.clock.now()
        standing = read_standing(connection, hands.flow.name, ORDERS, now)
    assert [each.shop for each in standing.shops] == ["2310", "2311"]
    assert standing.read_at == standing.shops[1].read_at
    state, wrong = judge(standing, now, LIMITS)
    assert state == "late"
    assert [each.split(" was ")[0] for each in wrong] == ["Mirakl's shop 2311"]


def test_a_shop_that_nobody_reads_any_more_is_not_told_for_ever() -> None:
    hands, one, two = two_shops()
    two.read_changes()
    hands.there.wait(days=31)
    one.read_changes()
    with hands.worker.transaction() as connection:
        standing = read_standing(connection, hands.flow.name, ORDERS, hands.clock.now())
    assert [each.shop for each in standing.shops] == ["2310"]
    assert isinstance(standing.shops[0], ShopRead)


def test_mirakl_is_asked_once_which_shop_a_key_is_for() -> None:
    hands = Hands()
    hands.landing.read_changes()
    for _ in range(2):
        assert recognise_shop(hands.worker, hands.landing.source, "digest") == "2310"
    assert [one.path for one in hands.mirakl.sent].count("/api/account") == 1
    # What was read before shops were told apart is gone on with.
    hands.there.wait(minutes=10)
    hands.place()
    assert replace(hands.landing, shop="2310").read_changes()["seen"] == 1
    assert len(hands.rows("SELECT shop FROM cursor WHERE stream = 'orders'")) == 1

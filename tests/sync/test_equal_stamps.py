"""Two contents of an order under one stamp: the one that Mirakl shows in the end is the truth."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.connections.order_texts import OrderText
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.world.orders import Order, refund
from engine.state.rings import count_all_waiting
from engine.sync.cycle import settle_all
from engine.sync.sending import send_record
from tests.operations.hands import Hands, total

LANES = {"event": 10**9, "batch": 0}


@pytest.fixture(params=LANES)
def hands(request: pytest.FixtureRequest) -> Hands:
    """Give hands whose worker takes orders one by one, or as a batch."""
    made = Hands()
    made.worker = made.landing.worker = made.hire("one", events_as_batch=LANES[request.param])
    return made


def two_contents(hands: Hands) -> tuple[Order, dict[str, Any], dict[str, Any]]:
    """Give an order that changed without a new stamp, as it was and as it is."""
    order = hands.place()
    before = show_order(order, "TAX_INCLUDED")
    refund(order, 0, 500, 0, order.changed)
    return order, before, show_order(order, "TAX_INCLUDED")


def land(hands: Hands, *shown: dict[str, Any]) -> None:
    for one in shown:
        order = OrderText(orjson.dumps(one), one, str(one["order_id"]))
        with hands.worker.transaction() as connection:
            hands.landing.land(connection, [order], "event")


def deliver(hands: Hands) -> None:
    hands.landing.read_rung()
    settle_all(hands.worker)


def wait_twice(hands: Hands) -> None:
    """Let Mirakl be asked, and once more to see that it was the newest."""
    for _ in range(2):
        hands.there.wait(minutes=3)
        deliver(hands)


def rung(hands: Hands) -> int:
    with hands.worker.transaction() as connection:
        return count_all_waiting(connection, hands.flow.name)


def agree(hands: Hands, order: Order) -> None:
    assert total(hands, order) == order.net / 100
    assert hands.there.get("/sandbox/differences") == {"differences": []}
    assert rung(hands) == 0


def test_an_older_content_that_lands_last_is_put_right(hands: Hands) -> None:
    order, before, after = two_contents(hands)
    land(hands, after, before)
    deliver(hands)
    assert total(hands, order) != order.net / 100
    wait_twice(hands)
    agree(hands, order)


def test_it_is_put_right_where_each_was_delivered_by_itself(hands: Hands) -> None:
    order, before, after = two_contents(hands)
    land(hands, after)
    deliver(hands)
    land(hands, before)
    deliver(hands)
    wait_twice(hands)
    agree(hands, order)
    assert hands.there.sandbox.state.enrolments.total() == 1


def test_a_content_that_lands_in_turn_is_asked_for_once_and_sent_no_more(hands: Hands) -> None:
    order, before, after = two_contents(hands)
    land(hands, before)
    deliver(hands)
    land(hands, after)
    deliver(hands)
    sent = len([one for one in hands.dotdigital.sent if one.method != "GET"])
    asked = len(hands.mirakl.sent)
    for _ in range(4):
        hands.there.wait(minutes=3)
        deliver(hands)
    agree(hands, order)
    assert len([one for one in hands.dotdigital.sent if one.method != "GET"]) == sent
    assert len(hands.mirakl.sent) == asked + 1


def test_an_old_copy_that_mirakl_shows_once_more_changes_nothing(hands: Hands) -> None:
    order, before, after = two_contents(hands)
    land(hands, before, after)
    deliver(hands)
    hands.there.wait(minutes=3)
    deliver(hands)
    land(hands, before)
    deliver(hands)
    agree_at_once = total(hands, order) == order.net / 100
    hands.there.wait(minutes=3)
    deliver(hands)
    assert agree_at_once
    agree(hands, order)


def test_a_hold_of_the_older_content_is_over_once_mirakl_was_asked(hands: Hands) -> None:
    order = hands.place()
    shown = show_order(order, "TAX_INCLUDED")
    land(hands, shown)
    deliver(hands)
    land(hands, {**shown, "total_price": "much"})
    deliver(hands)
    held = hands.rows("SELECT code FROM exception WHERE closed_at IS NULL")
    hands.there.wait(minutes=3)
    deliver(hands)
    assert held == [("UNREADABLE_MONEY",)]
    assert hands.rows("SELECT code FROM exception WHERE closed_at IS NULL") == []
    agree_in_the_end = hands.rows("SELECT outcome FROM order_version ORDER BY id")
    assert [row[0] for row in agree_in_the_end] == ["sent", "held"]


def test_a_record_given_by_hand_under_the_same_stamp_does_not_outlast_mirakl(hands: Hands) -> None:
    order = hands.place()
    land(hands, show_order(order, "TAX_INCLUDED"))
    deliver(hands)
    changed = show_order(order, "TAX_INCLUDED")
    changed["order_additional_fields"] = []
    send_record(hands.worker, "run", orjson.dumps(changed).decode())
    wait_twice(hands)
    agree(hands, order)


def test_what_was_purged_of_the_newest_content_comes_back_with_it(hands: Hands) -> None:
    order, before, after = two_contents(hands)
    land(hands, after, before)
    deliver(hands)
    with hands.worker.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE order_version SET payload = '' WHERE outcome = 'unchanged'"
        )
    wait_twice(hands)
    agree(hands, order)

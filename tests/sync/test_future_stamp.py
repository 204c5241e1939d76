"""An order that claims to have changed in the future must not hide what changes after it."""

from __future__ import annotations

import orjson

from engine.sandbox.world.orders import refund
from engine.sync.sending import send_record
from tests.operations.hands import Hands


def test_a_refund_is_sent_although_a_stamp_of_the_future_came_before() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    told = orjson.loads(hands.rows("SELECT payload FROM order_version")[0][0])
    told["last_updated_date"] = "2199-01-01T00:00:00Z"
    assert send_record(hands.worker, "run", orjson.dumps(told).decode()).outcome == "sent"
    refund(order, 0, 500, 0, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.sync()
    assert hands.there.get("/sandbox/differences") == {"differences": []}

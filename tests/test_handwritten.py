"""The compiled mapping beside one written by hand: the same bytes for every order."""

from __future__ import annotations

import orjson

from benchmarks.citations import cite
from benchmarks.handwritten import OrderMapper
from benchmarks.handwritten_lines import Held
from benchmarks.orders import make_orders
from engine.contacts import UNASKED
from tests.shipped import NOW, checked, orders_mapping


def test_both_implementations_print_the_same_bytes() -> None:
    mapping = orders_mapping(masked=True)
    mapper = OrderMapper(cite(checked()), NOW)
    planned = 0
    for order in make_orders(3000, seed=3):
        compiled = mapping.apply(order, UNASKED, NOW)
        try:
            by_hand = mapper.map(order)
        except Held:
            assert compiled["outcome"] != "planned", order["order_id"]
            continue
        planned += 1
        assert orjson.dumps(by_hand) == orjson.dumps(compiled), order["order_id"]
    assert planned > 2000

"""The story is the seed's, and what Mirakl shows of it is lawful and adds up."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.resources import read_schema
from engine.sandbox.mirakl.lines import instant
from engine.sandbox.mirakl.payload import show_offer, show_order
from engine.sandbox.world.goods import GOODS
from engine.sandbox.world.life import World
from engine.sandbox.world.orders import TaxMode
from tests.netting import net_order
from tests.sandbox import START

MODES: tuple[TaxMode, ...] = ("TAX_INCLUDED", "TAX_EXCLUDED")


@cache
def month() -> World:
    world = World(7, START)
    world.advance(START + timedelta(days=30))
    return world


def story(world: World) -> list[tuple[str, str, str, int]]:
    return [(one.id, one.state, instant(one.changed), one.net) for one in world.orders.values()]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.lists(st.floats(0.01, 2), max_size=8))
def test_a_seed_tells_one_story_however_time_is_moved(seed: int, steps: list[float]) -> None:
    once, often = World(seed, START), World(seed, START)
    moment = START
    for days in steps:
        moment += timedelta(days=days)
        often.advance(moment)
    once.advance(moment)
    assert story(once) == story(often)


def test_a_month_holds_every_thing_that_can_happen() -> None:
    orders = month().orders.values()
    assert {"CANCELED", "REFUSED", "RECEIVED", "SHIPPED", "SHIPPING"} <= {o.state for o in orders}
    assert any(line.cancelations and line.units for one in orders for line in one.lines)
    assert any(line.state == "REFUSED" for one in orders for line in one.lines)
    states = {r.state for one in orders for line in one.lines for r in line.refunds}
    assert {"WAITING_REFUND", "WAITING_REFUND_PAYMENT", "REFUNDED"} <= states


@pytest.mark.parametrize("mode", MODES)
def test_every_order_fits_the_source_lock(mode: TaxMode) -> None:
    validator = Draft202012Validator(read_schema("mirakl/order.json"))
    for order in month().orders.values():
        assert not list(validator.iter_errors(show_order(order, mode))), order.id


def test_every_offer_fits_the_source_lock() -> None:
    validator = Draft202012Validator(read_schema("mirakl/offer.json"))
    assert [list(validator.iter_errors(show_offer(one))) for one in GOODS] == [[]] * len(GOODS)


@pytest.mark.parametrize("mode", MODES)
def test_an_order_that_is_shown_nets_to_the_truth(mode: TaxMode) -> None:
    for order in month().orders.values():
        netted = net_order(orjson.dumps(show_order(order, mode)))
        truth = {"placed": order.placed, "net": order.net}
        assert {name: netted[name] for name in truth} == {
            name: f"{pence // 100}.{pence % 100:02d}" for name, pence in truth.items()
        }, order.id

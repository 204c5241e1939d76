"""Mirakl's transaction log and billing cycles as documented, and as the orders really are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from engine.sandbox.world.orders import cancel, refund, step
from tests.sandbox import Rehearsal

LOG = "/mirakl/api/sellerpayment/transactions_logs"
CYCLES = "/mirakl/api/seller-billing-cycles"
SHOPPERS = tuple(
    f"{refund}ORDER_{part}AMOUNT{tax}"
    for refund in ("", "REFUND_")
    for part in ("", "SHIPPING_")
    for tax in ("", "_TAX")
)


@pytest.fixture
def mirakl() -> Rehearsal:
    return Rehearsal(days=20)


def read_log(mirakl: Rehearsal, **asked: str) -> list[Any]:
    page = mirakl.get(LOG, limit="2000", **asked)
    lines = list(page["data"])
    while "next_page_token" in page:
        page = mirakl.get(LOG, page_token=page["next_page_token"])
        lines += page["data"]
    return lines


def pence(amount: float) -> int:
    return round(amount * 100)


def worth(lines: list[Any]) -> dict[str, int]:
    """Give what shoppers paid and got back for each order, in pence."""
    sums: dict[str, int] = defaultdict(int)
    for one in lines:
        if one["type"] in SHOPPERS:
            sums[one["entities"]["order"]["id"]] += pence(one["amount"])
    return dict(sums)


def test_the_log_adds_up_to_what_every_debited_order_is_worth(mirakl: Rehearsal) -> None:
    told = worth(read_log(mirakl))
    orders = mirakl.sandbox.world.orders.values()
    debited = [one for one in orders if one.debited is not None and any(x.units for x in one.lines)]
    assert {one.id: told.get(one.id, 0) for one in debited} == {one.id: one.net for one in debited}
    assert {one.id for one in orders if one.debited is None}.isdisjoint(told)
    assert any(line.refunds for one in debited for line in one.lines)
    assert any(line.cancelations for one in debited for line in one.lines)
    assert any(one.taxed for one in debited)


def test_pages_of_the_log_give_every_line_once(mirakl: Rehearsal) -> None:
    lines = read_log(mirakl)
    page, seen = mirakl.get(LOG, limit="700"), list[str]()
    while True:
        seen += [one["id"] for one in page["data"]]
        if "next_page_token" not in page:
            break
        # Beside a token nothing else counts.
        page = mirakl.get(LOG, page_token=page["next_page_token"], limit="1", order="asc")
    assert len(seen) > 700
    assert seen == [one["id"] for one in lines]
    assert len(set(seen)) == len(seen)


def test_a_page_holds_ten_lines_the_newest_first(mirakl: Rehearsal) -> None:
    dates = [one["date_created"] for one in mirakl.get(LOG)["data"]]
    assert len(dates) == 10
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("asked", [{"limit": "2001"}, {"limit": "0"}, {"limit": "x"}])
def test_a_page_of_the_log_that_cannot_be_is_refused(
    mirakl: Rehearsal, asked: dict[str, str]
) -> None:
    assert mirakl.call("GET", LOG, **asked).status == 400


def test_a_token_that_was_never_given_is_refused(mirakl: Rehearsal) -> None:
    assert mirakl.call("GET", LOG, page_token="bm9uZQ==").status == 400  # noqa: S106 - no secret


def test_the_log_is_filtered_by_creation_type_order_and_cycle(mirakl: Rehearsal) -> None:
    lines = read_log(mirakl)
    middle = lines[len(lines) // 2]
    later = read_log(mirakl, date_created_from=middle["date_created"])
    assert {one["id"] for one in later} == {
        one["id"] for one in lines if one["date_created"] >= middle["date_created"]
    }
    cycle = next(one["seller_billing_cycle_id"] for one in lines if one["payment_state"] == "PAID")
    order = middle["entities"]["order"]["id"]
    asked: list[tuple[str, str, Callable[[Any], Any]]] = [
        ("transaction_type", "COMMISSION_FEE", lambda one: one["type"]),
        ("order_id", order, lambda one: one["entities"].get("order", {}).get("id")),
        ("seller_billing_cycle_id", cycle, lambda one: one.get("seller_billing_cycle_id")),
    ]
    for name, value, held in asked:
        found = read_log(mirakl, **{name: value})
        assert found
        assert found == [one for one in lines if held(one) == value]


def test_the_log_may_be_asked_twenty_times_a_minute_and_sixty_times_an_hour() -> None:
    mirakl = Rehearsal(days=1)
    for _ in range(3):
        for _ in range(20):
            mirakl.get(LOG)
        assert mirakl.call("GET", LOG).status == 429
        mirakl.wait(minutes=1)
    refused = mirakl.call("GET", LOG)
    assert refused.status == 429
    mirakl.wait(seconds=int(refused.headers["Retry-After"]))
    mirakl.get(LOG)


def test_cycles_may_be_asked_for_once_a_day(mirakl: Rehearsal) -> None:
    mirakl.get(CYCLES)
    assert mirakl.call("GET", CYCLES).headers["Retry-After"] == "86401"
    mirakl.wait(days=1, seconds=1)
    mirakl.get(CYCLES)


def test_a_cycle_tells_and_pays_what_its_lines_add_up_to(mirakl: Rehearsal) -> None:
    mirakl.call("POST", "/sandbox/adjustments", {"pence": 1234})
    mirakl.call("POST", "/sandbox/adjustments", {"pence": -56})
    mirakl.wait(days=20)
    cycles = mirakl.get(CYCLES)["data"]
    assert len(cycles) == 2
    for cycle in cycles:
        lines = read_log(mirakl, seller_billing_cycle_id=cycle["id"])
        own = [one for one in lines if one["type"] != "PAYMENT"]
        (paid,) = [one for one in lines if one["type"] == "PAYMENT"]
        transferred = pence(cycle["amount_transferred_to_seller"])
        assert sum(pence(one["amount"]) for one in own) == transferred == -pence(paid["amount"])
        sums = {name: pence(amount) for name, amount in cycle["summary"].items()}
        assert transferred == sum(
            amount for name, amount in sums.items() if name.endswith("_incl_tax")
        )
    assert {
        sums["total_other_credits_incl_tax"],
        sums["total_other_invoices_incl_tax"],
    } == {1234, -56}


def test_a_cancelation_and_a_refund_change_what_is_booked() -> None:
    mirakl = Rehearsal(days=20)
    world, now = mirakl.sandbox.world, mirakl.sandbox.clock.now()
    world.advance(now)
    waiting = world.place(world.shoppers[0], [(0, 3)], now)
    step(waiting, "SHIPPING", now)
    sent = next(one for one in world.orders.values() if one.state == "SHIPPED")
    before = sum(worth(read_log(mirakl, order_id=waiting.id)).values())
    cancel(waiting, 0, 1, now)
    made = refund(sent, 0, 199, 0, now)
    told = worth(read_log(mirakl))
    assert told[waiting.id] == waiting.net == before - waiting.lines[0].product.price
    assert told[sent.id] == sent.net
    back = [
        one
        for one in read_log(mirakl, order_id=sent.id)
        if one["entities"].get("refund", {}).get("id") == made.id
    ]
    assert sum(pence(one["amount"]) for one in back if one["type"] in SHOPPERS) == -199

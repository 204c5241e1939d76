"""Net revenue, to the penny, against a second implementation."""

from __future__ import annotations

from itertools import product
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.orders import make_orders
from engine.check import check_mapping
from engine.contacts import UNASKED
from engine.mapping import compile_mapping
from tests.netting import net_order
from tests.shipped import NOW, ROOT, line, order, plan, refund

BASE = ROOT / "tests/rules/base.yaml"

REFUND_STATES = (
    "WAITING_REFUND_TAX_CONFIRMATION",
    "WAITING_REFUND",
    "WAITING_REFUND_PAYMENT",
    "REFUNDED",
)
ORDER_STATES = (
    "STAGING",
    "WAITING_ACCEPTANCE",
    "WAITING_DEBIT",
    "WAITING_DEBIT_PAYMENT",
    "SHIPPING",
    "SHIPPED",
    "TO_COLLECT",
    "RECEIVED",
    "CLOSED",
    "REFUSED",
    "CANCELED",
)
PENCE = st.integers(0, 9_999_99).map(lambda pence: pence / 100)
TAXES = st.lists(PENCE.map(lambda amount: {"code": "VAT", "amount": amount}), max_size=2)


def part(key: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "id": st.just(key),
            "refund_state": st.sampled_from(REFUND_STATES),
            "amount": PENCE | st.none(),
            "shipping_amount": PENCE | st.none(),
            "fees": TAXES,
            "taxes": TAXES,
            "shipping_taxes": TAXES,
        }
    )


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    lines = []
    for number in range(draw(st.integers(1, 3))):
        refunds = [draw(part(f"R{number}{index}")) for index in range(draw(st.integers(0, 3)))]
        lines.append(
            line(
                order_line_id=f"A-{number}",
                order_line_state=draw(st.sampled_from(["SHIPPED", "REFUSED", "CANCELED"])),
                total_price=draw(PENCE),
                taxes=draw(TAXES),
                shipping_taxes=draw(TAXES),
                refunds=refunds + refunds[:1] * draw(st.integers(0, 1)),
                cancelations=[draw(part(f"C{number}"))] * draw(st.integers(0, 1)),
            )
        )
    return order(
        order_state=draw(st.sampled_from(ORDER_STATES)),
        order_tax_mode=draw(st.sampled_from(["TAX_INCLUDED", "TAX_EXCLUDED"])),
        order_lines=lines,
    )


@given(orders(), st.sampled_from(["requested", "settled"]))
def test_every_order_nets_as_the_second_implementation_does(made: Any, basis: str) -> None:
    told = plan(made, refund_basis=basis)
    wanted = net_order(orjson.dumps(made), basis)
    assert told["money"] == wanted
    held = {one["code"] for one in told["exceptions"] if one["level"] == "hold"}
    assert ("OVER_REFUNDED" in held) == wanted["net"].startswith("-")


@pytest.mark.parametrize(
    ("state", "refund_state", "mode"),
    list(product(ORDER_STATES, REFUND_STATES, ["TAX_INCLUDED", "TAX_EXCLUDED"])),
)
def test_every_state_with_every_refund_and_tax_mode_nets(
    state: str, refund_state: str, mode: str
) -> None:
    refunds = [
        refund(9.99, refund_state=refund_state, shipping_amount=2.50),
        refund(None, id="R-2", shipping_amount=1.01, fees=[{"code": "F", "amount": 0.50}]),
    ]
    tax = [{"code": "VAT", "amount": 3.33}]
    made = order(
        order_state=state,
        order_tax_mode=mode,
        order_lines=[
            line(total_price=62.48, taxes=tax, refunds=refunds),
            line(order_line_id="A-2", order_line_state="REFUSED", total_price=20.0),
            line(order_line_id="A-3", total_price=0.0, cancelations=[refund(15.0, id="C-1")]),
        ],
    )
    assert plan(made)["money"] == net_order(orjson.dumps(made))


def test_the_figures_of_a_known_order() -> None:
    made = order(order_lines=[line(total_price=62.48, refunds=[refund(9.99, shipping_amount=2.5)])])
    assert plan(made)["money"] == {
        "currency": "GBP",
        "placed": "62.48",
        "cancelled": "0.00",
        "refused": "0.00",
        "refunded": "12.49",
        "settled": "12.49",
        "net": "49.99",
    }


def test_a_cancelation_is_information_and_never_subtracted_again() -> None:
    made = order(order_lines=[line(total_price=30.0, cancelations=[refund(20.0, id="C-1")])])
    money = plan(made)["money"]
    assert (money["placed"], money["cancelled"], money["net"]) == ("50.00", "20.00", "30.00")


def test_one_refund_listed_twice_counts_once() -> None:
    made = order(order_lines=[line(refunds=[refund(10.0), refund(10.0)])])
    assert plan(made)["money"]["net"] == "40.00"


def test_two_refunds_under_one_id_hold_the_order() -> None:
    made = order(order_lines=[line(refunds=[refund(10.0), refund(11.0)])])
    assert [one["code"] for one in plan(made)["exceptions"]] == ["CONFLICTING_REFUND"]


def test_lines_that_do_not_add_up_to_the_order_hold_it() -> None:
    told = plan(order(total_price=49.99))
    assert told["outcome"] == "held"
    assert "differ by 0.01" in told["exceptions"][0]["message"]


@pytest.mark.parametrize("amount", [12.345, 0.30000000000000004, -1.0, "12.00", True, 1e15, []])
def test_an_amount_that_is_not_exact_holds_the_order(amount: object) -> None:
    told = plan(order(order_lines=[line(refunds=[refund(0) | {"amount": amount}])]))
    assert told["outcome"] == "held"
    assert told["exceptions"][0]["at"] == "order_lines[0].refunds[0].amount"


def test_a_currency_without_pence_has_none() -> None:
    made = order(currency_iso_code="JPY", order_lines=[line(total_price=5000, price_unit=5000)])
    assert plan(made)["money"]["net"] == "5000"


def test_the_sum_of_many_small_amounts_is_exact() -> None:
    lines = [line(order_line_id=f"A-{n}", total_price=0.1) for n in range(200)]
    assert plan(order(order_lines=lines, total_price=20.0))["money"]["net"] == "20.00"


def test_generated_orders_net_as_the_second_implementation_does() -> None:
    for made in make_orders(1500, seed=7):
        assert plan(made)["money"] == net_order(orjson.dumps(made))


def base_mapping(*edits: tuple[str, str]) -> Any:
    text = BASE.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    spec = check_mapping(text.encode(), "base.yaml", {}).spec
    assert spec is not None
    return compile_mapping(spec, masked=False)


def test_a_tolerance_finer_than_the_currency_compares_exactly() -> None:
    made = order(currency_iso_code="JPY", order_lines=[line(total_price=5000)], total_price=5001)
    told = base_mapping().apply(made, UNASKED, NOW)
    assert [one["message"] for one in told["exceptions"]] == ["Order DBN-1-A is broken: 1"]
    made["total_price"] = 5000
    assert base_mapping().apply(made, UNASKED, NOW)["money"]["net"] == "5000"


def test_a_bound_finer_than_the_currency_compares_exactly() -> None:
    mapping = base_mapping(("rule: net >= 0, ", "rule: net >= 0.005, "))
    told = mapping.apply(order(order_lines=[line(total_price=0.0)]), UNASKED, NOW)
    assert told["outcome"] == "held"
    assert "0.005" in told["exceptions"][0]["message"]
    told = mapping.apply(order(order_lines=[line(total_price=0.01)]), UNASKED, NOW)
    assert told["outcome"] == "planned"


def test_a_number_that_is_only_noted_is_left_out_and_not_sent_as_nothing() -> None:
    read = "index: {path: order_line_index, type: integer, otherwise: fail NOTHING}"
    mapping = base_mapping(
        ("\n      price:", f"\n      {read}\n      price:"),
        ("qty: lines.qty}", "qty: lines.qty, index: lines.index}"),
    )
    told = mapping.apply(order(order_lines=[line(order_line_index="two")]), UNASKED, NOW)
    bodies = [one["body"] for one in told["calls"] if "products" in one["body"]]
    assert [sorted(body["products"][0]) for body in bodies] == [["name", "price", "qty", "sku"]]
    assert [one["code"] for one in told["exceptions"]] == ["NOTHING"]


def test_a_bound_on_a_whole_number_may_have_leading_zeros() -> None:
    bound = 'where: {lines.qty: {above: "007"}}'
    mapping = base_mapping(
        ("    sold: {sum", f"    many: {{sum: [lines.worth], {bound}}}\n    sold: {{sum"),
        ("report: [sold, net]", "report: [sold, net, many]"),
    )
    lines = [line(quantity=8, total_price=30.0), line(order_line_id="A-2", quantity=7)]
    assert mapping.apply(order(order_lines=lines), UNASKED, NOW)["money"]["many"] == "30.00"

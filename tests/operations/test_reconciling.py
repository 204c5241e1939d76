"""A month on three sides: a clean one agrees, and every cause of a difference is told."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text

from engine.commands.reconcile import ADVICE, reconcile_month
from engine.connections.mirakl import MiraklSource, SourceFailed
from engine.connections.wire import Got, Sent, Wire
from engine.problem import Failure
from engine.report.reconciliation import ReconciliationDocument, render_reconciliation
from engine.report.reconciliation_page import render_reconciliation_page
from engine.resources import read_schema
from engine.sandbox.dotdigital.insight import Record
from engine.sandbox.faults import Fault
from engine.sandbox.world.life import Habits
from engine.sandbox.world.orders import Order, cancel, refund, step
from engine.state.measurements import read_latest
from engine.state.surveys import Newest
from engine.sync.exporting import Exporter
from engine.sync.forgetting import Identifier, erase, find
from engine.sync.months import read_month, zone_of
from engine.sync.reckoning import Counted, make_reckoning
from engine.sync.reconciling import compare
from engine.sync.sides import Shown, Sides
from tests.operations.hands import Hands, shipped_flow
from tests.operations.test_commands import Desk
from tests.rehearsal import sandbox
from tests.shipped import ROOT
from tests.state.databases import opened

MONTH = "2026-03"


def reconcile(hands: Hands, month: str = MONTH) -> ReconciliationDocument:
    exporter = Exporter(hands.worker, hands.landing.source)
    wanted = read_month(month, zone_of(hands.flow))
    return reconcile_month(hands.worker, exporter, make_reckoning(hands.flow), wanted)


def records(hands: Hands) -> dict[str, Record]:
    return hands.there.sandbox.state.insight.collections["Orders"].records


def give_back(hands: Hands, order: Order, pence: int = 500) -> None:
    hands.there.wait(minutes=5)
    refund(order, 0, pence, 0, hands.clock.now())
    hands.there.wait(seconds=1)


def sell(hands: Hands) -> Order:
    order = hands.place()
    hands.sync()
    return order


def not_landed(hands: Hands) -> str:
    return hands.place().id


def change_not_landed(hands: Hands) -> str:
    order = sell(hands)
    give_back(hands, order)
    return order.id


def waiting(hands: Hands) -> str:
    order = hands.place()
    hands.landing.read_changes()
    return order.id


def held(hands: Hands) -> str:
    order = hands.place(customer="")
    hands.sync()
    return order.id


def rejected(hands: Hands) -> str:
    sell(hands)
    collection = hands.there.sandbox.state.insight.collections["Orders"]
    collection.types[".order_total"] = "string"
    order = hands.place("7700078")
    hands.sync()
    return order.id


def record_missing(hands: Hands) -> str:
    order = sell(hands)
    del records(hands)[order.id]
    return order.id


def record_older(hands: Hands) -> str:
    order = sell(hands)
    kept = records(hands)
    before = deepcopy(kept[order.id])
    give_back(hands, order)
    hands.sync()
    kept[order.id] = before
    return order.id


def record_differs(hands: Hands) -> str:
    order = sell(hands)
    record = records(hands)[order.id]
    record.json["order_total"] = round(float(str(record.json["order_total"])) + 0.01, 2)
    return order.id


def record_in_another_currency(hands: Hands) -> str:
    order = sell(hands)
    records(hands)[order.id].json["currency"] = "EUR"
    return order.id


def record_without_amount(hands: Hands) -> str:
    order = sell(hands)
    del records(hands)[order.id].json["order_total"]
    return order.id


def ledger_differs(hands: Hands) -> str:
    order = sell(hands)
    statement = """UPDATE ledger SET money = replace(money, '"net":"', '"net":"9')"""
    with hands.database.transaction() as connection:
        connection.execute(text(statement))
    return order.id


def orphan(hands: Hands) -> str:
    order = sell(hands)
    kept = records(hands)
    kept["GHOST-1"] = deepcopy(kept[order.id])
    kept["GHOST-1"].key = "GHOST-1"
    return "GHOST-1"


def gone(hands: Hands) -> str:
    order = sell(hands)
    del hands.there.sandbox.world.orders[order.id]
    return order.id


@dataclass
class OtherLog:
    """A wire on which Mirakl's log holds other lines of an order than those that belong there."""

    inner: Wire
    order: str
    change: Callable[[list[Any]], list[Any]]

    def exchange(self, sent: Sent) -> Got:
        got = self.inner.exchange(sent)
        if "transactions_logs" not in sent.path:
            return got
        body = orjson.loads(got.body)
        mine = [x for x in body["data"] if x["entities"].get("order", {}).get("id") == self.order]
        others = [one for one in body["data"] if one not in mine]
        body["data"] = [*others, *self.change(mine)] if mine else others
        return Got(got.status, got.headers, orjson.dumps(body))


def book_otherwise(hands: Hands, order: str, change: Callable[[list[Any]], list[Any]]) -> None:
    wire = OtherLog(hands.mirakl, order, change)
    hands.landing.source = MiraklSource(wire, "TAX_INCLUDED", hands.mirakl.inner.home)


def not_booked(hands: Hands) -> str:
    order = sell(hands)
    book_otherwise(hands, order.id, lambda _lines: [])
    return order.id


def refund_not_booked(hands: Hands) -> str:
    order = sell(hands)
    give_back(hands, order)
    hands.sync()
    book_otherwise(
        hands, order.id, lambda lines: [x for x in lines if "refund" not in x["entities"]]
    )
    return order.id


def booked_refund_unknown(hands: Hands) -> str:
    order = sell(hands)

    def add(lines: list[Any]) -> list[Any]:
        entities = {**lines[0]["entities"], "refund": {"id": "REFUND-UNKNOWN"}}
        other = {"type": "REFUND_ORDER_AMOUNT", "amount": -1.0, "id": "other", "entities": entities}
        return [*lines, {**lines[0], **other}]

    book_otherwise(hands, order.id, add)
    return order.id


def booking_differs(hands: Hands) -> str:
    order = sell(hands)

    def raise_by_a_penny(lines: list[Any]) -> list[Any]:
        first = next(one for one in lines if one["type"] == "ORDER_AMOUNT")
        rest = [one for one in lines if one is not first]
        return [*rest, {**first, "amount": round(first["amount"] + 0.01, 2)}]

    book_otherwise(hands, order.id, raise_by_a_penny)
    return order.id


def booked_without_a_sale(hands: Hands) -> str:
    order = hands.place()
    order.state = "WAITING_ACCEPTANCE"
    hands.sync()
    return order.id


# What is done, the cause that is told, and words that its sentence must hold.
CAUSES: list[tuple[Callable[[Hands], str], str, str]] = [
    (not_landed, "not landed", "never landed here"),
    (change_not_landed, "change not landed", "has not landed here"),
    (waiting, "waiting", "waits to be delivered"),
    (held, "held", "held for NO_PERSON"),
    (rejected, "rejected", "rejected for REFUSED_BY_DOTDIGITAL"),
    (record_missing, "record missing", "has no record of the order"),
    (record_older, "record older than the ledger", "our figure of 2026-03-01"),
    (record_differs, "record differs", "was changed after we wrote it"),
    (record_in_another_currency, "record differs", "record is in EUR"),
    (record_without_amount, "record differs", "holds no amount"),
    (ledger_differs, "ledger differs", "not what the order is worth now"),
    (orphan, "record without an order", "an order that never was"),
    (gone, "gone from Mirakl", "no longer shows it"),
    (not_booked, "not booked", "has no line of the order"),
    (refund_not_booked, "refund not booked", "has 1 refund that the transaction log has not"),
    (booked_refund_unknown, "booked refund unknown", "has 1 refund that the order has not"),
    (booking_differs, "booking differs", "adds up to something else"),
    (booked_without_a_sale, "booked without a sale", "no sale here"),
]


@pytest.mark.parametrize(
    ("seed", "cause", "words"), CAUSES, ids=lambda one: getattr(one, "__name__", "")
)
def test_a_difference_is_told_with_its_cause(
    seed: Callable[[Hands], str], cause: str, words: str
) -> None:
    hands = Hands()
    order = seed(hands)
    document = reconcile(hands)
    (found,) = document["differences"]
    assert (found["order"], found["cause"], document["agree"]) == (order, cause, False)
    assert words in found["said"]
    assert [one["cause"] for one in document["causes"]] == [cause]
    assert order in render_reconciliation(document, "text")


def test_an_order_whose_worth_nobody_can_tell_is_told_and_in_no_sum() -> None:
    counted = Counted(None, ("UNREADABLE_MONEY",), is_sale=True, placed_at=None)
    newest = Newest("A", "held", "an amount cannot be read", "", "2026-03-01T09:00:00.000000Z")
    shown = {"A": Shown(counted, landed=True)}
    sides = Sides(shown, {"A": newest}, {}, {}, {}, left_out=frozenset())
    found = compare(make_reckoning(shipped_flow()), sides)
    (one,) = found.differences
    assert one.said == "held for UNREADABLE_MONEY: an amount cannot be read"
    assert (found.sums, found.agreed) == ({}, 0)


def test_a_figure_of_another_version_of_the_mapping_is_told_so() -> None:
    hands = Hands()
    ledger_differs(hands)
    with hands.database.transaction() as connection:
        connection.execute(text("UPDATE order_version SET spec_sha256 = 'another'"))
    (found,) = reconcile(hands)["differences"]
    assert "decided by another version of the mapping" in found["said"]


def test_every_cause_is_seeded() -> None:
    assert {cause for _, cause, _ in CAUSES} == set(ADVICE)


def test_a_clean_month_agrees_to_the_penny_with_the_truth() -> None:
    hands = Hands(days=3)
    hands.sync()
    document = reconcile(hands)
    (sums,) = document["currencies"]
    assert (document["agree"], document["differences"]) == (True, [])
    assert sums["mirakl"] == sums["ledger"] == sums["dotdigital"] == sums["booked"]
    assert document["transaction_log"] == "read"
    sold = [one for one in hands.there.sandbox.world.orders.values() if one.id in records(hands)]
    pence = sum(one.net for one in sold)
    assert sums["mirakl"] == {"orders": len(sold), "total": f"{pence // 100}.{pence % 100:02d}"}


def quiet() -> Hands:
    """Give hands in a world where nobody buys unless told."""
    hands = Hands()
    hands.there.sandbox.world.habits = Habits(every=timedelta(days=3650))
    hands.there.wait(hours=1)
    hands.sync()
    return hands


def test_refunds_cancelations_and_adjustments_agree_with_the_books_to_the_penny() -> None:
    hands = quiet()
    world = hands.there.sandbox.world
    orders = [hands.place(f"77001{number}") for number in range(4)]
    orders[0].taxed = True
    orders[3].lines[0].shipped, orders[3].lines[0].ordered = None, 3
    step(orders[3], "SHIPPING", hands.clock.now())
    cancel(orders[3], 0, 2, hands.clock.now())
    for order in orders[:2]:
        give_back(hands, order, 333)
    world.adjust(12_34, hands.clock.now())
    world.adjust(-56, hands.clock.now())
    hands.sync()
    hands.there.wait(days=29)
    give_back(hands, orders[2], 101)
    step(orders[3], "SHIPPED", hands.clock.now())
    hands.sync()
    document = reconcile(hands)
    (sums,) = document["currencies"]
    assert (document["agree"], document["differences"]) == (True, [])
    assert sums["mirakl"] == sums["booked"]
    assert sums["mirakl"]["orders"] >= len(orders)
    adjusted = [(one["type"], one["amount"]) for one in document["adjustments"]]
    assert adjusted == [("MANUAL_CREDIT", "12.34"), ("MANUAL_INVOICE", "-0.56")]
    days = [(one["created"][:10], one["agree"]) for one in document["billing_cycles"]]
    assert days == [("2026-03-14", True)]
    assert document["billing_cycles"][0]["told"]["refunds"] == "-6.66"


def test_an_order_belongs_to_the_month_in_which_its_day_is_in_the_operators_zone() -> None:
    hands = quiet()
    moment = datetime(2026, 3, 31, 23, 29, tzinfo=UTC)
    # In London it is half past midnight, on the first of April.
    hands.there.wait(seconds=(moment - hands.clock.now()).total_seconds())
    hands.sync()
    late = sell(hands)
    by_month = {month: reconcile(hands, month) for month in ("2026-03", "2026-04")}
    sums = {month: one["currencies"] for month, one in by_month.items()}
    pounds = f"{late.net // 100}.{late.net % 100:02d}"
    (april,) = sums["2026-04"]
    assert april["booked"] == april["mirakl"] == {"orders": 1, "total": pounds}
    assert all(one["agree"] for one in by_month.values())


def test_a_cycle_that_pays_something_else_than_its_lines_disagrees() -> None:
    hands = quiet()
    paid = sell(hands)
    hands.there.wait(days=14)
    hands.sync()
    # The month agrees by order all the same: a commission is no money of a shopper.
    book_otherwise(hands, paid.id, lambda lines: [x for x in lines if "COMM" not in x["type"]])
    document = reconcile(hands)
    (cycle,) = document["billing_cycles"]
    assert (document["differences"], document["agree"], cycle["agree"]) == ([], False, False)
    assert cycle["told"]["orders"] == cycle["booked"]["orders"]
    assert float(cycle["booked"]["transferred"]) > float(cycle["told"]["transferred"])
    assert "DISAGREE on 1 billing cycle" in render_reconciliation(document, "text")
    assert "DISAGREES" in render_reconciliation_page(document)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/sellerpayment", 403, "(TL02) was not read: the key may not."),
        ("/api/sellerpayment", 404, "(TL02) was not read: this Mirakl has no such call."),
        ("/api/seller-billing-cycles", 403, "(SBC11) were not read: the key may not."),
        ("/api/seller-billing-cycles", 404, "(SBC11) were not read: this Mirakl has no such call."),
        ("/api/seller-billing-cycles", 429, "(SBC11) were not read: Mirakl gives them once a day"),
    ],
)
def test_what_the_key_may_not_read_is_told_and_three_sides_are_compared(
    path: str, status: int, said: str
) -> None:
    hands = Hands()
    sell(hands)
    hands.there.sandbox.faults.on.append(
        Fault(kind="refuse", service="mirakl", path=path, status=status, times=9)
    )
    document = reconcile(hands)
    told = " ".join(render_reconciliation(document, "text").split())
    assert document["agree"]
    assert said in told
    assert ("Three sides are compared" in told) == ("sellerpayment" in path)


def test_books_that_cannot_be_read_for_another_reason_are_no_books() -> None:
    hands = Hands()
    sell(hands)
    hands.there.sandbox.faults.on.append(
        Fault(kind="refuse", service="mirakl", path="/api/sellerpayment", status=500, times=9)
    )
    with pytest.raises(SourceFailed, match="500"):
        reconcile(hands)


def test_orders_of_people_who_were_erased_are_not_in_the_books_either() -> None:
    hands = Hands()
    order = sell(hands)
    who = Identifier("order", order.id)
    erase(hands.worker, find(hands.worker, who), who)
    document = reconcile(hands)
    assert (document["differences"], document["currencies"]) == ([], [])
    assert document["transaction_log"] == "read"


def test_reconciling_lands_and_sends_nothing() -> None:
    hands = Hands()
    sell(hands)
    hands.place()
    before = hands.rows("SELECT * FROM order_version"), hands.count("call")
    hands.dotdigital.sent.clear()
    reconcile(hands)
    assert (hands.rows("SELECT * FROM order_version"), hands.count("call")) == before
    assert {one.method for one in hands.dotdigital.sent} == {"GET"}


def test_orders_of_another_month_are_left_alone() -> None:
    hands = Hands()
    sell(hands)
    earlier = hands.place("7700078")
    earlier.created -= timedelta(days=10)
    document = reconcile(hands)
    assert (document["agree"], document["over"]) == (True, False)
    before = reconcile(hands, "2026-02")
    assert [one["order"] for one in before["differences"]] == [earlier.id]
    assert before["over"]


def test_orders_of_people_who_were_erased_are_in_no_sum() -> None:
    hands = Hands()
    order = sell(hands)
    who = Identifier("order", order.id)
    erase(hands.worker, find(hands.worker, who), who)
    document = reconcile(hands)
    assert (document["left_out"], document["differences"]) == (1, [])


def test_a_throttled_list_of_records_is_waited_for() -> None:
    hands = Hands()
    sell(hands)
    path = "/insightData/v3/contacts/Orders"
    fault = Fault(kind="refuse", service="dotdigital", path=path, status=429, retry_after=7)
    hands.there.sandbox.faults.on.append(fault)
    assert reconcile(hands)["agree"]


@pytest.mark.parametrize("given", ["2026", "2026-13", "2026-3", "0000-01", "9999-12", "March"])
def test_a_month_that_is_none_is_told(given: str) -> None:
    with pytest.raises(Failure, match="--month takes a year and a month"):
        read_month(given, "Europe/London")


def test_a_month_begins_where_the_mapping_counts_days() -> None:
    month = read_month("2026-04", zone_of(shipped_flow()))
    assert month.start.isoformat() == "2026-03-31T23:00:00+00:00"
    assert read_month("2026-12", "UTC").end - month.start > timedelta(days=270)


def test_a_month_to_come_is_refused() -> None:
    with pytest.raises(Failure, match="has not begun"):
        reconcile(Hands(), "2026-04")


def test_a_mapping_without_money_cannot_be_reconciled() -> None:
    flow = shipped_flow(ROOT / "mappings/debenhams/shipments.yaml")
    with pytest.raises(Failure, match="nothing to reconcile"):
        make_reckoning(flow)


def test_the_table_is_ready_for_finance() -> None:
    hands = Hands()
    key = record_missing(hands)
    table = render_reconciliation(reconcile(hands), "csv")
    rows = list(csv.DictReader(StringIO(table, newline="")))
    assert [one["row"] for one in rows] == ["difference", "total"]
    assert rows[0]["order"] == key
    assert float(rows[0]["dotdigital_less_mirakl"]) == -float(rows[0]["mirakl"])
    assert (rows[1]["mirakl"], rows[1]["dotdigital"]) == (rows[0]["mirakl"], "0.00")


def test_a_key_that_is_a_formula_stays_text() -> None:
    hands = Hands()
    sell(hands)
    kept = records(hands)
    kept["=1+1"] = deepcopy(next(iter(kept.values())))
    kept["=1+1"].key = "=1+1"
    document = reconcile(hands)
    assert '"\'=1+1"' in render_reconciliation(document, "csv")


def test_the_page_needs_nothing_else_and_shows_names_as_typed() -> None:
    hands = Hands()
    sell(hands)
    kept = records(hands)
    hostile = "<script>alert(1)</script>"
    kept[hostile] = deepcopy(next(iter(kept.values())))
    kept[hostile].key = hostile
    page = render_reconciliation_page(reconcile(hands))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "DISAGREE" in page


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    with sandbox(speed=20) as base:
        made = Desk(base, tmp_path_factory.mktemp("books"))
        assert made.call("sync", "--once").returncode in (0, 1)
        now = httpx.get(f"{base}/sandbox/", trust_env=False).json()["now"]
        yield made, now[:7]


def test_the_command_prints_and_writes_what_it_found(
    desk: tuple[Desk, str], tmp_path: Path
) -> None:
    made, month = desk
    out = tmp_path / "month.json"
    words = ("--month", month, "--output-format", "json", "--out", str(out))
    done = made.call("reconcile", *words)
    document = orjson.loads(out.read_bytes())
    Draft202012Validator(read_schema("reconciliation.v1.schema.json")).validate(document)
    assert done.returncode == (0 if document["agree"] else 1)
    assert (done.stdout, document["month"]) == ("", month)
    # The sandbox's clock runs on: what is new there since may be told, but nothing else.
    assert {one["cause"] for one in document["causes"]} <= {"not landed", "change not landed"}
    assert document["agreed"] > 0
    url = made.environment["MIRADOT_DATABASE_URL"]
    with opened(url) as database, database.transaction() as connection:
        kept = read_latest(connection, document["mapping"], "reconciliation", month)
    assert kept is not None
    assert kept.document == document


def test_a_month_that_is_none_ends_the_command_in_one_line(desk: tuple[Desk, str]) -> None:
    done = desk[0].call("reconcile", "--month", "March")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)

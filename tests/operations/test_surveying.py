"""Surveys by themselves: each once in its time, kept for the page, and of nobody who was erased."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from engine.commands.delivery import PROFILES, Delivery
from engine.commands.drift import look_for_drift
from engine.commands.measurements import store_of, sum_up_drift, sum_up_reconciliation
from engine.commands.reconcile import reconcile_month
from engine.commands.surveys import make_surveys
from engine.jobs.port import Turn
from engine.problem import Failure
from engine.sandbox.faults import Fault
from engine.sandbox.world.orders import Order
from engine.settings import Settings
from engine.state.measurements import Kind, Latest, read_latest
from engine.sync.exporting import Exporter
from engine.sync.forgetting import Identifier, erase, find
from engine.sync.months import read_month, zone_of
from engine.sync.reckoning import make_reckoning
from tests.operations.hands import Hands
from tests.operations.test_commands import Desk
from tests.rehearsal import sandbox
from tests.state.databases import opened

TURN = Turn({}, lambda: True)
MONTH = "2026-03"


def surveyed(hands: Hands) -> int:
    """Make the surveys whose time has come; give how many."""
    delivery = Delivery(
        Settings(), hands.worker, hands.worker, hands.landing.source, PROFILES["default"]
    )
    return make_surveys(delivery)(TURN)["surveys"]


def parts(hands: Hands) -> list[tuple[str, str]]:
    return sorted((row[0], row[1]) for row in hands.rows("SELECT kind, part FROM measurement"))


def latest(hands: Hands, kind: Kind) -> Latest:
    with hands.worker.transaction() as connection:
        found = read_latest(connection, hands.flow.name, kind)
    assert found is not None
    return found


def forget(hands: Hands, order: Order) -> None:
    identifier = Identifier("order", order.id)
    erase(hands.worker, find(hands.worker, identifier), identifier)


def reconcile(hands: Hands) -> None:
    exporter = Exporter(hands.worker, hands.landing.source)
    month = read_month(MONTH, zone_of(hands.flow))
    document = reconcile_month(hands.worker, exporter, make_reckoning(hands.flow), month)
    store_of(hands.worker).keep(sum_up_reconciliation, document)


def lose_record(hands: Hands, order: Order) -> None:
    """Let Dotdigital's record of an order be gone, so that the month and drift name the order."""
    del hands.there.sandbox.state.insight.collections["Orders"].records[order.id]


def test_each_survey_is_made_once_in_its_time() -> None:
    hands = Hands()
    hands.place()
    hands.sync()
    assert surveyed(hands) == 5
    assert parts(hands) == [
        ("consent", ""),
        ("drift", ""),
        ("reconciliation", "2026-02"),
        ("reconciliation", MONTH),
        ("usability", ""),
    ]
    assert surveyed(hands) == 0
    hands.there.wait(hours=23, minutes=30)
    assert surveyed(hands) == 2, "whoever reads Mirakl's books asks no earlier than a day later"
    hands.there.wait(hours=1)
    assert surveyed(hands) == 2
    hands.there.wait(hours=6 * 24)
    assert surveyed(hands) == 5


def test_billing_cycles_are_read_of_the_month_that_is_over_alone() -> None:
    hands = Hands()
    surveyed(hands)
    asked = [one for one in hands.mirakl.sent if "/seller-billing-cycles" in one.path]
    assert len(asked) == 1
    with hands.worker.transaction() as connection:
        months = [
            read_latest(connection, hands.flow.name, "reconciliation", part)
            for part in ("2026-02", MONTH)
        ]
    unread = ["billing_cycles_unread" in one.document for one in months if one is not None]
    assert unread == [False, True]


def test_what_was_found_is_counted_and_its_cause_told() -> None:
    hands = Hands()
    lost = hands.place()
    hands.sync()
    lose_record(hands, lost)
    surveyed(hands)
    month, drift = latest(hands, "reconciliation").measured, latest(hands, "drift").measured
    assert (month.ok, month.found, month.cause) == (False, 1, "record missing: 1 order")
    assert (drift.ok, drift.found) == (False, 1)
    said = "orders were sent, and Orders holds no record of them"
    assert drift.cause == f"order without record: {said}"
    consent, usability = latest(hands, "consent").measured, latest(hands, "usability").measured
    assert (consent.ok, consent.found, consent.cause) == (True, 0, "")
    assert usability.ok
    assert usability.figure is not None
    assert 0 < usability.figure <= 100


def test_one_that_fails_keeps_no_other_from_being_made_and_is_tried_again() -> None:
    hands = Hands()
    path = "/api/orders/async-export"
    fault = Fault(kind="refuse", service="mirakl", path=path, status=403, times=2)
    hands.there.sandbox.faults.on.append(fault)
    with pytest.raises(Failure, match="Mirakl could not be read"):
        surveyed(hands)
    assert [kind for kind, _ in parts(hands)] == ["consent", "drift", "usability"]
    assert surveyed(hands) == 2


def test_an_erasure_reaches_what_was_kept() -> None:
    hands = Hands()
    lost, other = hands.place(), hands.place("7700078", email="somebody.else@example.com")
    hands.sync()
    for order in (lost, other):
        lose_record(hands, order)
    reconcile(hands)
    store_of(hands.worker).keep(sum_up_drift, look_for_drift(hands.worker, 7, 0))
    forget(hands, lost)
    kept = hands.rows("SELECT document FROM measurement WHERE document != ''")
    assert len(kept) == 2
    assert not [text for (text,) in kept if lost.id in text]
    assert all(other.id in text for (text,) in kept)


def test_nobody_is_kept_who_was_erased_while_it_was_read() -> None:
    hands = Hands()
    lost = hands.place()
    hands.sync()
    lose_record(hands, lost)
    document = look_for_drift(hands.worker, 7, 0)
    assert lost.id in orjson.dumps(document).decode()
    forget(hands, lost)
    store_of(hands.worker).keep(sum_up_drift, document)
    assert lost.id not in orjson.dumps(latest(hands, "drift").document).decode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with sandbox() as base:
        desk = Desk(base, tmp_path_factory.mktemp("desk"))
        desk.call("sync", "--once")
        yield desk
        desk.sides.close()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("usability", ("usability", "--since", "30d")),
        ("drift", ("drift",)),
        ("consent", ("audit", "consent")),
    ],
)
def test_a_command_keeps_what_it_prints(desk: Desk, kind: Kind, words: tuple[str, ...]) -> None:
    printed = desk.call(*words, "--output-format", "json")
    assert printed.returncode <= 1, printed.stderr
    url = desk.environment["MIRADOT_DATABASE_URL"]
    with opened(url) as database, database.transaction() as connection:
        kept = read_latest(connection, "debenhams-orders", kind)
    assert kept is not None
    assert kept.document == orjson.loads(printed.stdout)

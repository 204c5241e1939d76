"""Records sent by hand: the usual way, with every guard."""

from __future__ import annotations

import json

import orjson
import pytest
from click.testing import CliRunner

import cli
from engine.sandbox.world.orders import Order
from engine.sync.account import prepare_account
from engine.sync.forgetting import Identifier, erase, find
from engine.sync.sending import Sent, send_record
from tests.operations.hands import Hands, shipped_flow
from tests.shipped import ROOT

SAMPLES = ROOT / "mappings/debenhams/samples"


def text_of(hands: Hands, order: Order) -> str:
    page = hands.there.get("/mirakl/api/orders", order_ids=order.id)
    return orjson.dumps(page["orders"][0]).decode()


def send(hands: Hands, order: Order) -> Sent:
    return send_record(hands.worker, "run", text_of(hands, order))


def test_a_record_is_delivered() -> None:
    hands = Hands()
    order = hands.place()
    sent = send(hands, order)
    assert (sent.key, sent.outcome) == (order.id, "sent")
    assert len(hands.contacts(order.shopper.email)) == 1


def test_nothing_else_that_waits_is_delivered() -> None:
    hands = Hands()
    order, other = hands.place(), hands.place("555")
    hands.landing.read_changes()
    assert send(hands, order).outcome == "sent"
    assert not hands.contacts(other.shopper.email)


def test_the_same_record_again_changes_nothing() -> None:
    hands = Hands()
    order = hands.place()
    text = text_of(hands, order)
    send_record(hands.worker, "run", text)
    hands.dotdigital.sent.clear()
    again = send_record(hands.worker, "run", text)
    assert (again.outcome, again.earlier) == ("unchanged", True)
    assert hands.dotdigital.sent == []


def test_consent_is_read_at_that_moment() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    now = hands.clock.now()
    hands.there.sandbox.state.contacts.unsubscribe(order.shopper.email, now)
    later = hands.place()
    assert send(hands, later).outcome == "sent"
    assert [one.status for one in hands.contacts(order.shopper.email)] == ["unsubscribed"]
    assert hands.dotdigital.sent[-1].method != "DELETE"


def test_what_cannot_be_planned_is_held_and_tried_again_when_it_is_given_again() -> None:
    hands = Hands()
    order = hands.place()
    broken = {**json.loads(text_of(hands, order)), "currency_iso_code": "XXX"}
    first = send_record(hands.worker, "run", json.dumps(broken))
    assert first.outcome == "held"
    again = send_record(hands.worker, "run", json.dumps(broken))
    assert (again.outcome, again.earlier) == ("held", False)
    assert hands.rows("SELECT count(*) FROM exception WHERE closed_at IS NULL") == [(1,)]
    assert send(hands, order).outcome == "sent"


def test_whoever_was_erased_is_left_out() -> None:
    hands = Hands()
    order = hands.place()
    send(hands, order)
    who = Identifier("order", order.id)
    erase(hands.worker, find(hands.worker, who), who)
    assert send(hands, order).outcome == "erased"
    assert hands.count("order_version") == 0


def test_a_worker_that_holds_the_person_is_waited_for() -> None:
    hands = Hands()
    order = hands.place()
    hands.landing.read_changes()
    other = hands.hire("two")
    with hands.worker.transaction() as connection:
        assert other.claimant.claim(connection, "event", other.now)
    assert send(hands, order).outcome == "waiting"
    hands.there.wait(minutes=20)
    assert send(hands, order).outcome == "sent"


def test_records_that_are_no_orders_are_delivered_as_well() -> None:
    hands = Hands(flow=shipped_flow(ROOT / "mappings/debenhams/catalogue.yaml"))
    assert prepare_account(hands.worker)
    offers = json.loads((SAMPLES / "offers.json").read_bytes())["offers"]
    sent = [send_record(hands.worker, "run", json.dumps(one)) for one in offers]
    assert {one.outcome for one in sent} <= {"sent", "held"}
    assert any(one.outcome == "sent" for one in sent)


@pytest.mark.parametrize(
    "words",
    [
        ["--contacts", str(SAMPLES / "contacts.json")],
        ["--now", "2026-03-01T09:00:00Z"],
        ["--show-personal-data"],
    ],
)
def test_what_only_a_dry_run_can_suppose_is_refused(words: list[str]) -> None:
    mapping, source = "mappings/debenhams/orders.yaml", str(SAMPLES / "one-order.json")
    asked = ["run", mapping, "-i", source, "--send", *words]
    result = CliRunner().invoke(cli.cli, asked)
    assert result.exit_code == 2
    assert f"{words[0]} is for a dry run" in result.output

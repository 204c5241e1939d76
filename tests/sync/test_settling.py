"""Orders brought to Dotdigital, live or in a batch: what goes right, and what may go wrong."""

from __future__ import annotations

from itertools import permutations

import pytest

from engine.connections.answers import DeniedError
from engine.connections.wire import Sent
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.world.orders import refund
from engine.state.claims import Claimant
from engine.state.database import Database
from engine.state.migrations import prepare_database
from engine.sync.cycle import settle_all
from engine.sync.settling import settle_subject
from tests.operations.hands import (
    Hands,
    fault,
    fields,
    land,
    open_codes,
    outcomes,
    settle,
    still_hands,
    total,
    writes,
)

LANES = ["event", "batch"]


@pytest.fixture(params=LANES)
def hands(request: pytest.FixtureRequest) -> Hands:
    """Give a worker that takes events one by one, or as a batch."""
    made = still_hands()
    limit = 10**9 if request.param == "event" else 0
    made.worker = made.hire("one", events_as_batch=limit)
    made.landing.worker = made.worker
    return made


def test_an_order_ends_sent_and_both_sides_agree(hands: Hands) -> None:
    order = hands.place()
    hands.sync()
    assert outcomes(hands) == [(order.id, "sent")]
    assert hands.there.get("/sandbox/differences") == {"differences": []}
    assert hands.there.sandbox.state.enrolments.total() == 1


def test_a_second_sync_sends_nothing(hands: Hands) -> None:
    hands.place()
    hands.sync()
    before = len(writes(hands))
    hands.there.wait(minutes=5)
    hands.sync()
    assert len(writes(hands)) == before


def test_figures_of_all_orders_of_a_person_add_up(hands: Hands) -> None:
    orders = [hands.place() for _ in range(3)]
    hands.sync()
    assert fields(hands, orders[0])["MKT_ORDERS"] == 3
    worth = sum(one.net for one in orders) / 100
    assert fields(hands, orders[0])["MKT_NET_VALUE"] == pytest.approx(worth, abs=0.001)


def test_a_refund_months_later_corrects_the_order_and_the_person(hands: Hands) -> None:
    first, second = hands.place(), hands.place()
    hands.sync()
    hands.there.wait(days=120)
    refund(first, 0, 500, 0, hands.clock.now())
    hands.sync()
    assert total(hands, first) == first.net / 100
    worth = (first.net + second.net) / 100
    assert fields(hands, first)["MKT_NET_VALUE"] == pytest.approx(worth, abs=0.001)


def test_versions_of_an_order_end_alike_in_whatever_order_they_come(hands: Hands) -> None:
    order = hands.place()
    versions = [show_order(order, "TAX_INCLUDED")]
    for goods in (100, 200):
        hands.there.wait(minutes=1)
        refund(order, 0, goods, 0, hands.clock.now())
        versions.append(show_order(order, "TAX_INCLUDED"))
    ends = set()
    for number, order_of in enumerate(permutations(versions)):
        key = f"{order.id}-{number}"
        for version in order_of:
            land(hands, {**version, "order_id": key})
            settle(hands)
        records = hands.there.sandbox.state.insight.collections["Orders"].records
        ends.add(records[key].json["order_total"])
    assert ends == {order.net / 100}


def test_an_answer_lost_after_the_contact_was_made_makes_no_second_one(hands: Hands) -> None:
    order = hands.place()
    fault(hands, "lose", path="/contacts/v3", method="POST")
    hands.sync()
    assert len(hands.contacts(order.shopper.email)) == 1
    assert outcomes(hands) == [(order.id, "sent")]


def test_an_enrolment_without_an_answer_waits_for_people_and_is_not_repeated(hands: Hands) -> None:
    order = hands.place()
    fault(hands, "lose", path="/v2/programs/enrolments")
    hands.sync()
    hands.there.wait(minutes=5)
    refund(order, 0, 100, 0, hands.clock.now())
    hands.sync()
    assert hands.there.sandbox.state.enrolments.total() == 1
    assert open_codes(hands) == ["OUTCOME_UNKNOWN"]
    assert {outcome for _, outcome in outcomes(hands)} == {"sent"}


def test_a_call_refused_for_now_is_made_again(hands: Hands) -> None:
    order = hands.place()
    fault(hands, "refuse", status=429, retry_after=7, times=2)
    fault(hands, "refuse", status=503, times=2)
    hands.sync()
    assert outcomes(hands) == [(order.id, "sent")]


def test_a_definite_no_rejects_the_order_in_the_words_of_dotdigital(hands: Hands) -> None:
    order = hands.place()
    hands.there.sandbox.state.insight.collections["Orders"].types[".order_total"] = "string"
    hands.sync()
    assert outcomes(hands) == [(order.id, "rejected")]
    assert open_codes(hands) == ["REFUSED_BY_DOTDIGITAL"]
    assert hands.there.sandbox.state.enrolments.total() == 0


def test_who_exists_is_updated_and_keeps_the_status(hands: Hands) -> None:
    email = "canaria.7700077@example.com"
    hands.there.call("POST", "/sandbox/contacts", {"email": email, "status": "unsubscribed"})
    order = hands.place()
    hands.sync()
    assert outcomes(hands) == [(order.id, "sent")]
    assert hands.contacts(email)[0].status == "unsubscribed"
    assert hands.there.sandbox.state.enrolments.total() == 0


def test_an_opt_out_between_reading_and_sending_is_not_undone(hands: Hands) -> None:
    first = hands.place()
    hands.sync()
    second = hands.place()
    email = first.shopper.email

    def opt_out(sent: Sent) -> None:
        if sent.method in ("PATCH", "PUT"):
            hands.dotdigital.meddle = None
            known = {"email": email, "status": "unsubscribed"}
            hands.there.call("POST", "/sandbox/contacts", known)

    hands.dotdigital.meddle = opt_out
    hands.sync()
    assert hands.contacts(email)[0].status == "unsubscribed"
    assert total(hands, second) == second.net / 100


def test_a_contact_that_was_erased_in_dotdigital_does_not_come_back(hands: Hands) -> None:
    order = hands.place()
    hands.sync()
    contact = hands.contacts(order.shopper.email)[0]
    hands.there.call("DELETE", f"/dotdigital/contacts/v3/contactId/{contact.id}")
    hands.there.wait(minutes=30)
    later = hands.place()
    hands.sync()
    assert hands.contacts(order.shopper.email) == []
    assert dict(outcomes(hands))[later.id] == "held"


def test_one_order_that_cannot_be_read_holds_up_no_other(hands: Hands) -> None:
    order = hands.place()
    broken = {**show_order(order, "TAX_INCLUDED"), "order_id": "BROKEN-1", "total_price": "much"}
    land(hands, broken)
    hands.sync()
    assert sorted(outcomes(hands)) == [("BROKEN-1", "held"), (order.id, "sent")]


def test_an_exception_closes_by_itself_when_the_order_is_corrected(hands: Hands) -> None:
    order = hands.place()
    shown = show_order(order, "TAX_INCLUDED")
    land(hands, {**shown, "total_price": "much"})
    settle(hands)
    assert open_codes(hands) == ["UNREADABLE_MONEY"]
    hands.there.wait(minutes=1)
    land(hands, {**shown, "last_updated_date": hands.clock.now().isoformat()})
    settle(hands)
    assert open_codes(hands) == []


def test_a_relay_address_is_served_and_never_marketed_to(hands: Hands) -> None:
    orders = [hands.place(real=False) for _ in range(2)]
    hands.sync()
    made = list(hands.there.sandbox.state.contacts.by_id.values())
    assert [(one.status, sorted(one.lists)) for one in made] == [("unsubscribed", [4712])]
    assert hands.there.sandbox.state.enrolments.total() == 0
    assert [total(hands, one) for one in orders] == [one.net / 100 for one in orders]


def test_a_wrong_key_stops_the_worker_and_gives_its_claims_back(hands: Hands) -> None:
    hands.place()
    hands.landing.read_changes()
    fault(hands, "refuse", status=401, times=9)
    with pytest.raises(DeniedError):
        settle_all(hands.worker)
    assert hands.rows("SELECT claimed_by FROM person") == [(None,)]
    hands.there.call("DELETE", "/sandbox/faults")
    settle(hands)
    assert {outcome for _, outcome in outcomes(hands)} == {"sent"}


def test_a_worker_that_wakes_up_late_does_not_leave_older_figures() -> None:
    hands = still_hands()
    order = hands.place()
    hands.sync()
    hands.there.wait(minutes=1)
    refund(order, 0, 100, 0, hands.clock.now())
    hands.landing.read_changes()
    sleeper, other = hands.hire("sleeper"), hands.hire("other")
    stale: list[float] = []

    def overtake(sent: Sent) -> None:
        if sent.method != "PUT" or stale:
            return
        stale.append(total(hands, order))
        hands.there.wait(minutes=20)
        refund(order, 0, 100, 0, hands.clock.now())
        hands.landing.read_changes()
        settle_all(other)

    hands.dotdigital.meddle = overtake
    with sleeper.transaction() as connection:
        claimant: Claimant = sleeper.claimant
        claim = claimant.claim(connection, "event", sleeper.now)[0]
    settle_subject(sleeper, claim)
    hands.dotdigital.meddle = None
    settle(hands)
    assert stale
    assert total(hands, order) == order.net / 100


def test_a_record_that_fails_in_an_import_rejects_its_order_alone() -> None:
    hands = still_hands()
    hands.worker = hands.hire("one", events_as_batch=0)
    hands.landing.worker = hands.worker
    good, bad = hands.place(real=False), hands.place("8800088", real=False)
    hands.there.call(
        "POST",
        "/sandbox/faults",
        {"kind": "break", "service": "dotdigital", "keys": [bad.id]},
    )
    hands.sync()
    assert dict(outcomes(hands)) == {good.id: "sent", bad.id: "rejected"}


def test_an_import_that_is_refused_whole_is_halved_until_the_culprit_is_alone() -> None:
    hands = still_hands()
    hands.worker = hands.hire("one", events_as_batch=0)
    hands.landing.worker = hands.worker
    orders = [hands.place(f"88000{number}", real=False) for number in range(4)]
    fault(hands, "refuse", path="/insightData/v3/import", method="PUT", status=413, times=1)
    hands.sync()
    assert {outcome for _, outcome in outcomes(hands)} == {"sent"}
    imports = [one for one in writes(hands) if one.path == "/insightData/v3/import"]
    assert len(imports) > 2
    assert [total(hands, one) for one in orders] == [one.net / 100 for one in orders]


def test_dotdigital_is_not_asked_over_and_over_while_it_is_down() -> None:
    hands = still_hands()
    hands.worker = hands.hire("one", events_as_batch=0)
    hands.place()
    hands.landing.read_changes()
    fault(hands, "refuse", path="/v2/server-time", status=503, times=5)
    started = hands.clock.now()
    settle(hands)
    asked = [one for one in hands.dotdigital.sent if one.path == "/v2/server-time"]
    assert len(asked) == 6
    assert (hands.clock.now() - started).total_seconds() >= 25


def test_an_import_that_a_dead_worker_left_is_read_by_the_next_one() -> None:
    hands = still_hands()
    hands.worker = hands.hire("one", events_as_batch=0)
    hands.place(real=False)
    hands.landing.read_changes()

    def die(sent: Sent) -> None:
        if sent.method == "GET" and sent.path.startswith("/contacts/v3/import/"):
            hands.dotdigital.meddle = None
            raise KeyboardInterrupt

    hands.dotdigital.meddle = die
    with pytest.raises(KeyboardInterrupt):
        settle_all(hands.worker)
    assert hands.rows("SELECT state FROM batch") == [("running",)]
    hands.there.wait(minutes=20)
    settle(hands)
    assert {row[0] for row in hands.rows("SELECT state FROM batch")} == {"read"}
    assert {outcome for _, outcome in outcomes(hands)} == {"sent"}


def test_a_new_database_finds_the_contacts_that_carry_its_people(hands: Hands) -> None:
    first = hands.place(real=False)
    hands.sync()
    hands.database = Database("sqlite://")
    prepare_database(hands.database, hands.clock.now())
    limit = hands.worker.rules.events_as_batch
    hands.worker = hands.landing.worker = hands.hire("one", events_as_batch=limit)
    hands.there.wait(minutes=1)
    later = hands.place(real=False)
    hands.sync()
    assert len(hands.there.sandbox.state.contacts.by_id) == 1
    assert [total(hands, one) for one in (first, later)] == [first.net / 100, later.net / 100]


def test_an_order_that_never_gets_an_answer_is_told_to_people_and_tried_on() -> None:
    hands = still_hands()
    hands.worker = hands.landing.worker = hands.hire("one", attempts_before_telling=3)
    hands.place()
    fault(hands, "refuse", path="/contacts/v3", method="POST", status=503, times=4)
    hands.landing.read_changes()
    for _ in range(4):
        settle_all(hands.worker)
        hands.there.wait(hours=1)
    assert open_codes(hands) == ["NOT_DELIVERED"]
    settle(hands)
    assert open_codes(hands) == []
    assert {outcome for _, outcome in outcomes(hands)} == {"sent"}

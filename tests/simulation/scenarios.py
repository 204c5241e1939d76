"""One short story for each known mistake: it ends well with the code as it is, and badly with it.

Random schedules find most mistakes sooner or later; a story finds its own each time, and at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson

from engine.connections.mirakl import MiraklSource, SourceError
from engine.connections.wire import Got, NoAnswer, Sent
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.wire import SandboxWire
from engine.sandbox.world.orders import Order, cancel, refund, step
from engine.sandbox.world.shoppers import Shopper
from engine.sync.cycle import settle_all
from engine.sync.settling import settle_subject
from engine.sync.worker import Worker
from tests.operations.hands import Hands, fault, land, outcomes, settle, still_hands
from tests.simulation import wrong

PENNY = 0.005


class Killed(BaseException):
    """A worker dies here, and takes nothing back."""


@dataclass(slots=True)
class Pages:
    """Mirakl, an order to a page: that at `cut` breaks off once, `empty` answers come early."""

    inner: SandboxWire
    cut: str = ""
    empty: int = 0

    def exchange(self, sent: Sent) -> Got:
        if self.cut and sent.query.get("offset") == self.cut:
            self.cut = ""
            raise NoAnswer("the answer broke off", taken=True)
        got = self.inner.exchange(replace(sent, query={**sent.query, "max": "1"}))
        if not self.empty:
            return got
        self.empty -= 1
        body = orjson.dumps({**orjson.loads(got.body), "orders": [], "total_count": 0})
        return replace(got, body=body, headers={"date": got.headers["date"]})


def reading(hands: Hands, wire: Pages) -> None:
    """Let Mirakl be read by pages."""
    home = hands.mirakl.inner.home
    hands.landing.source = MiraklSource(wire, "TAX_INCLUDED", home)


def told(hands: Hands, order: Order) -> float | None:
    """Give what an order is worth to Dotdigital; None where it holds no record."""
    record = hands.there.sandbox.state.insight.collections["Orders"].records.get(order.id)
    return None if record is None else float(record.json["order_total"])


def expect(hands: Hands, *orders: Order) -> None:
    """See that both sides say the same of orders of one person."""
    for order in orders:
        worth = told(hands, order)
        assert worth is not None, f"order {order.id} is not there"
        assert abs(worth - order.net / 100) < PENNY, f"{order.id}: {worth}, not {order.net}"
    contacts = hands.contacts(orders[0].shopper.email)
    assert len(contacts) == 1
    net = float(str(contacts[0].fields.get("MKT_NET_VALUE", 0)))
    assert abs(net - sum(one.net for one in orders) / 100) < PENNY


def give_back(hands: Hands, order: Order) -> None:
    """Let a pound be refunded, a minute later."""
    hands.there.wait(minutes=1)
    refund(order, 0, 100, 0, hands.clock.now())


def batching() -> Hands:
    """Give a worker that takes everything as a batch."""
    hands = still_hands()
    hands.worker = hands.hire("one", events_as_batch=0)
    hands.landing.worker = hands.worker
    return hands


def once_before(hands: Hands, method: str, path: str, happen: Callable[[], object]) -> list[Sent]:
    """Let something happen before the first request of a kind; gives that request, once made."""
    done: list[Sent] = []

    def meddle(sent: Sent) -> None:
        if not done and sent.method == method and sent.path.startswith(path):
            done.append(sent)
            happen()

    hands.dotdigital.meddle = meddle
    return done


def claim_and_settle(worker: Worker) -> None:
    """Let a worker take the one subject that waits, and deliver it."""
    with worker.transaction() as connection:
        claim = worker.claimant.claim(connection, "event", worker.now)[0]
    settle_subject(worker, claim)


def overtaken_at(method: str, minutes: float) -> None:
    """Let a worker pause before a request, while another one brings what is newer."""
    hands = still_hands()
    order = hands.place()
    hands.sync()
    give_back(hands, order)
    hands.landing.read_changes()
    sleeper, other = hands.hire("sleeper"), hands.hire("other")

    def overtake() -> None:
        hands.there.wait(minutes=minutes)
        give_back(hands, order)
        hands.landing.read_changes()
        settle_all(other)

    overtaken = once_before(hands, method, "", overtake)
    claim_and_settle(sleeper)
    assert overtaken
    settle(hands)
    expect(hands, order)


def killed_at(path: str, *, after: bool) -> Hands:
    """Let a worker die before or after its first write to a path, and another one go on."""
    hands = still_hands()
    hands.place()

    def die(sent: Sent) -> None:
        if sent.method != "GET" and sent.path.startswith(path):
            hands.dotdigital.meddle = hands.dotdigital.after = None
            raise Killed

    if after:
        hands.dotdigital.after = die
    else:
        hands.dotdigital.meddle = die
    with suppress(Killed):
        hands.sync()
    hands.there.wait(minutes=20)
    settle_all(hands.hire("other"))
    return hands


def an_order_that_is_listed_late_is_found() -> None:
    hands = still_hands()
    order = hands.place()
    reading(hands, Pages(hands.mirakl.inner, empty=1))
    hands.sync()
    hands.there.wait(minutes=1)
    hands.sync()
    expect(hands, order)


def a_stamp_in_the_future_hides_no_other_order() -> None:
    hands = still_hands()
    early = hands.place("7700078")
    hands.there.wait(minutes=1)
    early.changed = hands.clock.now() + timedelta(hours=12)
    hands.sync()
    hands.there.wait(minutes=30)
    order = hands.place()
    hands.sync()
    expect(hands, order)


def what_a_poll_that_broke_off_did_not_read_is_read_later() -> None:
    hands = still_hands()
    orders = [hands.place() for _ in range(3)]
    hands.there.wait(minutes=30)
    wire = Pages(hands.mirakl.inner, cut="1")
    reading(hands, wire)
    try:
        hands.landing.read_changes()
    except SourceError:
        assert not wire.cut
    else:
        raise AssertionError("the poll did not break off")
    hands.there.wait(minutes=30)
    hands.sync()
    expect(hands, *orders)


def a_plan_of_a_worker_that_lost_its_claim_is_not_delivered() -> None:
    overtaken_at("GET", minutes=20)


def nobody_takes_a_person_whom_another_worker_serves() -> None:
    overtaken_at("GET", minutes=0)


def older_figures_that_arrive_last_are_sent_over() -> None:
    overtaken_at("PUT", minutes=20)


def a_person_is_worth_what_the_orders_are() -> None:
    hands = still_hands()
    first = hands.place()
    hands.sync()
    second = hands.place()
    hands.sync()
    give_back(hands, first)
    hands.sync()
    expect(hands, first, second)


def who_opted_out_stays_out() -> None:
    hands = still_hands()
    first = hands.place()
    hands.sync()
    known = {"email": first.shopper.email, "status": "unsubscribed"}
    hands.there.call("POST", "/sandbox/contacts", known)
    second = hands.place()
    hands.sync()
    expect(hands, first, second)
    assert hands.contacts(first.shopper.email)[0].status == "unsubscribed"


def a_tick_without_evidence_subscribes_nobody() -> None:
    hands = still_hands()
    order = hands.place(proved=False)
    hands.sync()
    expect(hands, order)
    assert hands.contacts(order.shopper.email)[0].status == "unsubscribed"


def a_cancelation_counts_once() -> None:
    hands = still_hands()
    shopper = Shopper("7700077", "Ada", "Harker", "ada@example.com", True, True, True)  # noqa: FBT003 - a row
    order = hands.there.sandbox.world.place(shopper, [(0, 3)], hands.clock.now())
    for state in ("WAITING_ACCEPTANCE", "WAITING_DEBIT_PAYMENT", "SHIPPING"):
        step(order, state, hands.clock.now())
    cancel(order, 0, 1, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.sync()
    expect(hands, order)


def an_order_whose_worker_died_before_the_call_is_delivered() -> None:
    hands = killed_at("/contacts/v3", after=False)
    assert [outcome for _, outcome in outcomes(hands)] == ["sent"]
    expect(hands, *hands.there.sandbox.world.orders.values())


def a_change_within_the_same_moment_is_delivered() -> None:
    hands = still_hands()
    order = hands.place()
    hands.sync()
    refund(order, 0, 100, 0, order.changed)
    hands.there.wait(minutes=1)
    hands.sync()
    expect(hands, order)


def a_version_that_comes_late_changes_nothing() -> None:
    hands = still_hands()
    order = hands.place()
    older = show_order(order, "TAX_INCLUDED")
    give_back(hands, order)
    hands.sync()
    land(hands, older)
    settle(hands)
    expect(hands, order)


def an_enrolment_without_an_answer_is_not_made_again() -> None:
    hands = still_hands()
    order = hands.place()
    fault(hands, "lose", path="/v2/programs/enrolments")
    hands.sync()
    give_back(hands, order)
    hands.sync()
    expect(hands, order)
    assert hands.there.sandbox.state.enrolments.total() == 1


def an_enrolment_whose_worker_died_after_it_is_not_made_again() -> None:
    hands = killed_at("/v2/programs/enrolments", after=True)
    assert hands.there.sandbox.state.enrolments.total() == 1
    expect(hands, *hands.there.sandbox.world.orders.values())


def who_was_deleted_between_two_batches_does_not_come_back() -> None:
    hands = batching()
    order = hands.place()
    hands.sync()
    contact = hands.contacts(order.shopper.email)[0]
    hands.there.call("DELETE", f"/dotdigital/contacts/v3/contactId/{contact.id}")
    hands.there.wait(minutes=30)
    later = hands.place()
    hands.sync()
    assert hands.contacts(order.shopper.email) == []
    assert dict(outcomes(hands))[later.id] == "held"


def a_record_that_an_import_refused_is_not_taken_for_sent() -> None:
    hands = batching()
    good, bad = hands.place(real=False), hands.place("8800088", real=False)
    broken = {"kind": "break", "service": "dotdigital", "keys": [bad.id]}
    hands.there.call("POST", "/sandbox/faults", broken)
    hands.sync()
    assert dict(outcomes(hands)) == {good.id: "sent", bad.id: "rejected"}


def a_contact_that_appears_before_it_is_created_gets_its_figures() -> None:
    hands = still_hands()
    order = hands.place()

    known = {"email": order.shopper.email, "status": "unsubscribed"}
    signed_up = once_before(
        hands,
        "POST",
        "/contacts/v3",
        lambda: hands.there.call("POST", "/sandbox/contacts", known),
    )
    hands.sync()
    assert signed_up
    expect(hands, order)


def an_older_content_of_the_same_moment_that_lands_last_is_put_right() -> None:
    hands = still_hands()
    order = hands.place()
    before = show_order(order, "TAX_INCLUDED")
    refund(order, 0, 100, 0, order.changed)
    land(hands, show_order(order, "TAX_INCLUDED"))
    land(hands, before)
    for _ in range(3):
        settle(hands)
        hands.there.wait(minutes=3)
        hands.landing.read_rung()
    expect(hands, order)


def a_record_that_is_held_back_and_lands_after_a_newer_one_is_overwritten() -> None:
    hands = still_hands()
    order = hands.place()
    hands.sync()
    held: list[Sent] = []

    def hold_back(sent: Sent) -> None:
        if sent.method == "PUT" and not held:
            held.append(sent)
            raise NoAnswer("no answer in time", taken=True)

    hands.dotdigital.meddle = hold_back
    for _ in range(2):
        give_back(hands, order)
        hands.landing.read_changes()
        settle_all(hands.worker)
        hands.there.wait(minutes=2)
    hands.dotdigital.inner.exchange(held[0])
    hands.there.wait(hours=1)
    settle(hands)
    expect(hands, order)


Scenario = Callable[[], None]
SCENARIOS: Mapping[wrong.Mistake, Scenario] = {
    wrong.no_overlap: an_order_that_is_listed_late_is_found,
    wrong.newest_stamp_as_watermark: a_stamp_in_the_future_hides_no_other_order,
    wrong.watermark_before_the_page: what_a_poll_that_broke_off_did_not_read_is_read_later,
    wrong.nobody_checks_claims: a_plan_of_a_worker_that_lost_its_claim_is_not_delivered,
    wrong.claims_do_not_exclude: nobody_takes_a_person_whom_another_worker_serves,
    wrong.a_late_call_is_left_alone: older_figures_that_arrive_last_are_sent_over,
    wrong.figures_are_added: a_person_is_worth_what_the_orders_are,
    wrong.status_on_update: who_opted_out_stays_out,
    wrong.subscribed_without_evidence: a_tick_without_evidence_subscribes_nobody,
    wrong.cancelations_subtracted_twice: a_cancelation_counts_once,
    wrong.settled_before_the_call: an_order_whose_worker_died_before_the_call_is_delivered,
    wrong.equal_stamps_are_one: a_change_within_the_same_moment_is_delivered,
    wrong.the_older_version_wins: a_version_that_comes_late_changes_nothing,
    wrong.equal_stamps_are_not_asked_about: (
        an_older_content_of_the_same_moment_that_lands_last_is_put_right
    ),
    wrong.latecomers_have_the_last_word: (
        a_record_that_is_held_back_and_lands_after_a_newer_one_is_overwritten
    ),
    wrong.the_unknown_is_tried_again: an_enrolment_without_an_answer_is_not_made_again,
    wrong.enrolment_outside_the_outbox: an_enrolment_whose_worker_died_after_it_is_not_made_again,
    wrong.the_mirror_stays_as_it_was: who_was_deleted_between_two_batches_does_not_come_back,
    wrong.no_report_is_read: a_record_that_an_import_refused_is_not_taken_for_sent,
    wrong.a_taken_address_is_ignored: a_contact_that_appears_before_it_is_created_gets_its_figures,
}
"""What each mistake breaks."""

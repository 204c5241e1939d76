"""A call that is held back on its way and lands after a newer one does not have the last word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from engine.connections.http import USUAL_LIMITS
from engine.connections.wire import Got, NoAnswer, Sent, Wire
from engine.sandbox.world.orders import Order, refund
from engine.state.tables import DOUBT
from engine.sync.cycle import settle_all
from engine.sync.worker import Rules
from tests.operations.hands import Hands
from tests.operations.test_reconciling import reconcile

LANES = {"event": 10**9, "batch": 0}


@dataclass
class SlowWire:
    """Holds back the first request of a method and a path, and says that no answer came."""

    inner: Wire
    method: str
    path: str
    held: list[Sent] = field(default_factory=list)
    dies: bool = False

    def exchange(self, sent: Sent) -> Got:
        if self.held or sent.method != self.method or self.path not in sent.path:
            return self.inner.exchange(sent)
        self.held.append(sent)
        if self.dies:
            raise KeyboardInterrupt
        raise NoAnswer("no answer in time", taken=True)

    def land(self, hands: Hands) -> None:
        """Let the request that was held back take effect."""
        self.inner.exchange(self.held[0])
        hands.there.wait(minutes=1)
        # The sandbox ends imports when it is next asked anything.
        self.inner.exchange(Sent("GET", "/v2/server-time"))


def slow(hands: Hands, method: str, path: str) -> SlowWire:
    wire = SlowWire(hands.dotdigital.inner, method, path)
    hands.dotdigital.inner = wire  # type: ignore[assignment]
    return wire


def give_back(hands: Hands, order: Order) -> None:
    refund(order, 0, 500, 0, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.landing.read_changes()
    settle_all(hands.worker)


def agree(hands: Hands) -> bool:
    return bool(hands.there.get("/sandbox/differences") == {"differences": []})


def doubts(hands: Hands) -> int:
    with hands.worker.transaction() as connection:
        return len(connection.execute(DOUBT.select()).all())


@pytest.fixture(params=LANES)
def hands(request: pytest.FixtureRequest) -> Hands:
    """Give hands that delivered an order, and whose worker goes on with one lane."""
    made = Hands()
    made.worker = made.landing.worker = made.hire("one", events_as_batch=LANES[request.param])
    return made


def late_record(hands: Hands) -> tuple[Order, SlowWire]:
    """Give an order that was refunded twice, and the record of the first refund on its way."""
    order = hands.place()
    hands.sync()
    wire = slow(hands, "PUT", "/insightData/v3")
    give_back(hands, order)
    hands.there.wait(minutes=2)
    give_back(hands, order)
    hands.there.wait(minutes=16)
    settle_all(hands.worker)
    assert len(wire.held) == 1
    assert agree(hands)
    return order, wire


def test_a_late_record_is_overwritten_when_its_time_is_over(hands: Hands) -> None:
    _, wire = late_record(hands)
    wire.land(hands)
    landed = agree(hands)
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    assert not landed
    assert agree(hands)
    assert doubts(hands) == 0
    assert hands.there.sandbox.state.enrolments.total() == 1


def test_a_late_figure_of_a_person_is_overwritten_too() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    wire = slow(hands, "PATCH", "/contacts/v3/contactId")
    give_back(hands, order)
    hands.there.wait(minutes=2)
    give_back(hands, order)
    wire.land(hands)
    landed = figure(hands, order)
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    assert landed != order.net / 100
    assert figure(hands, order) == order.net / 100


def test_a_late_import_of_a_new_contact_does_not_take_its_figures_back() -> None:
    hands = Hands()
    hands.worker = hands.landing.worker = hands.hire("one", events_as_batch=0)
    wire = slow(hands, "PUT", "/contacts/v3/import")
    hands.place(real=False)
    hands.place(real=False)
    hands.sync()
    (contact,) = hands.there.sandbox.state.contacts.by_id.values()
    delivered = contact.fields["MKT_ORDERS"]
    wire.land(hands)
    landed = contact.fields["MKT_ORDERS"]
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    assert (delivered, landed, contact.fields["MKT_ORDERS"]) == (2, 1, 2)


def figure(hands: Hands, order: Order) -> float:
    return float(str(hands.contacts(order.shopper.email)[0].fields["MKT_NET_VALUE"]))


def test_a_call_that_a_dead_worker_left_on_its_way_is_overwritten_too() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    wire = slow(hands, "PUT", "/insightData/v3")
    wire.dies = True
    with pytest.raises(KeyboardInterrupt):
        give_back(hands, order)
    hands.there.wait(minutes=16)
    give_back(hands, order)
    wire.land(hands)
    landed = agree(hands)
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    assert not landed
    assert agree(hands)


def test_nothing_is_sent_again_where_nothing_else_was_sent_since(hands: Hands) -> None:
    order = hands.place()
    hands.sync()
    slow(hands, "PUT", "/insightData/v3")
    give_back(hands, order)
    hands.there.wait(minutes=16)
    settle_all(hands.worker)
    before = len([one for one in hands.dotdigital.sent if one.method != "GET"])
    assert doubts(hands) > 0
    hands.there.wait(hours=2)
    settle_all(hands.worker)
    assert doubts(hands) == 0
    assert len([one for one in hands.dotdigital.sent if one.method != "GET"]) == before


def test_who_was_erased_meanwhile_is_not_sent_again() -> None:
    hands = Hands()
    _, _ = late_record(hands)
    with hands.worker.transaction() as connection:
        connection.exec_driver_sql('DELETE FROM "call"')
    before = len(hands.dotdigital.sent)
    hands.there.wait(hours=2)
    settle_all(hands.worker)
    assert len(hands.dotdigital.sent) == before
    assert doubts(hands) == 0


def test_what_lands_later_still_is_found_by_the_reconciliation() -> None:
    hands = Hands()
    order, wire = late_record(hands)
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    wire.land(hands)
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    found = [one for one in reconcile(hands)["differences"] if one["order"] == order.id]
    assert [one["cause"] for one in found] == ["record differs"]


def test_a_request_ends_long_before_the_claim_of_whoever_made_it() -> None:
    longest = USUAL_LIMITS.connect + USUAL_LIMITS.whole + USUAL_LIMITS.read
    assert timedelta(seconds=longest) < Rules().lease / 2
    assert Rules().late_wait > 2 * Rules().lease

"""Erasure: found by any identifier, gone everywhere, and never back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.connections.order_texts import OrderText
from engine.connections.wire import Sent
from engine.log import get_log, set_up_log
from engine.sandbox.faults import Fault
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.world.orders import Order, refund
from engine.state.decisions import Closing
from engine.state.erasure import count_deletions
from engine.state.reviews import Wanted, list_exceptions
from engine.state.rings import ring
from engine.state.tombstones import is_buried
from engine.sync.cycle import settle_all
from engine.sync.deciding import decide, undo
from engine.sync.forgetting import Identifier, deliver_deletions, erase, find
from engine.sync.mirror import refresh_mirror
from engine.sync.retention import rebuild
from engine.sync.settling import settle_subject
from tests.operations.hands import KEY, SURNAME, Hands

PERSONAL = ("order_version", "ledger", "call", "exception", "consent_event", "alias", "person")


def forget(hands: Hands, by: Any, value: str) -> Any:
    identifier = Identifier(by, value)
    return erase(hands.worker, find(hands.worker, identifier), identifier)


def person_of(hands: Hands, order: Order) -> str:
    return hands.flow.person_of(order.shopper.customer_id)


def identifiers(hands: Hands, order: Order) -> dict[str, str]:
    """Give what somebody is known by, kind by kind."""
    contact = hands.contacts(order.shopper.email)[0]
    return {
        "order": order.id,
        "email": order.shopper.email,
        "person": person_of(hands, order),
        "customer": order.shopper.customer_id,
        "contact": str(contact.id),
    }


@pytest.mark.parametrize("by", ["order", "email", "person", "customer", "contact"])
def test_a_person_is_found_and_gone_by_any_identifier(by: str) -> None:
    hands = Hands()
    order, relayed = hands.place(), hands.place(real=False)
    other = hands.place("555", first_name="Somebody", last_name="Else")
    hands.sync()
    done = forget(hands, by, identifiers(hands, order)[by])
    assert done.rows["order_version"] == 2, (order.id, relayed.id)
    assert done.deletions == {"deleted": 1}
    assert not hands.contacts(order.shopper.email)
    assert [row[0] for row in hands.rows("SELECT order_key FROM order_version")] == [other.id]
    assert len(hands.contacts(other.shopper.email)) == 1


def test_a_relay_address_finds_whoever_it_was_lent_to() -> None:
    hands = Hands()
    order = hands.place(real=False)
    hands.sync()
    done = forget(hands, "email", order.relay.upper())
    assert done.rows["ledger"] == 1
    assert not hands.contacts(order.relay)


def test_an_order_that_is_held_is_found_by_its_address() -> None:
    hands = Hands()
    order = hands.place()
    text = orjson.dumps({"order_id": "BROKEN-1", "customer_notification_email": order.relay})
    with hands.database.transaction() as connection:
        hands.landing.land(connection, [OrderText(text, None, "BROKEN-1")], "event")
    hands.sync()
    done = forget(hands, "email", order.relay)
    assert done.rows["order_version"] == 2
    assert hands.count("exception") == 0


def test_the_records_of_a_contact_go_before_the_contact() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    hands.dotdigital.sent.clear()
    forget(hands, "email", order.shopper.email)
    made = [one.path.rsplit("/", 2)[-2:] for one in hands.dotdigital.sent if one.method == "DELETE"]
    number = made[-1][1]
    assert made == [["Orders", "empty"], ["Shipments", "empty"], ["contactId", number]]


def test_somebody_with_a_hundred_orders_is_erased_whole() -> None:
    hands = Hands()
    orders = [hands.place(real=False) for _ in range(100)]
    hands.landing.read_changes()
    done = forget(hands, "order", orders[0].id)
    assert (done.rows["order_version"], done.traces) == (100, {})


def test_looking_changes_nothing() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    before = {table: hands.count(table) for table in PERSONAL}
    person = find(hands.worker, Identifier("order", order.id))
    assert person.rows["order_version"] == 1
    assert order.shopper.email not in str(person.masked())
    assert {table: hands.count(table) for table in PERSONAL} == before
    assert hands.contacts(order.shopper.email)


def test_erasing_twice_is_fine() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    forget(hands, "email", order.shopper.email)
    again = find(hands.worker, Identifier("email", order.shopper.email))
    assert (again.is_known, again.buried) == (False, True)
    assert erase(hands.worker, again, Identifier("email", order.shopper.email)).rows == {}


def test_orders_that_are_seen_again_do_not_come_back() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    forget(hands, "customer", order.shopper.customer_id)
    refund(order, 0, 100, 0, hands.clock.now())
    anew = hands.place(real=False)
    held = hands.place()
    with hands.database.transaction() as connection:
        ring(connection, hands.landing.feed, [order.id, anew.id, held.id], hands.clock.now())
    assert hands.landing.read_rung()["erased"] == 3
    assert hands.landing.read_changes()["erased"] == 3
    hands.sync()
    assert {table: hands.count(table) for table in (*PERSONAL, "ring", "contact")} == dict.fromkeys(
        (*PERSONAL, "ring", "contact"), 0
    )
    assert not hands.contacts(order.shopper.email)


def test_somebody_else_with_an_address_that_was_erased_is_left_out() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    forget(hands, "email", order.shopper.email)
    hands.place("888", email=order.shopper.email)
    assert hands.landing.read_changes()["erased"] == 2


def test_the_mirror_does_not_hold_who_was_erased() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    fault = Fault(kind="refuse", status=503, service="dotdigital", method="DELETE", times=100)
    hands.there.sandbox.faults.on.append(fault)
    assert forget(hands, "email", order.shopper.email).deletions == {"owed": 1}
    refresh_mirror(hands.worker)
    assert hands.count("contact") == 0


def test_what_dotdigital_owes_survives_and_later_cycles_see_to_it() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    fault = Fault(kind="refuse", status=503, service="dotdigital", method="DELETE", times=100)
    hands.there.sandbox.faults.on.append(fault)
    forget(hands, "email", order.shopper.email)
    assert hands.count("erasure") == 1
    assert hands.contacts(order.shopper.email)
    hands.there.sandbox.faults.on.clear()
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    assert not hands.contacts(order.shopper.email)
    with hands.database.transaction() as connection:
        assert count_deletions(connection) == 0
    assert hands.rows("SELECT contact_id, done_at IS NULL FROM erasure") == [(None, 0)]


def test_a_kill_before_dotdigital_was_asked_leaves_the_deletion_on_record() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    identifier = Identifier("order", order.id)
    person = find(hands.worker, identifier)

    def kill(sent: Sent) -> None:
        if sent.method == "DELETE":
            raise KeyboardInterrupt

    hands.dotdigital.meddle = kill
    with pytest.raises(KeyboardInterrupt):
        erase(hands.worker, person, identifier)
    assert hands.count("order_version") == 0
    hands.dotdigital.meddle = None
    assert deliver_deletions(hands.worker) == {"deleted": 1}
    assert not hands.contacts(order.shopper.email)


def test_whoever_writes_for_a_person_loses_them_and_writes_nothing_more() -> None:
    hands = Hands()
    order = hands.place()
    hands.landing.read_changes()
    erased: list[Any] = []

    def erase_meanwhile(sent: Sent) -> None:
        if sent.method in ("POST", "PUT") and not erased:
            erased.append(None)
            erased[0] = forget(hands, "customer", order.shopper.customer_id)

    worker = hands.hire("two")
    with worker.transaction() as connection:
        claim = worker.claimant.claim(connection, "event", worker.now)[0]
    hands.dotdigital.meddle = erase_meanwhile
    settle_subject(worker, claim)
    hands.dotdigital.meddle = None
    assert erased, "the person was erased while the first call was out"
    counts = {table: hands.count(table) for table in (*PERSONAL, "contact")}
    assert counts == dict.fromkeys(counts, 0)
    # The call that was out has created the contact, which goes as well.
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    assert not hands.contacts(order.shopper.email)


def test_a_batch_under_way_writes_nothing_more_of_who_was_erased() -> None:
    hands = Hands()
    order, other = hands.place(real=False), hands.place("555", real=False)
    hands.landing.read_changes()
    erased: list[Any] = []

    def erase_meanwhile(sent: Sent) -> None:
        if sent.path.endswith("/import") and not erased:
            erased.append(None)
            erased[0] = forget(hands, "customer", order.shopper.customer_id)

    hands.worker = hands.hire("one", events_as_batch=0)
    hands.dotdigital.after = erase_meanwhile
    settle_all(hands.worker)
    hands.dotdigital.after = None
    assert erased
    hands.there.wait(hours=1)
    settle_all(hands.worker)
    assert [row[0] for row in hands.rows("SELECT subject FROM person")] == [person_of(hands, other)]
    assert [row[0] for row in hands.rows("SELECT DISTINCT order_key FROM call")] == [other.id]
    assert not hands.contacts(order.relay)
    assert hands.contacts(other.relay)


def test_no_byte_of_the_person_is_left_in_files_or_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hands = Hands(url=f"sqlite:///{tmp_path}/miradot.db")
    set_up_log("json", "debug")
    hands.worker.talk = get_log("run")
    order = hands.place()
    relayed = hands.place(real=False)
    hands.place("555", first_name="Somebody", last_name="Else")
    hands.sync()
    contact = hands.contacts(order.shopper.email)[0]
    canaries = [
        SURNAME,
        order.shopper.email,
        relayed.relay,
        order.shopper.customer_id,
        order.id,
        relayed.id,
        person_of(hands, order),
        str(contact.id),
    ]
    assert all(one in _bytes(tmp_path) for one in canaries)
    done = forget(hands, "email", order.shopper.email)
    assert rebuild(hands.worker)
    assert done.traces == {}
    assert [one for one in canaries if one in _bytes(tmp_path)] == []
    said = capsys.readouterr()
    assert [one for one in canaries if one in said.out + said.err] == []
    with hands.database.transaction() as connection:
        assert is_buried(connection, KEY, "address", [relayed.relay])


def _bytes(folder: Path) -> str:
    return "".join(one.read_bytes().decode("latin-1") for one in sorted(folder.iterdir()))


def test_an_order_that_two_customers_came_with_goes_with_its_first_one_only() -> None:
    hands = Hands()
    order, other = hands.place(), hands.place("555", first_name="Somebody", last_name="Else")
    hands.sync()
    moved = order.shopper
    order.shopper = other.shopper
    refund(order, 0, 100, 0, hands.clock.now())
    hands.sync()
    assert hands.rows("SELECT code FROM exception") == [("PERSON_CHANGED",)]
    forget(hands, "customer", other.shopper.customer_id)
    assert hands.rows("SELECT DISTINCT order_key FROM order_version") == [(order.id,)]
    assert hands.contacts(moved.email)


def test_a_decision_is_undone_though_the_former_customer_was_erased_since() -> None:
    hands = Hands()
    order, other = hands.place("7700077"), hands.place("8800088")
    hands.sync()
    order.shopper = other.shopper
    refund(order, 0, 100, 0, hands.clock.now())
    hands.sync()
    contact = hands.contacts(other.shopper.email)[0]
    with hands.worker.transaction() as connection:
        entry = list_exceptions(connection, Wanted())[0]
    decide(hands.worker, entry, Closing("mo", "it is hers", {}), contact.id)
    hands.sync()
    done = forget(hands, "customer", "7700077")
    assert done.traces == {}
    with hands.worker.transaction() as connection:
        entry = list_exceptions(connection, Wanted(state="all"))[0]
        did = undo(connection, entry, Closing("mo", "it is not", {}), hands.worker.now).did
    assert "its former customer was erased" in did[-1]
    hands.sync()
    assert hands.rows("SELECT DISTINCT person FROM ledger") == [(person_of(hands, other),)]


def test_an_order_that_was_held_before_anybody_was_asked_goes_too() -> None:
    hands = Hands()
    order = hands.place()
    shown = {**show_order(order, "TAX_INCLUDED"), "order_lines": [{"order_line_id": None}]}
    text = OrderText(orjson.dumps(shown), shown, order.id)
    with hands.worker.transaction() as connection:
        hands.landing.land(connection, [text], "event")
    settle_all(hands.worker)
    assert hands.rows("SELECT outcome FROM order_version") == [("held",)]
    forget(hands, "customer", order.shopper.customer_id)
    assert hands.count("order_version") == 0

"""What people decide about an exception, what follows from it, and how it is taken back."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any, cast

import pytest

from engine.commands.exception import tell_exception
from engine.commands.exceptions import advice_of, group
from engine.commands.replay import ReplayRequest, replay_orders
from engine.connections.wire import Got, Sent
from engine.problem import Failure
from engine.report.exceptions import EXCEPTIONS_SCHEMA, render_exceptions
from engine.sandbox.faults import Fault
from engine.sandbox.wire import SandboxWire
from engine.sandbox.world.orders import Order, refund
from engine.state.claims import revoke_claims
from engine.state.decisions import Closing
from engine.state.reviews import Entry, Wanted, list_exceptions
from engine.state.tombstones import bury
from engine.sync.cycle import settle_all
from engine.sync.deciding import close_as_is, decide, recreate, tell_outcome, undo
from tests.operations.hands import KEY, NAME, SURNAME, Hands

CLOSING = Closing("mo", "compared both in Dotdigital", {})
ENROL = "/v2/programs/enrolments"


def exceptions(hands: Hands, state: Any = "open") -> list[Entry]:
    with hands.worker.transaction() as connection:
        return list_exceptions(connection, Wanted(state=state))


def outcomes(hands: Hands) -> dict[str, str]:
    found = hands.rows("SELECT order_key, outcome FROM order_version ORDER BY version, id")
    return {key: outcome for key, outcome in found if key.startswith("DBN-204")}


def enrolments(hands: Hands) -> int:
    return sum(ENROL.removeprefix("/v2") in sent.path for sent in hands.dotdigital.sent)


def replay(hands: Hands, *numbers: int, send: bool = False, **more: str) -> Any:
    given: dict[str, Any] = {"code": "", "order": "", **more}
    return replay_orders(
        hands.worker, ReplayRequest(numbers, send=send, mapping=None, brand=None, **given)
    )


def two_contacts() -> tuple[Hands, Order, Order]:
    """Give somebody whose second order comes from the address of another contact."""
    hands = Hands()
    first = hands.place(email="canaria.one@example.com")
    hands.sync()
    state = hands.there.sandbox.state
    state.contacts.know("canaria.two@example.com", "unsubscribed", hands.clock.now())
    second = hands.place(email="canaria.two@example.com")
    hands.sync()
    assert [one.code for one in exceptions(hands)] == ["KEYS_DISAGREE"]
    return hands, first, second


def unknown_outcome() -> tuple[Hands, Order]:
    """Give an order whose enrolment was taken without an answer."""
    hands = Hands()
    fault = Fault(kind="lose", service="dotdigital", path=ENROL)
    hands.there.sandbox.faults.on.append(fault)
    order = hands.place()
    hands.sync()
    assert [one.code for one in exceptions(hands)] == ["OUTCOME_UNKNOWN"]
    return hands, order


def gone_contact() -> tuple[Hands, Order]:
    """Give an order that changed after its buyer's contact went away."""
    hands = Hands()
    order = hands.place()
    hands.sync()
    contacts = hands.there.sandbox.state.contacts
    number = contacts.by_email.pop(order.shopper.email).id
    del contacts.by_id[number]
    insight = hands.there.sandbox.state.insight
    for collection, record in list(insight.records_of(number)):
        collection.records = {
            key: one for key, one in collection.records.items() if one is not record
        }
    refund(order, 0, 500, 0, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.sync()
    assert [one.code for one in exceptions(hands)] == ["CONTACT_GONE"]
    return hands, order


def changed_person() -> tuple[Hands, Order, Order]:
    """Give an order that came back with another customer, and one that stayed."""
    hands = Hands()
    moved = hands.place("1", email="canaria@example.com")
    stayed = hands.place("1", email="canaria@example.com")
    hands.sync()
    moved.shopper = replace(moved.shopper, customer_id="2")
    refund(moved, 0, 500, 0, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.sync()
    assert [one.code for one in exceptions(hands)] == ["PERSON_CHANGED"]
    return hands, moved, stayed


def test_both_candidates_are_shown_with_what_speaks_for_them_and_none_is_chosen() -> None:
    hands, _, _ = two_contacts()
    told = tell_exception(hands.worker, 1, masked=True)
    one, two = told["candidates"]
    assert "it carries this person's key" in one["evidence"]
    assert two["evidence"] == ["it has the address of this order"]
    assert [way["command"] for way in told["ways"]][:2] == [
        f'miradot exceptions resolve 1 --contact {each["contact_id"]} --note "…"'
        for each in (one, two)
    ]
    assert told["plan"]["calls"] == []


def test_what_is_shown_names_nobody_unless_asked_for() -> None:
    hands, _, _ = two_contacts()
    words = (NAME, SURNAME, "canaria.two@example.com", "07700")
    masked = str(tell_exception(hands.worker, 1, masked=True))
    assert [word for word in words if word in masked] == []
    plain = str(tell_exception(hands.worker, 1, masked=False))
    assert [word for word in words if word not in plain] == []


def test_showing_asks_nobody_and_changes_nothing() -> None:
    hands, _, _ = two_contacts()
    sent, trail = len(hands.dotdigital.sent), hands.count("consent_event")
    tell_exception(hands.worker, 1, masked=True)
    assert (len(hands.dotdigital.sent), hands.count("consent_event")) == (sent, trail)


def test_a_decision_sends_the_held_order_to_the_contact_that_was_named() -> None:
    hands, _, second = two_contacts()
    contact = hands.contacts("canaria.two@example.com")[0]
    done = decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    assert done.waiting == (second.id,)
    hands.sync()
    assert (outcomes(hands)[second.id], exceptions(hands)) == ("sent", [])
    assert contact.status == "unsubscribed"
    assert contact.fields["MKT_ORDERS"] == 2


def test_later_orders_follow_a_decision() -> None:
    hands, _, _ = two_contacts()
    contact = hands.contacts("canaria.two@example.com")[0]
    decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    hands.sync()
    third = hands.place(email="canaria.one@example.com")
    hands.sync()
    assert (outcomes(hands)[third.id], exceptions(hands)) == ("sent", [])
    assert contact.fields["MKT_ORDERS"] == 3


def test_a_decision_is_on_record_with_who_and_why() -> None:
    hands, _, second = two_contacts()
    contact = hands.contacts("canaria.two@example.com")[0]
    decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    closed = exceptions(hands, "closed")[0]
    assert (closed.closed_by, closed.note) == ("mo", "compared both in Dotdigital")
    trail = tell_exception(hands.worker, 1, masked=True)["trail"][-1]
    assert (trail["decision"], trail["order"]) == ("contact", second.id)
    assert trail["because"] == "mo: compared both in Dotdigital"


def test_a_contact_that_nothing_speaks_for_is_refused() -> None:
    hands, _, second = two_contacts()
    state = hands.there.sandbox.state
    stranger = state.contacts.know("stranger@example.com", "subscribed", hands.clock.now())
    with pytest.raises(Failure, match=f"nothing ties this person to contact {stranger.id}"):
        decide(hands.worker, exceptions(hands)[0], CLOSING, stranger.id)
    assert (hands.count("decision"), outcomes(hands)[second.id]) == (0, "held")


def test_a_contact_that_is_not_there_is_refused() -> None:
    hands, _, _ = two_contacts()
    with pytest.raises(Failure, match="Dotdigital has no contact 99999"):
        decide(hands.worker, exceptions(hands)[0], CLOSING, 99999)


def test_an_undone_decision_opens_the_review_again_and_sends_nothing() -> None:
    hands, _, second = two_contacts()
    contact = hands.contacts("canaria.two@example.com")[0]
    decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    hands.sync()
    entry = exceptions(hands, "closed")[0]
    with hands.worker.transaction() as connection:
        done = undo(connection, entry, CLOSING, hands.worker.now)
    assert done.waiting == (second.id,)
    hands.sync()
    assert outcomes(hands)[second.id] == "held"
    assert [one.order_key for one in exceptions(hands)] == [second.id]


def test_a_decision_is_undone_once() -> None:
    hands, _, _ = two_contacts()
    contact = hands.contacts("canaria.two@example.com")[0]
    decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    for _ in range(2):
        entry = exceptions(hands, "closed")[0]
        with hands.worker.transaction() as connection:
            if "undone_by" in entry.evidence:
                with pytest.raises(Failure, match="no decision in force"):
                    undo(connection, entry, CLOSING, hands.worker.now)
            else:
                undo(connection, entry, CLOSING, hands.worker.now)


def test_closing_without_a_decision_leaves_the_order_as_it_is() -> None:
    hands, _, second = two_contacts()
    entry = exceptions(hands)[0]
    with hands.worker.transaction() as connection:
        close_as_is(connection, entry, CLOSING, hands.worker.now)
    hands.sync()
    assert (outcomes(hands)[second.id], exceptions(hands)) == ("held", [])


def test_an_exception_is_closed_once() -> None:
    hands, _, _ = two_contacts()
    entry = exceptions(hands)[0]
    with hands.worker.transaction() as connection:
        close_as_is(connection, entry, CLOSING, hands.worker.now)
    with (
        pytest.raises(Failure, match="closed already"),
        hands.worker.transaction() as connection,
    ):
        close_as_is(connection, entry, CLOSING, hands.worker.now)


def test_an_unknown_call_that_did_not_happen_is_sent_once_more_and_alone() -> None:
    hands, order = unknown_outcome()
    entry = exceptions(hands)[0]
    before = len(hands.dotdigital.sent)
    with hands.worker.transaction() as connection:
        tell_outcome(connection, entry, CLOSING, hands.worker.now, happened=False)
    hands.sync()
    posted = [one.path for one in hands.dotdigital.sent[before:] if one.method != "GET"]
    assert [path for path in posted if "insightData" in path] == []
    assert posted.count(ENROL) == 1
    assert (outcomes(hands)[order.id], exceptions(hands)) == ("sent", [])
    hands.sync()
    assert enrolments(hands) == 2


def test_an_unknown_call_that_happened_is_never_sent_again() -> None:
    hands, order = unknown_outcome()
    with hands.worker.transaction() as connection:
        entry = list_exceptions(connection, Wanted())[0]
        tell_outcome(connection, entry, CLOSING, hands.worker.now, happened=True)
    replay(hands, send=True, order=order.id)
    hands.sync()
    assert enrolments(hands) == 1


def test_an_unknown_call_is_not_closed_without_saying_what_became_of_it() -> None:
    hands, _ = unknown_outcome()
    entry = exceptions(hands)[0]
    with (
        pytest.raises(Failure, match="--happened or --did-not-happen"),
        hands.worker.transaction() as connection,
    ):
        close_as_is(connection, entry, CLOSING, hands.worker.now)


@pytest.mark.parametrize(
    ("late", "happened", "made"), [(201, True, 1), (201, False, 1), (429, True, 1), (429, False, 2)]
)
def test_an_unknown_call_that_was_answered_late_can_be_told_about(
    late: int, made: int, *, happened: bool
) -> None:
    hands = Hands()
    hands.place()
    other, real = hands.hire("two"), hands.dotdigital.inner

    class TakenOver:
        """While the enrolment is out, somebody decides and another worker takes over."""

        done = False

        def exchange(self, sent: Sent) -> Got:
            if self.done or ENROL.removeprefix("/v2") not in sent.path:
                return real.exchange(sent)
            self.done = True
            got = real.exchange(sent) if late == HTTPStatus.CREATED else Got(late, {}, b"")
            person = hands.rows("SELECT person FROM ledger")[0][0]
            with hands.worker.transaction() as connection:
                revoke_claims(connection, person)
            settle_all(other)
            return got

    hands.dotdigital.inner = cast("SandboxWire", TakenOver())
    hands.sync()
    (entry,) = exceptions(hands)
    with hands.worker.transaction() as connection:
        tell_outcome(connection, entry, CLOSING, hands.clock.now(), happened=happened)
    hands.sync()
    assert not exceptions(hands)
    assert enrolments(hands) == made


def test_a_replay_leaves_an_unknown_call_alone() -> None:
    hands, order = unknown_outcome()
    told = replay(hands, send=True, order=order.id)
    assert told["seen_by_customers"] == 0
    assert enrolments(hands) == 1


def test_a_person_whose_contact_is_gone_is_created_again_only_when_people_say_so() -> None:
    hands, order = gone_contact()
    assert replay(hands, 1, send=True)["orders"][0]["ended"] == "left as it is"
    assert hands.contacts(order.shopper.email) == []
    entry = exceptions(hands)[0]
    with hands.worker.transaction() as connection:
        recreate(connection, KEY, entry, CLOSING, hands.worker.now)
    hands.sync()
    assert (outcomes(hands)[order.id], exceptions(hands)) == ("sent", [])
    assert hands.contacts(order.shopper.email)[0].fields["MKT_NET_VALUE"] == 40.0
    assert enrolments(hands) == 1, "a programme that was started once is not started again"


def test_nobody_who_was_erased_is_created_again() -> None:
    hands, order = gone_contact()
    entry = exceptions(hands)[0]
    with hands.worker.transaction() as connection:
        bury(connection, KEY, "person", entry.subject, hands.worker.now)
    with (
        pytest.raises(Failure, match="the person was erased"),
        hands.worker.transaction() as connection,
    ):
        recreate(connection, KEY, entry, CLOSING, hands.worker.now)
    assert replay(hands, order=order.id)["orders"][0]["plan"] == "stopped"


def test_a_recreation_is_undone_until_the_person_is_there_again() -> None:
    hands, order = gone_contact()
    with hands.worker.transaction() as connection:
        recreate(connection, KEY, _first(connection), CLOSING, hands.worker.now)
    with hands.worker.transaction() as connection:
        undo(connection, _first(connection), CLOSING, hands.worker.now)
    hands.sync()
    assert hands.contacts(order.shopper.email) == []
    assert [one.code for one in exceptions(hands)] == ["CONTACT_GONE"]


def _first(connection: Any) -> Entry:
    return list_exceptions(connection, Wanted(state="all"))[0]


def test_an_order_that_changed_its_customer_counts_to_the_new_one_once_decided() -> None:
    hands, moved, stayed = changed_person()
    contact = hands.contacts("canaria@example.com")[0]
    decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    hands.sync()
    people = dict(hands.rows("SELECT order_key, person FROM ledger"))
    assert people[moved.id] == hands.flow.person_of("2")
    assert people[stayed.id] == hands.flow.person_of("1")
    assert (outcomes(hands)[moved.id], exceptions(hands)) == ("sent", [])
    assert contact.fields["MKT_NET_VALUE"] == 40.0
    assert enrolments(hands) == 2, "one for each order, none of them twice"


def test_an_order_that_changed_its_customer_goes_back_when_that_is_undone() -> None:
    hands, moved, _ = changed_person()
    contact = hands.contacts("canaria@example.com")[0]
    decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    hands.sync()
    entry = exceptions(hands, "closed")[0]
    with hands.worker.transaction() as connection:
        undo(connection, entry, CLOSING, hands.worker.now)
    hands.sync()
    people = dict(hands.rows("SELECT order_key, person FROM ledger"))
    assert people[moved.id] == hands.flow.person_of("1")
    assert [one.code for one in exceptions(hands)] == ["PERSON_CHANGED"]


def test_a_look_ahead_says_first_what_customers_would_see_and_sends_nothing() -> None:
    hands, order = unknown_outcome()
    with hands.worker.transaction() as connection:
        tell_outcome(connection, _first(connection), CLOSING, hands.worker.now, happened=False)
    writes = [one for one in hands.dotdigital.sent if one.method != "GET"]
    told = replay(hands, order=order.id)
    assert (told["sent"], told["seen_by_customers"], told["records_only"]) == (False, 1, 3)
    assert "starts a programme" in told["orders"][0]["calls"][-1]["seen"]
    assert [one for one in hands.dotdigital.sent if one.method != "GET"] == writes
    assert hands.count("run") == 0


def test_a_replay_decides_consent_anew() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    contact = hands.contacts(order.shopper.email)[0]
    hands.there.sandbox.state.contacts.set_status(contact, "unsubscribed", hands.clock.now())
    told = replay(hands, order=order.id, send=True)
    assert told["seen_by_customers"] == 0
    assert [one["operation"] for one in told["orders"][0]["calls"]] == [
        "contacts.update",
        "insight.put",
        "insight.put",
    ]
    assert (contact.status, told["orders"][0]["ended"]) == ("unsubscribed", "sent")


def test_a_replay_delivers_nobody_else() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    other = hands.place("555", first_name="Somebody", last_name="Else")
    hands.landing.read_changes()
    replay(hands, order=order.id, send=True)
    assert outcomes(hands) == {order.id: "sent", other.id: None}


def test_a_replay_is_a_run_of_its_own() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    replay(hands, order=order.id, send=True)
    assert hands.rows("SELECT kind, state FROM run") == [("replay", "done")]


def test_a_replay_of_what_is_not_there_is_refused() -> None:
    hands = Hands()
    with pytest.raises(Failure, match="no exception 5"):
        replay(hands, 5)
    with pytest.raises(Failure, match="no order NOWHERE"):
        replay(hands, order="NOWHERE")


def test_exceptions_are_told_by_cause_with_what_to_do() -> None:
    hands, _, second = two_contacts()
    causes = group(exceptions(hands), advice_of(hands.flow), rows=True)
    assert [(one["code"], one["owner"], one["orders"]) for one in causes] == [
        ("KEYS_DISAGREE", "customer-care", 1)
    ]
    assert causes[0]["do"].startswith("Compare both contacts")
    assert [row["order"] for row in causes[0]["rows"]] == [second.id]


def test_a_cause_is_told_by_its_first_order_and_how_many_more_there_are() -> None:
    hands, _, _ = two_contacts()
    entry = exceptions(hands)[0]
    later = replace(entry, id=entry.id + 1, order_key="LATER-1", message="The later one")
    causes = group([later, entry], advice_of(hands.flow), rows=False)
    at = entry.opened_at
    document: Any = {"schema": EXCEPTIONS_SCHEMA, "at": at, "state": "open", "causes": causes}
    told = " ".join(render_exceptions(document, "text").split())
    assert f"{entry.message} … and 1 more" in told
    assert "{" not in told


def test_a_table_of_exceptions_holds_no_formula() -> None:
    hands, _, _ = two_contacts()
    entry = exceptions(hands)[0]
    with hands.worker.transaction() as connection:
        close_as_is(connection, entry, Closing("mo", "=1+1", {}), hands.worker.now)
    causes = group(exceptions(hands, "all"), advice_of(hands.flow), rows=True)
    at = exceptions(hands, "all")[0].opened_at
    document: Any = {"schema": EXCEPTIONS_SCHEMA, "at": at, "state": "all", "causes": causes}
    assert '"\'=1+1"' in render_exceptions(document, "csv")


def test_a_contact_that_was_decided_for_somebody_is_nobody_elses() -> None:
    hands, _, _ = two_contacts()
    contact = hands.contacts("canaria.two@example.com")[0]
    decide(hands.worker, exceptions(hands)[0], CLOSING, contact.id)
    hands.sync()
    other = hands.place("555", first_name="Somebody", email="canaria.two@example.com")
    hands.sync()
    (entry,) = exceptions(hands)
    assert (entry.code, entry.order_key) == ("KEYS_DISAGREE", other.id)
    with pytest.raises(Failure, match="was decided to be somebody else's"):
        decide(hands.worker, entry, CLOSING, contact.id)

"""The state of a day ago is put back: both sides converge, and nothing is doubled or widened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.connections.wire import Sent
from engine.sandbox.world.orders import refund
from tests.deploy.drills import (
    Day,
    Keeper,
    contact_of,
    differing,
    enrolments,
    live,
    put_back,
    tell,
)
from tests.operations.hands import Hands


# A database in a file is where the page's commands have it: in the folder they are run in.
@pytest.fixture
def hands(empty_url: str) -> Iterator[Hands]:
    found = Hands(url=empty_url)
    yield found
    found.database.close()


@pytest.fixture
def keeper(hands: Hands, tmp_path: Path, request: pytest.FixtureRequest) -> Keeper:
    url = hands.database.engine.url.render_as_string(hide_password=False)
    server = None if hands.database.is_sqlite else request.getfixturevalue("postgres")
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    return Keeper(plain, tmp_path, server)


@pytest.fixture
def day(hands: Hands, keeper: Keeper) -> Day:
    return live(hands, keeper)


def statuses(hands: Hands) -> dict[str, str]:
    contacts = hands.there.sandbox.state.contacts.by_id.values()
    return {one.email: "binned" if one.binned else one.status for one in contacts}


def test_a_day_that_was_forgotten_is_made_up_for_once(
    hands: Hands, keeper: Keeper, day: Day
) -> None:
    state = hands.there.sandbox.state
    before, consents = enrolments(hands), statuses(hands)
    records = {one.id: len(one.consent) for one in state.contacts.by_id.values()}
    put_back(hands, keeper)
    tell(hands, day.stones)
    refund(day.new, 0, 300, 0, hands.clock.now())
    hands.sync()
    assert differing(hands, but=[day.erased, day.silent]) == []
    assert enrolments(hands) == before
    assert statuses(hands) == consents
    assert {one.id: len(one.consent) for one in state.contacts.by_id.values()} == records
    contact = contact_of(state, day.early)
    assert contact.fields["MKT_ORDERS"] == 2


def test_what_may_have_been_sent_waits_for_people_and_is_sent_once_when_they_say_so(
    hands: Hands, keeper: Keeper, day: Day
) -> None:
    put_back(hands, keeper)
    tell(hands, day.stones)
    hands.sync()
    asked = hands.rows(
        "SELECT order_key FROM exception WHERE code = 'OUTCOME_UNKNOWN' ORDER BY order_key"
    )
    assert [row[0] for row in asked] == sorted([day.new.id, day.relayed.id])


def test_nobody_who_was_erased_comes_back(hands: Hands, keeper: Keeper, day: Day) -> None:
    state = hands.there.sandbox.state
    put_back(hands, keeper)
    tell(hands, day.stones)
    for order in (day.erased, day.silent):
        refund(order, 0, 100, 0, hands.clock.now())
        hands.place(order.shopper.customer_id)
    hands.sync()
    for order in (day.erased, day.silent):
        assert contact_of(state, order).binned
        assert not hands.rows(f"SELECT 1 FROM order_version WHERE order_key = '{order.id}'")  # noqa: S608 - tests' own
        person = hands.flow.person_of(order.shopper.customer_id)
        assert not hands.rows(f"SELECT 1 FROM person WHERE subject = '{person}'")  # noqa: S608 - tests' own


def test_what_comes_after_the_restore_is_delivered_as_always(
    hands: Hands, keeper: Keeper, day: Day
) -> None:
    put_back(hands, keeper)
    tell(hands, day.stones)
    hands.sync()
    before = enrolments(hands)
    hands.there.wait(minutes=10)
    hands.place("7700001")
    someone = hands.place("7700099")
    hands.sync()
    new = enrolments(hands) - before
    state = hands.there.sandbox.state
    assert new == {
        (contact_of(state, day.early).id, 881): 1,
        (contact_of(state, someone).id, 881): 1,
    }


def test_a_day_is_made_up_for_by_imports_as_well(hands: Hands, keeper: Keeper, day: Day) -> None:
    before, consents = enrolments(hands), statuses(hands)
    put_back(hands, keeper)
    hands.worker.rules = replace(hands.worker.rules, events_as_batch=1)
    tell(hands, day.stones)
    hands.sync()
    assert hands.count("batch") > 0
    assert differing(hands, but=[day.erased, day.silent]) == []
    assert (enrolments(hands), statuses(hands)) == (before, consents)


def test_an_order_that_nobody_had_delivered_begins_its_journey(
    hands: Hands, keeper: Keeper, day: Day
) -> None:
    fresh = hands.place("7700088")
    put_back(hands, keeper)
    tell(hands, day.stones)
    hands.sync()
    state = hands.there.sandbox.state
    assert enrolments(hands)[contact_of(state, fresh).id, 881] == 1


@pytest.mark.usefixtures("day")
def test_without_a_word_of_the_restore_journeys_would_begin_again(
    hands: Hands, keeper: Keeper
) -> None:
    before = enrolments(hands)
    put_back(hands, keeper)
    hands.sync()
    assert (enrolments(hands) - before).total() == 2


@pytest.mark.parametrize("path", ["/contacts/v3", "/enrolments", "/import"])
def test_a_backup_made_while_a_call_is_out_is_as_good(
    hands: Hands, keeper: Keeper, path: str
) -> None:
    made: list[str] = []

    def back_up(sent: Sent) -> None:
        if sent.method != "GET" and path in sent.path and not made:
            made.append(sent.path)
            keeper.back_up()

    hands.there.sandbox.world._coming.clear()  # noqa: SLF001 - it has no other end
    hands.worker.rules = replace(hands.worker.rules, events_as_batch=1 if "import" in path else 99)
    orders = [hands.place(str(7_700_001 + n), real=n > 0) for n in range(4)]
    hands.dotdigital.meddle = back_up
    hands.sync()
    hands.there.wait(hours=24)
    refund(orders[1], 0, 100, 0, hands.clock.now())
    hands.sync()
    before, consents = enrolments(hands), statuses(hands)
    assert made
    put_back(hands, keeper)
    tell(hands, [])
    # The claims of whoever was at it have run out.
    hands.there.wait(minutes=20)
    hands.sync()
    assert differing(hands, but=[]) == []
    assert (enrolments(hands), statuses(hands)) == (before, consents)

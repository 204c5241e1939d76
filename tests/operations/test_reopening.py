"""What people closed as it was waits for them again when they take that back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.commands.exception import tell_exception
from engine.commands.replay import ReplayRequest, replay_orders
from engine.commands.resolve import ResolveRequest, UndoRequest, resolve_with, undo_with
from engine.problem import Failure
from engine.sandbox.world.orders import refund
from engine.state.reviews import Entry, Wanted, list_exceptions
from tests.operations.hands import Hands
from tests.operations.test_exceptions import two_contacts, unknown_outcome


def first(hands: Hands) -> Entry:
    with hands.worker.transaction() as connection:
        return list_exceptions(connection, Wanted(state="all"))[0]


def close(hands: Hands, number: int, *, happened: bool | None = None) -> None:
    request = ResolveRequest(number, "nothing to do", "mo", None, False, happened, None, None)  # noqa: FBT003 - one field of many
    resolve_with(hands.worker, request)


def test_an_exception_that_was_closed_as_it_was_waits_again_with_all_that_was_said() -> None:
    hands, _, _ = two_contacts()
    number = first(hands).id
    close(hands, number)
    ways = tell_exception(hands.worker, number, masked=True)["ways"]
    assert [one["means"] for one in ways] == ["it waits for people again"]
    done = undo_with(hands.worker, UndoRequest(number, "wrong one", "jo"))
    assert (done["decision"], done["did"], done["waiting"]) == (
        "undone",
        ["it waits for people again"],
        [],
    )
    entry = first(hands)
    assert (entry.closed_at, entry.closed_by, entry.note) == (None, None, None)
    (again,) = entry.evidence["reopened"]
    assert (again["by"], again["because"], again["closed_by"], again["note"]) == (
        "jo",
        "wrong one",
        "mo",
        "nothing to do",
    )
    close(hands, number)
    assert first(hands).closed_by == "mo"


def test_what_is_open_is_not_taken_back() -> None:
    hands, _, _ = two_contacts()
    with pytest.raises(Failure, match="no decision in force to undo"):
        undo_with(hands.worker, UndoRequest(first(hands).id, "wrong one", "jo"))


def test_what_became_of_a_call_is_not_taken_back() -> None:
    hands, _ = unknown_outcome()
    number = first(hands).id
    close(hands, number, happened=True)
    with pytest.raises(Failure, match="closed without a decision that can be undone"):
        undo_with(hands.worker, UndoRequest(number, "wrong one", "jo"))


def test_what_delivery_closed_itself_is_not_taken_back() -> None:
    hands, _, second = two_contacts()
    second.shopper = replace(second.shopper, email="canaria.one@example.com")
    refund(second, 0, 100, 0, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.sync()
    assert first(hands).closed_by == "miradot"
    with pytest.raises(Failure, match="closed without a decision that can be undone"):
        undo_with(hands.worker, UndoRequest(first(hands).id, "wrong one", "jo"))


def test_an_order_that_changed_since_has_raised_what_is_still_wrong() -> None:
    hands, _, second = two_contacts()
    number = first(hands).id
    close(hands, number)
    refund(second, 0, 100, 0, hands.clock.now())
    hands.there.wait(seconds=1)
    hands.sync()
    with pytest.raises(Failure, match="the order changed since"):
        undo_with(hands.worker, UndoRequest(number, "wrong one", "jo"))


def test_what_came_up_again_by_itself_is_named() -> None:
    hands, _, _ = two_contacts()
    number = first(hands).id
    close(hands, number)
    replay_orders(hands.worker, ReplayRequest((number,), "", "", True, None, None))  # noqa: FBT003 - idem
    with pytest.raises(Failure, match=rf"exception {number} .* came up again as exception \d+"):
        undo_with(hands.worker, UndoRequest(number, "wrong one", "jo"))

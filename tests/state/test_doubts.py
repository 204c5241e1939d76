"""Calls in doubt: due when their time is over, overtaken by what was sent for the same since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.plan import Call
from engine.state.database import Database
from engine.state.doubts import Doubt, Writing, doubt_calls, end_doubts, list_due
from engine.state.outbox import DONE, READY, SUPERSEDED, Plan, end_calls, write_calls
from tests.state.databases import NOW

HOUR = timedelta(hours=1)
LONGEST = 2 * HOUR
CONTACT = Writing(creating=["contacts.create"], updating=["contacts.update"])


def write(database: Database, state: str = DONE, **more: str) -> int:
    """Put a call into the outbox as it ended; give its row."""
    told = {"subject": "person-1", "order": "ORD-1", "send": "record", "path": "/one", **more}
    call = Call(
        id="effect",
        send=told["send"],
        operation="insight.put",
        lane="event",
        method="PUT",
        path=told["path"],
        query={},
        body={"total": told.get("total", "1.00")},
        idempotent=True,
        because=[],
    )
    plan = Plan("flow", 1, told["order"], told["subject"], "")
    with database.transaction() as connection:
        row = write_calls(connection, plan, [call], READY, NOW)[0]
        end_calls(connection, [row], state, NOW)
    return row


def doubt(database: Database, row: int) -> None:
    with database.transaction() as connection:
        doubt_calls(connection, "flow", [row], NOW + HOUR)


def due(database: Database, after: timedelta = HOUR, flow: str = "flow") -> list[Doubt]:
    with database.transaction() as connection:
        return list_due(connection, flow, NOW + after, LONGEST, CONTACT)


def test_a_doubt_is_due_when_its_time_is_over(database: Database) -> None:
    row = write(database, SUPERSEDED)
    doubt(database, row)
    doubt(database, row)
    assert due(database, HOUR / 2) == due(database, flow="other") == []
    assert due(database) == [Doubt(row, "person-1", "ORD-1", overtaken=False)]
    with database.transaction() as connection:
        end_doubts(connection, list_due(connection, "flow", NOW + HOUR, LONGEST, CONTACT))
    assert due(database) == []


def test_a_doubt_from_before_the_clock_was_set_back_is_due(database: Database) -> None:
    doubt(database, write(database, SUPERSEDED))
    assert len(due(database, -timedelta(days=1))) == 1


SINCE = {
    "another figure of the order": ({"total": "2.00"}, True),
    "the same once more": ({}, False),
    "another order": ({"order": "ORD-2", "path": "/two", "total": "2.00"}, False),
    "another order of the same contact": ({"order": "ORD-2", "total": "2.00"}, True),
    "the order by another way": ({"path": "/two", "total": "2.00"}, True),
    "another send": ({"send": "shipment", "path": "/two", "total": "2.00"}, False),
    "somebody else": ({"subject": "person-2", "total": "2.00"}, False),
}


@pytest.mark.parametrize("since", SINCE)
def test_a_doubt_is_overtaken_by_what_was_sent_for_the_same_since(
    database: Database, since: str
) -> None:
    more, overtaken = SINCE[since]
    write(database, total="3.00")
    row = write(database, SUPERSEDED)
    doubt(database, row)
    write(database, **more)
    assert [one.overtaken for one in due(database)] == [overtaken]


def test_what_was_not_taken_overtakes_nothing(database: Database) -> None:
    doubt(database, write(database, SUPERSEDED))
    write(database, SUPERSEDED, total="2.00")
    assert [one.overtaken for one in due(database)] == [False]


def test_a_call_that_is_gone_is_in_doubt_of_nobody(database: Database) -> None:
    doubt(database, 77)
    assert due(database) == [Doubt(77, "", "", overtaken=False)]

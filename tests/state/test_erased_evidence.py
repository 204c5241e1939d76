"""What decisions about others were made from holds nobody who was erased."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import delete, select

from engine.state.database import Database
from engine.state.erasure import erase_person
from engine.state.exceptions import About, Raised, add_exception
from engine.state.finding import Found, find_traces
from engine.state.migrations import prepare_database
from engine.state.orders import Arrival, Landed, land_orders
from engine.state.tables import EXCEPTION, SCHEMA_STEP
from tests.state.databases import NOW

STEP = "0010-former-customers"
KEY = b"a key of the tests, no secret"
GONE, CONTACT = "mirakl-person-canary", 7_000_001
EVIDENCE: dict[str, dict[str, Any]] = {
    "a decision": {"decision": 1, "anchor": CONTACT, "moved_from": GONE, "undone_by": "mo"},
    "a recreation": {"recreated_from": CONTACT},
    "somebody else": {"decision": 2, "anchor": 9, "moved_from": "mirakl-other"},
    "nothing": {},
}
LEFT = {
    "a decision": {"decision": 1, "anchor": None, "moved_from": None, "undone_by": "mo"},
    "a recreation": {"recreated_from": None},
    "somebody else": EVIDENCE["somebody else"],
    "nothing": {},
}


def test_an_older_database_forgets_who_was_erased_before(database: Database) -> None:
    kept = Landed("ORD-2", "digest", "", "{}", "mirakl-other")
    with database.transaction() as connection:
        land_orders(connection, [kept], Arrival("orders", "event", "run", NOW))
        for number, kind in enumerate(EVIDENCE):
            raised = Raised("PERSON_CHANGED", "review", "care", "", "", "", "", EVIDENCE[kind])
            about = About("orders", f"ORD-{number}", None, "mirakl-kept")
            add_exception(connection, about, raised, NOW)
        connection.execute(delete(SCHEMA_STEP).where(SCHEMA_STEP.c.step == STEP))
    assert prepare_database(database, NOW) == [STEP]
    with database.transaction() as connection:
        told = connection.execute(select(EXCEPTION.c.evidence).order_by(EXCEPTION.c.id)).scalars()
        former = [orjson.loads(one).get("moved_from", "") for one in told]
    assert former == [None, "", "mirakl-other", ""]


@pytest.mark.parametrize("kind", EVIDENCE)
def test_an_erasure_takes_the_person_out_of_evidence(database: Database, kind: str) -> None:
    raised = Raised("PERSON_CHANGED", "review", "care", "", "", "", "", EVIDENCE[kind])
    with database.transaction() as connection:
        add_exception(connection, About("orders", "ORD-1", None, "mirakl-kept"), raised, NOW)
    with database.transaction() as connection:
        erase_person(connection, KEY, Found({GONE}, set(), {CONTACT}), (), NOW)
        left = connection.execute(select(EXCEPTION.c.evidence)).scalar_one()
        traces = find_traces(connection, [GONE, str(CONTACT)])
    assert orjson.loads(left) == LEFT[kind]
    assert traces == {}

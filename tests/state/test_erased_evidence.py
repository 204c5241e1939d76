"""What decisions about others were made from holds nobody who was erased."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from engine.state.database import Database
from engine.state.erasure import erase_person
from engine.state.exceptions import About, Raised, add_exception
from engine.state.finding import Found, find_traces
from engine.state.tables import EXCEPTION
from tests.state.databases import NOW

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

"""What surveys found is kept: the latest whole, the history in figures, nobody who was erased."""

from __future__ import annotations

from typing import Any

from engine.state.database import Database
from engine.state.measurements import (
    Kind,
    Measured,
    Named,
    erase_measured,
    keep_measurement,
    leave_out,
    list_history,
    list_latest,
    list_measured_flows,
    name_people,
    read_latest,
)

DOCUMENT: dict[str, Any] = {
    "month": "2026-02",
    "differences": [
        {"order": "ORD-1", "mirakl": "49.99", "codes": ["HELD"]},
        {"order": "ORD-11", "mirakl": "9.99", "codes": []},
    ],
    "items": [{"kind": "record changed", "examples": ["ORD-1", "contact 7", "contact 77"]}],
    "findings": [{"kind": "gone", "contact": 7, "said": "of ORD-1"}, {"kind": "x", "contact": 77}],
    "fields": [{"field": "a.b", "fall": {"order": "ORD-1", "before": 99.0}}],
}


def measured(number: int, kind: Kind = "drift", part: str = "", flow: str = "orders") -> Measured:
    at = f"2026-03-{number:02}T00:00:00.000000Z"
    return Measured(flow, kind, at, number == 0, number, "because", float(number), part)


def keep(database: Database, one: Measured, document: object) -> None:
    with database.transaction() as connection:
        keep_measurement(connection, one, document)


def documents(database: Database) -> int:
    with database.transaction() as connection:
        found = connection.exec_driver_sql("SELECT document FROM measurement").scalars()
        return sum(text != "" for text in found)


def test_the_latest_is_kept_whole_and_older_ones_as_figures(database: Database) -> None:
    for number in (1, 2, 3):
        keep(database, measured(number), {"number": number})
    with database.transaction() as connection:
        latest = read_latest(connection, "orders", "drift")
        history = list_history(connection, "orders", "drift", limit=2)
    assert latest is not None
    assert (latest.measured, latest.document) == (measured(3), {"number": 3})
    assert history == [measured(2), measured(3)]
    assert documents(database) == 1


def test_each_part_has_a_latest_of_its_own(database: Database) -> None:
    for number, month in ((1, "2026-01"), (2, "2026-02"), (3, "2026-01")):
        keep(database, measured(number, "reconciliation", month), {"month": month})
    with database.transaction() as connection:
        january = read_latest(connection, "orders", "reconciliation", "2026-01")
        newest = read_latest(connection, "orders", "reconciliation")
        parts = list_latest(connection, "orders", "reconciliation")
        history = list_history(connection, "orders", "reconciliation", "2026-01")
    assert january is not None
    assert newest == january
    assert [(one.part, one.found) for one in parts] == [("2026-02", 2), ("2026-01", 3)]
    assert [one.found for one in history] == [1, 3]
    assert documents(database) == 2


def test_flows_and_kinds_are_told_apart(database: Database) -> None:
    keep(database, measured(1), {})
    with database.transaction() as connection:
        assert read_latest(connection, "orders", "usability") is None
        assert read_latest(connection, "catalogue", "drift") is None
        assert list_history(connection, "catalogue", "drift") == []
        assert list_measured_flows(connection) == ["orders"]


def test_the_orders_and_contacts_of_a_document_are_found_wherever_it_names_them() -> None:
    named = name_people(DOCUMENT)
    assert named.orders == {"ORD-1", "ORD-11"}
    assert named.contacts == {7, 77}


def test_what_is_of_an_order_or_a_contact_is_left_out_and_nothing_else() -> None:
    rest = leave_out(DOCUMENT, Named({"ORD-1"}, {7}))
    assert rest == {
        "month": "2026-02",
        "differences": [{"order": "ORD-11", "mirakl": "9.99", "codes": []}],
        "items": [{"kind": "record changed", "examples": ["contact 77"]}],
        "findings": [{"kind": "x", "contact": 77}],
        "fields": [{"field": "a.b"}],
    }


def test_an_erasure_reaches_every_document_that_names_somebody(database: Database) -> None:
    keep(database, measured(1), DOCUMENT)
    keep(database, measured(2, flow="other"), {"examples": ["ORD-5"]})
    with database.transaction() as connection:
        assert erase_measured(connection, Named({"ORD-1"}, {7})) == 1
        latest = read_latest(connection, "orders", "drift")
    assert latest is not None
    assert latest.document == leave_out(DOCUMENT, Named({"ORD-1"}, {7}))

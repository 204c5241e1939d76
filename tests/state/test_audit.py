"""The audit: written before a deed and ended after it, found again by what is known of it."""

from __future__ import annotations

from datetime import timedelta

from engine.state.audit import (
    Act,
    Deed,
    WantedDeeds,
    end_deed,
    hash_person,
    list_deeds,
    list_doers,
    note_deed,
)
from engine.state.database import Database
from tests.state.databases import NOW

KEY = b"a key of the tests, no secret"
PERSON = "person-7700077"
DONE: list[tuple[str, Act, int | None, str]] = [
    ("adam", "resolved", 1, PERSON),
    ("rhea", "revealed", None, PERSON),
    ("adam", "undone", 1, ""),
    ("mo (command line)", "erased", None, "somebody else"),
]


def fill(database: Database) -> None:
    """Put a deed an hour on record; the last one has no end."""
    with database.transaction() as connection:
        for hour, (who, act, exception, person) in enumerate(DONE):
            at = NOW + timedelta(hours=hour)
            number = note_deed(connection, KEY, Deed(who, act, exception, person), at)
            if hour < len(DONE) - 1:
                end_deed(connection, number, "refused" if act == "undone" else "done")


def acts(database: Database, wanted: WantedDeeds) -> list[str]:
    with database.transaction() as connection:
        return [one.act for one in list_deeds(connection, wanted)]


def test_deeds_are_found_by_each_thing_that_is_known_of_them(database: Database) -> None:
    fill(database)
    hour = timedelta(hours=1)
    assert acts(database, WantedDeeds()) == ["erased", "undone", "revealed", "resolved"]
    assert acts(database, WantedDeeds(who="adam")) == ["undone", "resolved"]
    assert acts(database, WantedDeeds(act="revealed")) == ["revealed"]
    assert acts(database, WantedDeeds(exception=1)) == ["undone", "resolved"]
    assert acts(database, WantedDeeds(person=hash_person(KEY, PERSON))) == ["revealed", "resolved"]
    assert acts(database, WantedDeeds(since=NOW + hour, until=NOW + 3 * hour)) == [
        "undone",
        "revealed",
    ]
    assert acts(database, WantedDeeds(before=3, most=1)) == ["revealed"]


def test_how_a_deed_ended_is_known_unless_nobody_knows(database: Database) -> None:
    fill(database)
    with database.transaction() as connection:
        ends = [one.ended for one in list_deeds(connection, WantedDeeds())]
        assert list_doers(connection) == ["adam", "mo (command line)", "rhea"]
    assert ends == [None, "refused", "done", "done"]

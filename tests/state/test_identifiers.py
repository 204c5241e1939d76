"""Aliases and tombstones: identifiers that can be recognised, never read."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import select

from engine.problem import Failure
from engine.state.aliases import Alias, note_alias, subjects_of_address
from engine.state.database import Database
from engine.state.hashes import Kind, hash_identifier
from engine.state.tables import ALIAS, TOMBSTONE
from engine.state.tombstones import bury, bury_addresses, is_buried
from tests.state.databases import NOW

KEY = b"a key of thirty-two bytes in all"
OTHER = b"another key of thirty-two bytes."


def test_a_hash_is_as_published() -> None:
    # HMAC-SHA256 of "order", a zero byte and "ORD-1", from openssl.
    assert hash_identifier(KEY, "order", "ORD-1") == (
        "7a23d9c143da9c001dd82d650c08bcd56b13d194d9a7b6d7df7da2f4eeb6c62a"
    )


def test_a_kind_is_part_of_the_hash() -> None:
    kinds: tuple[Kind, ...] = get_args(Kind)
    assert len({hash_identifier(KEY, kind, "42") for kind in kinds}) == len(kinds) == 5


def test_a_short_key_is_refused() -> None:
    with pytest.raises(Failure, match="has 15 bytes; at least 16 are needed"):
        hash_identifier(KEY[:15], "order", "ORD-1")


def test_the_buried_are_found_however_the_address_is_written(database: Database) -> None:
    with database.transaction() as connection:
        bury(connection, KEY, "address", "Jo@Example.com", NOW)
        asked = [" jo@example.com", "JO@EXAMPLE.COM", "ann@example.com"]
        assert is_buried(connection, KEY, "address", asked) == set(asked[:2])


def test_other_kinds_and_other_keys_find_nothing(database: Database) -> None:
    with database.transaction() as connection:
        bury(connection, KEY, "order", "ORD-1", NOW)
        assert is_buried(connection, KEY, "order", ["ORD-1", "ord-1"]) == {"ORD-1"}
        assert is_buried(connection, KEY, "person", ["ORD-1"]) == set()
        assert is_buried(connection, OTHER, "order", ["ORD-1"]) == set()


def test_many_are_asked_at_once(database: Database) -> None:
    asked = [f"ORD-{number}" for number in range(1_200)]
    with database.transaction() as connection:
        for identifier in asked[::300]:
            bury(connection, KEY, "order", identifier, NOW)
        assert is_buried(connection, KEY, "order", asked) == set(asked[::300])
        assert is_buried(connection, KEY, "order", []) == set()


def test_burying_twice_keeps_the_first_stone(database: Database) -> None:
    with database.transaction() as connection:
        bury(connection, KEY, "contact", "42", NOW)
        bury(connection, KEY, "contact", "42", NOW + timedelta(days=1))
        stones = connection.execute(select(TOMBSTONE.c.kind, TOMBSTONE.c.made_at)).all()
    assert [tuple(stone) for stone in stones] == [("contact", "2026-03-01T09:00:00.000000Z")]


def test_an_address_leads_to_its_subjects(database: Database) -> None:
    with database.transaction() as connection:
        note_alias(connection, KEY, Alias("jo@example.com", "p2", relay=False), NOW)
        note_alias(connection, KEY, Alias("JO@example.com ", "p1", relay=False), NOW)
        note_alias(connection, KEY, Alias("ann@example.com", "p3", relay=True), NOW)
        assert subjects_of_address(connection, KEY, "Jo@example.com") == ["p1", "p2"]
        assert subjects_of_address(connection, KEY, "new@example.com") == []


def test_an_alias_keeps_its_newest_sight(database: Database) -> None:
    with database.transaction() as connection:
        for moment in (NOW, NOW + timedelta(days=1)):
            note_alias(connection, KEY, Alias("jo@example.com", "p1", relay=True), moment)
        rows = connection.execute(select(ALIAS.c.address, ALIAS.c.relay, ALIAS.c.seen_at)).all()
    assert len(rows) == 1
    assert rows[0].seen_at == "2026-03-02T09:00:00.000000Z"
    assert rows[0].relay is True
    assert "jo" not in rows[0].address


def test_all_addresses_of_a_subject_are_buried_without_knowing_them(database: Database) -> None:
    with database.transaction() as connection:
        for name in ("jo", "jo.relay"):
            note_alias(connection, KEY, Alias(f"{name}@example.com", "p1", relay=False), NOW)
        note_alias(connection, KEY, Alias("ann@example.com", "p2", relay=False), NOW)
        assert bury_addresses(connection, "p1", NOW) == 2
        asked = ["jo@example.com", "jo.relay@example.com", "ann@example.com"]
        assert is_buried(connection, KEY, "address", asked) == set(asked[:2])

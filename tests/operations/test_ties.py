"""What a database belongs to: with another account or key, nothing is done and nobody touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.problem import Failure
from engine.state.database import Database
from engine.state.ties import tie_key
from engine.state.tombstones import bury
from engine.sync.account import prepare_account, recognise_account
from tests.operations.hands import KEY, Hands


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/one.db"


def test_the_first_account_that_answers_is_the_one(url: str) -> None:
    hands = Hands(url=url)
    recognise_account(hands.worker)
    recognise_account(hands.worker)
    assert [row[0] for row in hands.rows("SELECT value FROM tie WHERE kind = 'dotdigital'")] == [
        str(hands.there.sandbox.state.number)
    ]


def test_a_database_of_one_account_does_nothing_in_another(url: str) -> None:
    recognise_account(Hands(url=url).worker)
    other = Hands(url=url)
    other.there.sandbox.state.number += 1
    other.dotdigital.sent.clear()
    with pytest.raises(Failure, match=r"belongs to account .* give each account a database"):
        prepare_account(other.worker)
    assert {one.path for one in other.dotdigital.sent} == {"/v2/account-info"}


def test_another_key_of_tombstones_is_told_once_somebody_was_erased(url: str) -> None:
    hands = Hands(url=url)
    now = hands.clock.now()

    def fits(key: bytes) -> bool:
        with Database(url).transaction() as connection:
            return tie_key(connection, key, now)

    assert fits(b"a key that nobody was buried with")
    assert fits(KEY)
    with hands.database.transaction() as connection:
        bury(connection, KEY, "order", "ORD-1", now)
    assert fits(KEY)
    assert not fits(b"another key of the tests, no secret")
    assert fits(KEY)

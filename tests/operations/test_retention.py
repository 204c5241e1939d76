"""Upkeep: what is old goes with its bytes, and what is needed stays."""

from __future__ import annotations

from pathlib import Path

import orjson

from engine.state.retention import Retention
from engine.sync.retention import keep_house
from tests.operations.hands import Hands


def test_what_is_old_goes_with_its_bytes(tmp_path: Path) -> None:
    hands = Hands(url=f"sqlite:///{tmp_path}/miradot.db")
    order = hands.place()
    hands.sync()
    body = hands.rows("SELECT body FROM call WHERE operation = 'contacts.create'")[0][0]
    hands.there.wait(days=40)
    figures = keep_house(hands.worker, Retention(bodies=30))
    assert figures["call"] > 0
    assert figures["compacted"] == 1
    assert order.id in _bytes(tmp_path)
    assert body not in _bytes(tmp_path)


def test_figures_are_fit_for_the_record_of_a_run() -> None:
    hands = Hands()
    assert orjson.dumps(keep_house(hands.worker, Retention()))


def _bytes(folder: Path) -> str:
    return "".join(one.read_bytes().decode("latin-1") for one in sorted(folder.iterdir()))

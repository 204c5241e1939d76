"""The plan of a change: every seeded edit under the right heading, with the line that caused it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.changes.seeded import CASES, Seeded

SHOWN = [name for name, case in CASES.items() if "refused" not in case]


@pytest.mark.parametrize("name", SHOWN)
def test_a_seeded_edit_is_told_under_its_heading_with_its_line(name: str, tmp_path: Path) -> None:
    case = Seeded(CASES[name], tmp_path)
    view = case.plan()
    assert view["status"] == "compared", view["findings"]
    for expected in case.case["expect"]:
        (effect,) = _matching(view, expected)
        lines = case.lines(expected)
        assert (effect["lines"] == lines) or (expected.get("also") and lines[0] in effect["lines"])
        assert effect["amounts"] == expected.get("amounts", effect["amounts"])
    assert {one["heading"] for one in view["effects"]} == set(case.case["headings"])
    assert view["version"]["needed"] == case.case["needs"]


@pytest.mark.parametrize("name", [name for name in CASES if name not in SHOWN])
def test_a_seeded_edit_that_cannot_run_is_refused_before_it_is_replayed(
    name: str, tmp_path: Path
) -> None:
    view = Seeded(CASES[name], tmp_path).plan()
    assert (view["status"], view["samples"], view["effects"]) == ("refused", None, [])
    assert view["findings"]


def test_edits_seeded_are_as_many_as_promised() -> None:
    assert len(SHOWN) >= 25


def _matching(view: Any, expected: dict[str, Any]) -> list[Any]:
    wanted = {key: expected[key] for key in ("heading", "kind", "subject") if key in expected}
    return [one for one in view["effects"] if wanted.items() <= one.items()]

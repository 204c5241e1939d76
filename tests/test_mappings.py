"""The shipped mappings give the plans that were reviewed."""

from __future__ import annotations

import pytest

from tests.mappings import CASES, plan_file, render


@pytest.mark.parametrize("name", CASES)
def test_a_shipped_mapping_gives_its_reviewed_plan(name: str) -> None:
    assert render(name) == plan_file(name).read_text(encoding="utf-8")

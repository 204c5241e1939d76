"""No false alarm: reasonable ways to write the money of the shipped mapping are accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.check import check_mapping
from tests.shipped import ORDERS

VARIANTS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "rules/money_variants.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VARIANTS, ids=lambda case: case["name"].replace(" ", "_"))
def test_a_reasonable_variant_is_accepted(case: dict[str, Any]) -> None:
    text = ORDERS.read_text(encoding="utf-8")
    for old, new in case["edits"].items():
        assert old in text, old
        text = text.replace(old, new)
    found = check_mapping(text.encode(), "orders.yaml", {}).problems
    assert [(one.code, one.message) for one in found if one.severity == "error"] == []

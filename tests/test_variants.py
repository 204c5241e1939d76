"""No false alarm: reasonable changes of the shipped mapping, money and all, are accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.check import check_mapping
from tests.shipped import ORDERS

FOLDER = Path(__file__).parent / "rules"
VARIANTS: list[dict[str, Any]] = [
    case
    for name in ("money_variants.yaml", "shipped_variants.yaml")
    for case in yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", VARIANTS, ids=lambda case: case["name"].replace(" ", "_"))
def test_a_reasonable_variant_is_accepted(case: dict[str, Any]) -> None:
    text = ORDERS.read_text(encoding="utf-8")
    for old, new in case["edits"].items():
        assert old in text, old
        text = text.replace(old, new)
    found = check_mapping(text.encode(), "orders.yaml", {}).problems
    assert [(one.code, one.message) for one in found if one.severity == "error"] == []

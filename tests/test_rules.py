"""Every rule, by one mistake in a mapping that is otherwise right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.check import check_mapping
from engine.codes import CODES
from engine.problem import Problem

FOLDER = Path(__file__).parent / "rules"
BASE = (FOLDER / "base.yaml").read_text(encoding="utf-8")
CASES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "cases.yaml").read_text(encoding="utf-8"))


def check(text: str) -> tuple[Problem, ...]:
    return check_mapping(text.encode(), "base.yaml", {}).problems


def test_the_base_mapping_is_silent() -> None:
    assert check(BASE) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].replace(" ", "_"))
def test_one_mistake_is_told_at_its_place(case: dict[str, Any]) -> None:
    text = BASE
    for old, new in {case["old"]: case["new"], **case.get("and", {})}.items():
        assert old in text
        text = text.replace(old, new, 1)
    problems = check(text)
    told = [(one.code, one.source[one.place.column - 1 :], one.message) for one in problems]
    assert len(told) == len(case["problems"]), told
    for (code, stands, message), (want, at, words) in zip(told, case["problems"], strict=True):
        assert code == want
        assert stands.startswith(str(at)), stands
        assert words in message, message


def test_every_meaning_code_has_a_case() -> None:
    shown = {problem[0] for case in CASES for problem in case["problems"]}
    assert {code for code in CODES if code.startswith("MD4")} - shown == {"MD471"}


def test_a_condition_without_any_alternative_is_refused() -> None:
    guarded = "when: {consent.decision: [add_subscribed, add_unsubscribed], state: $sales}"
    assert [one.code for one in check(BASE.replace(guarded, "when: []", 1))] == ["MD206"]

"""Every rule, by one mistake in a mapping that is otherwise right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.check import check_mapping
from engine.codes import CODES
from engine.commands.checks import Checker, Task
from engine.commands.files import SourceFile
from engine.contacts import UNASKED
from engine.mapping import compile_mapping
from engine.problem import Problem
from tests.shipped import NOW, order

FOLDER = Path(__file__).parent / "rules"
BASE = (FOLDER / "base.yaml").read_text(encoding="utf-8")


def read_cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return cases


CASES = [
    *read_cases("cases.yaml"),
    *read_cases("consent_cases.yaml"),
    *read_cases("seam_cases.yaml"),
]
PASSES = read_cases("consent_passes.yaml")
BRANDS = read_cases("brand_cases.yaml")


def named(case: dict[str, Any]) -> str:
    return str(case["name"]).replace(" ", "_")


def check(text: str) -> tuple[Problem, ...]:
    return check_mapping(text.encode(), "base.yaml", {}).problems


def changed(case: dict[str, Any]) -> str:
    """Give the base mapping with the changes of a case."""
    text = BASE
    for old, new in {case["old"]: case["new"], **case.get("and", {})}.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_the_base_mapping_is_silent() -> None:
    assert check(BASE) == ()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_one_mistake_is_told_at_its_place(case: dict[str, Any]) -> None:
    problems = check(changed(case))
    told = [(one.code, one.source[one.place.column - 1 :], one.message) for one in problems]
    assert len(told) == len(case["problems"]), told
    for (code, stands, message), (want, at, words) in zip(told, case["problems"], strict=True):
        assert code == want
        assert stands.startswith(str(at)), stands
        assert words in message, message


@pytest.mark.parametrize("case", PASSES, ids=named)
def test_a_reasonable_variant_passes_and_runs(case: dict[str, Any]) -> None:
    checked = check_mapping(changed(case).encode(), "base.yaml", {})
    assert [(one.code, one.message) for one in checked.problems] == []
    assert checked.spec is not None
    record = compile_mapping(checked.spec, masked=False).apply(order(), UNASKED, NOW)
    assert record["outcome"] == "planned"


@pytest.mark.parametrize("case", BRANDS, ids=named)
def test_a_brand_file_cannot_widen_anything(case: dict[str, Any]) -> None:
    brand = yaml.safe_dump({"brand": "example", "mapping": "base", "params": case["params"]})
    checker = Checker()
    base = SourceFile("base.yaml", BASE.encode())
    file = SourceFile("brand.yaml", brand.encode())
    alone, with_base = checker.do(Task(file)), checker.do(Task(file, base))
    found = [*alone.problems, *with_base.problems]
    problem = next(one for one in found if one.severity == "error")
    code, words = case["problem"]
    assert problem.code == code
    assert words in problem.message


def test_every_meaning_code_has_a_case() -> None:
    shown = {problem[0] for case in CASES for problem in case["problems"]}
    assert {code for code in CODES if code.startswith("MD4")} - shown == {"MD471"}


def test_a_condition_without_any_alternative_is_refused() -> None:
    guarded = "when: {consent.decision: [add_subscribed, add_unsubscribed], state: $sales}"
    assert [one.code for one in check(BASE.replace(guarded, "when: []", 1))] == ["MD206"]

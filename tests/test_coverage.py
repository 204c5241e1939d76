"""`miradot test --coverage`: what a mapping means and no test brings about, at its line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from cli import cli
from engine.checked import CheckedSpec
from engine.compiler.function import emit_function
from engine.contacts import UNASKED
from engine.coverage.goals import Goal, list_goals
from engine.coverage.measuring import measure_coverage
from engine.inputs import Input, ListInput
from engine.mapping import probe_mapping
from engine.report.coverage import percent
from engine.resources import read_schema
from engine.trials.files import Ground, read_trials
from engine.trials.running import run_trials
from tests.shipped import NOW, checked, orders_mapping
from tests.trial_folders import CATALOGUE, FOLDER, write_trials

MAPPINGS = ("orders", "shipments", "catalogue")


def call(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["test", str(path), *arguments], standalone_mode=False)


def told(path: Path) -> Any:
    return orjson.loads(call(path, "--coverage", "--output-format", "json").stdout)


def missed_by(folder: Path, cases: str) -> list[str]:
    """Give the kinds and words of what cases of the catalogue do not bring about."""
    (coverage,) = told(write_trials(folder, cases))["coverage"]
    return [goal["told"] for goal in coverage["missed"]]


ONE_OFFER = "  a case:\n    record: FA-4500-M\n    expect: {outcome: planned}\n"


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_shipped_tests_bring_about_everything(name: str) -> None:
    trials, _ = read_trials(FOLDER / f"{name}.test.yaml")
    assert trials is not None
    ground = Ground(trials)
    assert measure_coverage(ground.checked, list(run_trials(ground))).missed == ()


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_case_of_the_matrix_that_can_happen_is_a_goal(name: str) -> None:
    spec = checked(FOLDER / f"{name}.yaml")
    inputs: list[Input | ListInput] = [*spec.inputs.reads.values(), *spec.inputs.lists.values()]
    wanted = {(one.pointer, case) for one in inputs for case in one.possible if case in one.answers}
    assert {goal.mark for goal in list_goals(spec) if goal.kind == "missing values"} == wanted


@pytest.mark.parametrize(
    ("case", "reached"),
    [
        ("without: [product_brand]", "product_brand is absent: skip"),
        ("nulls: [product_brand]", "product_brand is null: skip"),
        ('changes: {product_brand: " "}', "product_brand is blank: skip"),
        ("changes: {product_brand: 7}", "product_brand is of the wrong type: skip"),
        ("changes: {currency_iso_code: POUND}", "UNREADABLE_PRICE is raised"),
        ("params: {collection: catalog_x}", "$collection has another value than its default"),
    ],
)
def test_a_case_reaches_what_it_brings_about(tmp_path: Path, case: str, reached: str) -> None:
    before = missed_by(tmp_path, ONE_OFFER)
    after = missed_by(tmp_path, ONE_OFFER.replace("    expect", f"    {case}\n    expect"))
    assert (reached in before, reached in after) == (True, False)


def orders_goals(kind: str) -> list[Goal]:
    return [goal for goal in list_goals(checked()) if goal.kind == kind]


def test_each_alternative_and_each_part_of_a_condition_is_a_goal() -> None:
    words = [goal.told for goal in orders_goals("conditions") if "contact_update" in goal.told]
    assert words == [
        "alternative 1 of the condition of contact_update holds",
        "consent.decision fails alternative 1 of the condition of contact_update",
        "record.counts fails alternative 1 of the condition of contact_update",
        "alternative 2 of the condition of contact_update holds",
        "consent.decision fails alternative 2 of the condition of contact_update",
        "record.earlier fails alternative 2 of the condition of contact_update",
    ]


def test_each_state_of_a_refund_is_a_goal() -> None:
    states = checked().inputs.reads["lines.refunds.state"].codes
    words = {goal.told for goal in orders_goals("codes in money")}
    assert {f"order_lines[].refunds[].refund_state is {state}" for state in states} <= words


def test_each_row_of_the_consent_table_is_a_goal() -> None:
    consent = checked().spec.consent
    assert consent is not None
    assert len(orders_goals("consent rows")) == len(consent.rows)


def test_an_answer_that_nothing_can_bring_about_is_no_goal() -> None:
    shipments = checked(FOLDER / "shipments.yaml")
    # Every line has a title and every order a basket, so these texts always have something to say.
    texts = {goal.pointer for goal in list_goals(shipments) if goal.kind == "composed values"}
    assert texts == {("text", "greeting")}


def test_no_two_goals_are_one() -> None:
    marks = Counter(goal.mark for goal in list_goals(checked()))
    assert [mark for mark, count in marks.items() if count > 1] == []


def probed(spec: CheckedSpec) -> str:
    return emit_function(spec, masked=False, probed=True).text("def apply()")


def test_a_mapping_that_runs_notes_nothing() -> None:
    plain = emit_function(checked(), masked=False).text("def apply()")
    assert ("taken" in plain, "taken" in probed(checked())) == (False, True)


def test_noting_changes_no_plan() -> None:
    orders = orjson.loads((FOLDER / "samples/orders.json").read_bytes())["orders"]
    mapping = probe_mapping(checked())
    plans = [mapping.apply(order, UNASKED, NOW).plan for order in orders]
    assert plans == [orders_mapping().apply(order, UNASKED, NOW) for order in orders]


def test_a_mapping_without_tests_counts_as_untested(tmp_path: Path) -> None:
    write_trials(tmp_path, ONE_OFFER)
    (tmp_path / "other.yaml").write_text(CATALOGUE, encoding="utf-8")
    views = {Path(one["mapping"]).name: one for one in told(tmp_path)["coverage"]}
    assert (views["other.yaml"]["reached"], views["catalogue.yaml"]["reached"] > 0) == (0, True)


@pytest.mark.parametrize(("minimum", "code"), [("1", 0), ("100", 1)])
def test_less_than_the_minimum_fails(tmp_path: Path, minimum: str, code: int) -> None:
    path = write_trials(tmp_path, ONE_OFFER)
    assert call(path, "--coverage", "--min", minimum).return_value == code


def test_a_minimum_of_nothing_is_a_wrong_call() -> None:
    assert "neither is asked" in str(call(FOLDER, "--min", "5").exception)


def test_only_all_of_it_is_a_hundred() -> None:
    assert (percent(9999, 10000), percent(0, 0), percent(1, 3)) == (99.9, 100.0, 33.3)


def test_what_is_not_tested_is_told_with_its_line(tmp_path: Path) -> None:
    path = write_trials(tmp_path, ONE_OFFER)
    line = CATALOGUE.splitlines().index("params:") + 2
    shown = f"catalogue.yaml:{line}  $collection has another value than its default"
    assert shown in call(path, "--coverage").stdout


def test_coverage_keeps_to_its_schema(tmp_path: Path) -> None:
    document = told(write_trials(tmp_path, ONE_OFFER))
    Draft202012Validator(read_schema("trials.v1.schema.json")).validate(document)


def test_a_broken_mapping_without_tests_is_told(tmp_path: Path) -> None:
    write_trials(tmp_path, ONE_OFFER)
    (tmp_path / "other.yaml").write_text("mapping: x\n", encoding="utf-8")
    assert "has errors" in str(call(tmp_path, "--coverage").exception)


def test_the_sample_of_everything_fits_the_lock() -> None:
    rich = orjson.loads((FOLDER / "samples/rich-order.json").read_bytes())
    Draft202012Validator(read_schema("mirakl/order.json")).validate(rich)

"""What is proved of a mapping is printed, and is so."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from cli import cli
from engine.checked import CheckedSpec
from engine.contacts import read_contacts
from engine.names import Named
from engine.problem import Problem
from engine.problems import ProblemList
from engine.proof.consent import build_consent
from engine.proof.matrix import build_matrix
from engine.resources import read_schema
from engine.rules.subject import Subject
from engine.rules.witness import tell_witness
from engine.shape import check_shape
from engine.text import Document
from tests.shipped import NOW, ORDERS, ROOT, checked, order, orders_mapping

SHIPPED = ["orders", "shipments", "catalogue"]


def call(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["validate", *arguments], standalone_mode=False)
    assert done.return_value == 0, done.output
    return done.stdout


def view(kind: str, name: str = "orders") -> Any:
    path = str(ROOT / f"mappings/debenhams/{name}.yaml")
    return orjson.loads(call(path, f"--{kind}", "--output-format", "json"))


def spec(name: str = "orders") -> CheckedSpec:
    return checked(ROOT / f"mappings/debenhams/{name}.yaml")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_matrix_keeps_to_its_schema(name: str) -> None:
    Draft202012Validator(read_schema("matrix.v1.schema.json")).validate(view("matrix", name))


def test_the_consent_view_keeps_to_its_schema() -> None:
    Draft202012Validator(read_schema("consent.v1.schema.json")).validate(view("consent"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_input_stands_in_the_matrix(name: str) -> None:
    inputs = spec(name).inputs
    shown = {row["name"] for row in build_matrix(spec(name))["rows"]}
    assert shown == inputs.reads.keys() | inputs.lists.keys()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_field_handed_over_stands_in_the_matrix(name: str) -> None:
    shown = {(row["part"], row["field"].split("[]")[0]) for row in build_matrix(spec(name))["rows"]}
    for send, one in spec(name).spec.send.items():
        reads = {
            field
            for field, value in one.fields.items()
            if not (isinstance(value, str) and value.startswith("$"))
        }
        assert {(send, field) for field in reads} <= shown


def test_a_net_amount_rests_on_refunds_and_not_on_the_title_of_a_line() -> None:
    inputs = {
        row["input"]
        for row in build_matrix(spec())["rows"]
        if (row["part"], row["field"]) == ("order_record", "order_total")
    }
    assert "order_lines[].refunds[].amount" in inputs
    assert "order_lines[].product_title" not in inputs


def test_a_case_that_the_lock_rules_out_is_marked() -> None:
    rows = build_matrix(spec())["rows"]
    cases = next(row["cases"] for row in rows if row["name"] == "order_id")
    assert {one["case"]: one["possible"] for one in cases} == {
        "absent": False,
        "null": False,
        "blank": True,
        "unknown": True,
    }


def test_the_consent_rows_share_all_cases() -> None:
    document = build_consent(spec())
    assert document is not None
    assert sum(row["cases"] for row in document["rows"]) == document["cases"] == 320


def test_a_mapping_without_consent_has_no_consent_view() -> None:
    assert build_consent(spec("catalogue")) is None
    assert call("--consent", str(ROOT / "mappings/debenhams/catalogue.yaml")) == ""


@pytest.mark.parametrize("kind", ["matrix", "consent"])
def test_a_view_of_a_wrong_mapping_is_its_problems(kind: str) -> None:
    broken = str(ROOT / "tests/readme/broken.yaml")
    done = CliRunner().invoke(cli, ["validate", broken, f"--{kind}"], standalone_mode=False)
    assert (done.return_value, "error MD302" in done.stdout) == (1, True)


def test_a_view_has_no_sarif_form() -> None:
    arguments = ["validate", str(ORDERS), "--matrix", "--output-format", "sarif"]
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert "text, json, markdown or csv" in str(done.exception)


@pytest.mark.parametrize("kind", ["matrix", "consent"])
def test_a_markdown_view_is_one_table(kind: str) -> None:
    lines = call(str(ORDERS), f"--{kind}", "--output-format", "markdown").splitlines()
    table = [line for line in lines if line.startswith("|")]
    bars = {line.count("|") - line.count("\\|") for line in table}
    assert (len(table) > 10, len(bars)) == (True, 1)


def witnesses() -> list[tuple[tuple[str, ...], int]]:
    return sorted(spec().consent_table.items())


@pytest.mark.parametrize(("case", "row"), witnesses(), ids=str)
def test_a_counter_example_leads_to_the_case_it_stands_for(case: tuple[str, ...], row: int) -> None:
    one = spec()
    assert one.spec.consent is not None
    names: dict[str, Named] = dict(one.names)
    subject = Subject(
        one.spec, one.source, one.target, one.params, one.inputs, names, ProblemList(one.document)
    )
    named = dict(zip(one.spec.consent.facts, case, strict=True))
    told = tell_witness(subject, one.spec.consent, named)
    shown = orjson.loads(told[: told.rindex("}") + 1])
    made = order(**{"customer_notification_email": None, **shown})
    answer = {
        "contactId": 1,
        "identifiers": {"email": made["customer_notification_email"] or "jo.bloggs@example.com"},
        "channelProperties": {"email": {"status": case[0]}},
    }
    known = [] if case[0] == one.target.no_contact else [answer]
    plan = orders_mapping().apply(made, read_contacts(known, orders_mapping().contact_form), NOW)
    consent = plan["consent"]
    assert consent is not None
    assert consent["row"] == row + 1


@pytest.mark.parametrize("view", ["--matrix", "--consent"])
def test_a_mapping_is_checked_once_for_its_view(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def count(document: Document, schema: str) -> list[Problem]:
        seen.append(schema)
        return check_shape(document, schema)

    monkeypatch.setattr("engine.check.check_shape", count)
    call(str(ROOT / "mappings/debenhams/orders.yaml"), view)
    assert seen == ["mapping.v1.schema.json"]

"""`miradot explain MAPPING --field`: what a person and a program see, and how wrong calls end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from cli import cli
from engine.problem import Failure
from engine.resources import read_schema
from tests.explanations.__main__ import ASKED, FOLDER, render
from tests.shipped import ORDERS, ROOT, line, order

SAMPLES = ROOT / "mappings/debenhams/samples"
NOW = ["--now", "2026-03-01T09:00:00Z"]


def explain(*arguments: str, stdin: object = None) -> Result:
    given = orjson.dumps(stdin) if stdin is not None else b""
    return CliRunner().invoke(
        cli, ["explain", str(ORDERS), *NOW, *arguments], input=given, standalone_mode=False
    )


def failure(*arguments: str, stdin: object = None) -> str:
    raised = explain(*arguments, stdin=stdin).exception
    assert isinstance(raised, Failure)
    return str(raised)


@pytest.mark.parametrize("name", ASKED)
def test_an_explanation_reads_as_it_did(name: str) -> None:
    assert render(name) == (FOLDER / f"{name}.out").read_text(encoding="utf-8")


def test_every_stored_explanation_is_asked_for() -> None:
    assert {path.stem for path in FOLDER.glob("*.out")} == set(ASKED)


def test_an_explanation_as_json_keeps_to_its_schema() -> None:
    done = explain("--field", "money.net", "--output-format", "json", stdin=order())
    validator = Draft202012Validator(read_schema("explanation.v1.schema.json"))
    validator.validate(orjson.loads(done.stdout))
    assert done.return_value == 0


def test_one_of_several_records_is_chosen_by_its_key() -> None:
    asked = ["--input", str(SAMPLES / "orders.json"), "--record", "DBN-1002-A"]
    assert explain(*asked, "--field", "money.net").stdout.startswith(
        "DBN-1002-A  money.net is 89.99 GBP\n"
    )


def test_several_records_need_a_key() -> None:
    asked = ["--input", str(SAMPLES / "orders.json"), "--field", "money.net"]
    assert failure(*asked).startswith(
        "the input holds 16 records; say --record, one of DBN-1001-A, DBN-1002-A, "
    )


def test_an_unknown_record_is_told_with_the_nearest() -> None:
    asked = ["--input", str(SAMPLES / "orders.json"), "--record", "DBN-1002-B"]
    assert 'did you mean "DBN-10' in failure(*asked, "--field", "money.net")


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ([], "the input holds no record"),
        ([7], "cannot be read"),
    ],
)
def test_an_input_without_a_record_is_told(stdin: object, said: str) -> None:
    assert said in failure("--field", "money.net", stdin=stdin)


def test_a_mapping_without_a_field_is_told_what_is_missing() -> None:
    assert "needs --field" in failure(stdin=order())


def test_an_unknown_field_is_told_with_the_nearest() -> None:
    assert 'did you mean "money.net"?' in failure("--field", "money.nett", stdin=order())


def test_a_wrong_mapping_is_told_and_exits_1() -> None:
    broken = str(ROOT / "tests/readme/broken.yaml")
    done = CliRunner().invoke(cli, ["explain", broken, "--field", "x"], standalone_mode=False)
    assert (done.return_value, done.stdout) == (1, "")
    assert "error MD302" in done.stderr


def test_personal_data_is_shown_only_when_asked_for() -> None:
    field = ["--field", "contact_create.email"]
    assert "ada@example.com" not in explain(*field, stdin=order()).stdout
    assert "ada@example.com" in explain(*field, "--show-personal-data", stdin=order()).stdout


@pytest.mark.parametrize("text", ["\x1b[2J", "\u202e", "\x07"])
def test_what_a_record_says_never_steers_the_terminal(text: str) -> None:
    record: Any = order(order_lines=[line(product_title=f"Dress{text}")])
    done = explain("--field", "order_record.products[0].name", stdin=record)
    assert text not in done.stdout


def test_colour_only_adds_to_the_text(tmp_path: Path) -> None:
    record = tmp_path / "order.json"
    record.write_bytes(orjson.dumps(order()))
    arguments = ["explain", str(ORDERS), *NOW, "--input", str(record), "--field", "money.net"]
    plain, coloured = (
        CliRunner().invoke(cli, ["--color", choice, *arguments], standalone_mode=False, color=True)
        for choice in ("never", "always")
    )
    assert "\x1b[" not in plain.stdout
    assert coloured.stdout.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "") == (
        plain.stdout
    )

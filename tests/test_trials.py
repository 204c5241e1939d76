"""`miradot test`: what is expected is held against what comes, and nothing passes untested."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from cli import cli
from engine.report.trials import show
from engine.resources import read_schema
from tests.shipped import ROOT

FOLDER = ROOT / "mappings/debenhams"
SHIPPED = (FOLDER / "orders.test.yaml").read_text(encoding="utf-8")
HEAD, CASES = SHIPPED.split("\ncases:\n")


def call(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["test", str(path), *arguments], standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("orders.yaml", "brands", "samples"):
        (tmp_path / name).symlink_to(FOLDER / name)
    return tmp_path


def write(folder: Path, case: str) -> Path:
    path = folder / "orders.test.yaml"
    head = HEAD.replace("../../schemas", "https://miradot.dev/schemas")
    path.write_text(f"{head}\ncases:\n  a case:\n{case}", encoding="utf-8")
    return path


def told(path: Path) -> Any:
    return orjson.loads(call(path, "--output-format", "json").stdout)


def test_the_shipped_tests_pass() -> None:
    done = call(FOLDER)
    assert (done.return_value, "all passed" in done.stdout) == (0, True)


def test_no_test_at_all_is_a_failure(tmp_path: Path) -> None:
    assert "what is not tested fails" in str(call(tmp_path).exception)


@pytest.mark.parametrize(
    ("expect", "where", "wanted", "got"),
    [
        ("{outcome: held}", "expect.outcome", "held", "planned"),
        ("{row: 2}", "expect.row", 2, 1),
        ('{money: {net: "1.00"}}', "expect.money.net", "1.00", "89.99"),
        ("{values: {first_name: Ada}}", "expect.values.first_name", "Ada", "Grace"),
        ("{values: {carrier: (missing)}}", "expect.values.carrier", "(missing)", "Royal Mail"),
        ("{only_calls: []}", "expect.only_calls", [], None),
        ("{exceptions: [NO_LINES]}", "expect.exceptions", ["NO_LINES"], []),
        ("{version: 2026-01-01T00:00:00Z}", "expect.version", "2026-01-01T00:00:00Z", None),
        (
            "{calls: {post_purchase: {id: post_purchase}}}",
            "expect.calls.post_purchase.id",
            "post_purchase",
            None,
        ),
        ("{must_not_send: [shipment]}", "expect.must_not_send[0]", "(no call)", "a call"),
        ("{calls: {contact_update: {}}}", "expect.calls.contact_update", "a call", "(no call)"),
        (
            "{calls: {order_record: {body: {currency: EUR}}}}",
            "expect.calls.order_record.body.currency",
            "EUR",
            "GBP",
        ),
        (
            "{calls: {order_record: {lacks: [currency]}}}",
            "expect.calls.order_record.lacks[0]",
            "(missing)",
            "GBP",
        ),
    ],
)
def test_a_difference_names_the_expectation(
    folder: Path, expect: str, where: str, wanted: object, got: object
) -> None:
    path = write(folder, f"    record: DBN-1002-A\n    expect: {expect}\n")
    assert call(path).return_value == 1
    (difference,) = told(path)["cases"][0]["differences"]
    assert (difference["expectation"], difference["wanted"]) == (where, wanted)
    assert got in (None, difference["got"]) or where.endswith("carrier")


def test_the_same_record_once_more_changes_nothing(folder: Path) -> None:
    path = write(
        folder,
        "    record: DBN-1002-A\n    contact: none\n    expect: {outcome: planned}\n"
        "    again: {must_not_send: [contact_create, order_record, shipment, post_purchase]}\n",
    )
    assert told(path)["failed"] == 0


def test_a_later_refund_corrects_what_was_sent(folder: Path) -> None:
    path = write(
        folder,
        "    record: DBN-1002-A\n    contact: none\n    expect: {money: {net: '89.99'}}\n"
        "    then:\n      - changes:\n"
        "          last_updated_date: 2026-03-02T09:00:00Z\n"
        "          order_lines[0].refunds:\n"
        "            - {id: R-1, refund_state: REFUNDED, amount: 10.00}\n"
        "        now: 2026-03-02T10:00:00Z\n"
        "        expect:\n          money: {net: '79.99'}\n"
        "          only_calls: [contact_update, order_record, shipment]\n",
    )
    assert told(path)["cases"][0]["differences"] == []


def test_results_keep_to_their_schema(folder: Path) -> None:
    path = write(folder, "    record: DBN-1002-A\n    expect: {row: 9, outcome: held}\n")
    Draft202012Validator(read_schema("trials.v1.schema.json")).validate(told(path))


def test_results_as_junit_count_failures(folder: Path) -> None:
    path = write(folder, "    record: DBN-1002-A\n    expect: {row: 9}\n")
    suite = ET.fromstring(call(path, "--output-format", "junit").stdout)[0]  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("    record: DBN-1\n    expect: {row: 1}\n", 'holds no record "DBN-1"'),
        ("    file: gone.json\n    expect: {row: 1}\n", "cannot read"),
        ("    record: DBN-1002-A\n    without: [nothing.here]\n    expect: {row: 1}\n", "no place"),
    ],
)
def test_a_case_that_cannot_run_is_told(folder: Path, case: str, message: str) -> None:
    assert message in str(call(write(folder, case)).exception)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1", '"1"'),
        ("true", '"true"'),
        ("GBP", "GBP"),
        ("a b", "a b"),
        ("a  b", '"a··b"'),
        (" a", '"·a"'),
        ("", '""'),
        (1.5, "1.5"),
    ],
)
def test_blanks_that_matter_are_visible(value: object, shown: str) -> None:
    assert show(value) == shown


def differences(folder: Path, case: str) -> Any:
    return told(write(folder, case))["cases"][0]["differences"]


HELD = "    record: DBN-1002-A\n    changes: {order_state: LOST}\n    expect: {exceptions: [%s]}\n"


def test_lists_that_differ_are_told_element_by_element(folder: Path) -> None:
    expect = "{only_calls: [shipment, contact_update]}"
    path = write(folder, f"    record: DBN-1002-A\n    expect: {expect}\n")
    shown = call(path).stdout.partition("got (+)\n")[2].partition("\n\n")[0]
    assert shown.split("\n") == [
        "          + contact_create",
        "          + order_record",
        "            shipment",
        "          - contact_update",
        "          + post_purchase",
    ]


def test_an_exception_is_expected_by_its_code_or_by_more(folder: Path) -> None:
    more = "{code: UNKNOWN_STATE, at: order_state, owner: engineering, level: hold}"
    assert differences(folder, HELD % "UNKNOWN_STATE") == []
    assert differences(folder, HELD % more) == []


def test_a_difference_of_one_exception_names_what_differs(folder: Path) -> None:
    (one,) = differences(folder, HELD % "{code: UNKNOWN_STATE, owner: finance}")
    assert (one["expectation"], one["got"]) == ("expect.exceptions[0].owner", "engineering")


def test_other_exceptions_are_told_with_their_places_when_places_are_expected(
    folder: Path,
) -> None:
    (one,) = differences(folder, HELD % "{code: NO_LINES, at: order_lines}")
    assert one["got"] == [{"code": "UNKNOWN_STATE", "at": "order_state"}]


def test_a_status_that_no_lock_has_can_be_tried(folder: Path) -> None:
    case = (
        "    record: DBN-1002-A\n    unlisted_status: quarantined\n"
        "    expect: {exceptions: [UNKNOWN_STATUS]}\n"
    )
    assert differences(folder, case) == []


def test_a_field_that_is_emptied_is_expected_as_cleared(folder: Path) -> None:
    case = (
        "    record: DBN-1002-A\n    contact: none\n    expect: {outcome: planned}\n    then:\n"
        "      - changes: {order_state: CANCELED, last_updated_date: 2026-02-28T20:00:00Z}\n"
        "        expect:\n          calls:\n            contact_update:\n"
        "              body: {dataFields: {MKT_FIRST_ORDER: (cleared)}}\n"
    )
    assert differences(folder, case) == []


UPDATED = """    record: DBN-1002-A   # a remark
    expect:
      row: 2   # was it the second?
      decision: add_subscribed
      money: {net: "1.00", currency: GBP}
      only_calls:
        - contact_create   # the first
        - shipment
"""


def test_an_update_proposes_what_came_and_changes_no_file(folder: Path) -> None:
    path = write(folder, UPDATED)
    before = path.read_bytes()
    done = call(path, "--update")
    assert (done.return_value, path.read_bytes()) == (1, before)
    changed = [line for line in done.stdout.splitlines() if line[:1] in "+-"][2:]
    assert changed == [
        "-      row: 2   # was it the second?",
        "+      row: 1   # was it the second?",
        '-      money: {net: "1.00", currency: GBP}',
        '+      money: {net: "89.99", currency: GBP}',
        "+        - order_record",
        "+        - post_purchase",
    ]


def test_what_is_proposed_passes_once_it_is_applied(folder: Path) -> None:
    path = write(folder, UPDATED)
    diff = call(path, "--update").stdout
    path.write_text(patched(path.read_text(encoding="utf-8"), diff), encoding="utf-8")
    assert told(path)["failed"] == 0


def patched(text: str, diff: str) -> str:
    """Apply a unified diff whose context is whole: each hunk once, in order."""
    for hunk in diff.split("\n@@")[1:]:
        lines = hunk.split("\n")[1:]
        old = "\n".join(line[1:] for line in lines if line[:1] in ("-", " "))
        new = "\n".join(line[1:] for line in lines if line[:1] in ("+", " "))
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "expect",
    [
        "{must_not_send: [shipment]}",
        "{calls: {contact_update: {}}}",
        "{calls: {order_record: {lacks: [currency]}}}",
    ],
)
def test_a_call_that_is_or_is_not_made_is_never_proposed(folder: Path, expect: str) -> None:
    done = call(write(folder, f"    record: DBN-1002-A\n    expect: {expect}\n"), "--update")
    assert (done.stdout, "for you to decide" in done.stderr) == ("", True)


def test_an_update_of_tests_that_pass_proposes_nothing(folder: Path) -> None:
    done = call(write(folder, "    record: DBN-1002-A\n    expect: {row: 1}\n"), "--update")
    assert (done.return_value, done.stdout, done.stderr) == (0, "", "nothing to propose\n")


def test_an_update_stands_alone(folder: Path) -> None:
    path = write(folder, "    record: DBN-1002-A\n    expect: {row: 1}\n")
    assert "nothing else" in str(call(path, "--update", "--coverage").exception)

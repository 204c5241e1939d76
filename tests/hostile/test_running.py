"""Accepted paths on large orders: bounded time and memory, and an answer instead of a crash."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import orjson
import pytest

from engine.check import check_mapping
from engine.contacts import UNASKED
from engine.expressions.paths import PathError, compile_path
from engine.mapping import compile_mapping
from tests.hostile.makers import as_path, change
from tests.hostile.running import PATHS
from tests.shipped import NOW, ROOT, line, order

MOST_SECONDS = 1
HUGE = [line(extra=[0] * 1_100_000)]


@cache
def measured() -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.running"], cwd=ROOT, capture_output=True, check=True
    )
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


def plan(mapping: str, **changes: Any) -> Any:
    checked = check_mapping(mapping.encode(), "base.yaml", {})
    assert checked.spec is not None, checked.problems
    record = compile_mapping(checked.spec, masked=False).apply(order(**changes), UNASKED, NOW)
    assert orjson.dumps(record)
    return record


@pytest.mark.parametrize("path", PATHS)
def test_an_accepted_path_takes_a_second_and_64_mb_at_most(path: str) -> None:
    assert measured()[path] < MOST_SECONDS


def test_a_path_that_costs_too_much_is_told_at_its_place() -> None:
    with pytest.raises(PathError) as caught:
        compile_path("a | to_string(b)").select({"a": {"b": [0] * 1_100_000}})
    assert (caught.value.code, caught.value.start) == ("MD314", 4)


def test_each_run_of_a_path_has_all_its_steps() -> None:
    select = compile_path("length(a[*].[@])").select
    assert [select({"a": [0] * 100_000}) for _ in range(5)] == [100_000] * 5


def test_a_path_that_costs_too_much_gives_an_unknown_value() -> None:
    path = as_path("to_string(order_lines)")
    assert plan(path, order_lines=HUGE)["outcome"] == plan(path)["outcome"] != "held"


def test_an_unknown_value_that_fails_holds_the_record() -> None:
    path = change(
        "{path: customer.firstname, type: text, missing: skip, unknown: skip}",
        "{path: to_string(order_lines), type: text, missing: skip, unknown: fail BROKEN}",
    )
    record = plan(path, order_lines=HUGE)
    assert record["outcome"] == "held"
    assert {one["at"] for one in record["exceptions"]} == {"to_string(order_lines)"}


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("length(customer.firstname)", {"customer": {"customer_id": "C-77", "firstname": 42}}),
        ("max_by(order_lines, &offer_sku).offer_sku", {"order_lines": [line(offer_sku=None)]}),
        ("join('-', order_lines[].offer_sku)", {"order_lines": [line(offer_sku=42)]}),
    ],
)
def test_a_path_that_fails_on_the_data_stops_no_run(path: str, changes: dict[str, Any]) -> None:
    assert plan(as_path(path), **changes)["key"] == "DBN-1-A"


def test_a_whole_number_that_no_json_holds_is_unknown() -> None:
    huge = change("{path: quantity, type", "{path: '`99999999999999999999`', type")
    (told,) = plan(huge)["exceptions"]
    assert told["message"] == 'Order DBN-1-A is broken: "99999999999999999999"'

"""Paths over the real order lock: slips told at their column, and no false alarm."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.check import check_mapping
from engine.codes import CODES
from engine.expressions.calls import SIGNATURES
from engine.lock import load_source
from engine.problem import Problem

FOLDER = Path(__file__).parent
BASE = (FOLDER / "rules/base.yaml").read_text(encoding="utf-8")
FAULTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "walks/order_faults.yaml").read_text())
SOUND: list[dict[str, Any]] = yaml.safe_load((FOLDER / "walks/order_sound.yaml").read_text())
# The line of the base mapping before which a read of each list is laid, and its indentation.
SPOTS = {
    "record": ("  page: {custom_field: optin-page", 2),
    "lines": ("      brand: {path: category_code", 6),
    "refunds": ("          amount: {path: amount", 10),
}

# So many errors at once are well below those at which a check stops.
AT_ONCE = 60
every_style = pytest.mark.parametrize("style", ["plain", "'", '"', "block"])


def known_words(node: object) -> Iterator[str]:
    """Give every name and code of a lock."""
    if isinstance(node, dict):
        for key in ("properties", "x-codes"):
            yield from node.get(key, ())
        for inner in node.values():
            yield from known_words(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from known_words(inner)


WORDS = {*known_words(load_source("mirakl.order@2026-07").schema), *SIGNATURES}


def write(path: str, margin: str, style: str) -> str:
    """Give a path in a style of YAML, as a block where it would not stand there as it reads."""
    plain = path[0].isalpha() and ": " not in path and " #" not in path
    if style == "plain" and plain:
        return path
    if style in "\"'" and style not in path and "\\" not in path:
        return f"{style}{path}{style}"
    return f"|-\n{margin}    {path}"


@cache
def check_all(name: str, style: str) -> dict[int, list[tuple[Problem, int]]]:
    """Give what is told of each path of a list, and at which character of the path."""
    cases = FAULTS if name == "faults" else SOUND
    told: dict[int, list[tuple[Problem, int]]] = {}
    for start in range(0, len(cases), AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, len(cases)))
        lines = lay_reads([(number, cases[number]) for number in numbers], style).splitlines()
        found = check_mapping("\n".join(lines).encode(), "base.yaml", {}).problems
        for number in numbers:
            row = next(i for i, one in enumerate(lines) if one.strip() == f"probe_{number}:") + 1
            row += lines[row].endswith("|-")
            column = lines[row].index(cases[number]["path"])
            told[number] = [
                (one, one.place.column - column - 1)
                for one in found
                if one.place.line == row + 1 and one.code.startswith("MD3")
            ]
    return told


def lay_reads(cases: list[tuple[int, dict[str, Any]]], style: str) -> str:
    text = BASE
    for number, case in cases:
        spot, width = SPOTS[case.get("in", "record")]
        margin = " " * width
        written = write(case["path"], margin, style)
        read = f"{margin}probe_{number}:\n{margin}  path: {written}\n"
        rest = f"{margin}  type: text\n{margin}  otherwise: skip\n"
        assert spot in text
        text = text.replace(spot, read + rest + spot, 1)
    return text


@every_style
@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[one["path"] for one in FAULTS])
def test_a_slip_is_told_once_at_its_column_with_what_was_meant(number: int, style: str) -> None:
    case, told = FAULTS[number], check_all("faults", style)[number]
    path, at = case["path"], case["at"]
    assert [one.code for one, _ in told] == [case["code"]]
    problem, start = told[0]
    assert start == case.get("from", path.index(at))
    assert problem.place.end_column - problem.place.column == len(at)
    assert case.get("near", "") in f"{problem.message} {problem.help}"


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case["path"])
def test_what_is_near_is_told(case: dict[str, Any]) -> None:
    spelling = case["code"] in ("MD302", "MD304", "MD305", "MD306", "MD312")
    word = case["at"].strip("'\"`")
    near = get_close_matches(word, sorted(WORDS), n=1, cutoff=0.8) if spelling else []
    assert "near" in case or not near


@every_style
@pytest.mark.parametrize("number", range(len(SOUND)), ids=[one["path"] for one in SOUND])
def test_a_sound_path_raises_no_alarm(number: int, style: str) -> None:
    assert check_all("sound", style)[number] == []


def test_the_lists_are_long_and_name_each_code_of_paths() -> None:
    assert len(FAULTS) >= 160
    assert len(SOUND) >= 100
    # Of these, MD314 is about size, and MD316 about what a read is for.
    paths = {code for code in CODES if "MD301" <= code < "MD350"} - {"MD314", "MD316"}
    assert {case["code"] for case in FAULTS} == paths

"""The page on capacity: all but what was measured follows from it and from the locks."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.capacity import measure_events, measure_history
from benchmarks.capacity_page import PAGE, Figures, Lane, read_figures, render, renew
from engine.lock import load_shipped_target

TEXT = PAGE.read_text(encoding="utf-8")
LANE = Lane(100, 40.0, 20.0, {"medium": 3.0, "high": 2.0, "enrolment": 0.1})
FIGURES = Figures(LANE, replace(LANE, calls={"medium": 0.01}), 1.0, 0.02, 100.0, "a machine")


def rows(text: str, head: str) -> dict[str, list[str]]:
    """Give a table of a section by the first cell of each row."""
    section = text.partition(f"## {head}")[2].partition("\n## ")[0]
    cells = [line.strip("|").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    return {one[0].strip(): [cell.strip() for cell in one[1:]] for one in cells[2:]}


def test_the_page_says_what_follows_from_its_figures_and_the_lock() -> None:
    assert renew(TEXT, read_figures(TEXT)) == TEXT


def test_the_limits_on_the_page_are_those_of_the_lock() -> None:
    told = rows(TEXT, "What the vendors allow")
    tiers = load_shipped_target("dotdigital").rate_tiers
    assert set(told) == set(tiers)
    limited = {name: one for name, one in tiers.items() if one.calls is not None}
    assert {name: told[name][0] for name in limited} == {
        name: f"{one.calls} in {one.seconds} s" for name, one in limited.items()
    }


def test_a_tier_carries_half_of_what_it_allows() -> None:
    carried = rows(render(FIGURES), "What one account carries")
    # 35 a minute are 50,400 a day; half of them, three an order.
    assert carried["medium"][1:] == ["8,400", "140,000"]
    assert carried["enrolment"][1:] == ["2,400", "2,400"]


def test_workers_are_counted_by_the_time_that_they_wait_for_answers() -> None:
    needed = rows(render(FIGURES), "What it takes")
    # 5.1 calls of 0.3 s and 45 ms an order, on half of a day.
    assert {orders: cells[0] for orders, cells in needed.items()} == {
        "200": "1",
        "1,000": "1",
        "5,000": "1",
        "20,000": "1",
        "50,000": "2",
    }


def test_figures_are_kept_with_three_digits() -> None:
    kept = read_figures(render(replace(FIGURES, call=1.23456)))
    assert kept.call == 1.23


def test_a_page_without_figures_is_told() -> None:
    with pytest.raises(ValueError, match="keeps no figures"):
        read_figures("nothing")


def test_both_lanes_are_measured_and_history_costs_fewer_calls(tmp_path: Path) -> None:
    events, history = measure_events(tmp_path, 12), measure_history(tmp_path, 13)
    assert events.all_calls > history.all_calls > 0
    assert min(events.cpu, events.growth, history.cpu, history.growth) > 0
    assert re.fullmatch(r"enrolment|high|low|medium|unlimited", next(iter(events.calls)))

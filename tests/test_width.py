"""Reports fit the terminal that people read them at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.report.width import fit_reports, fold_lines, wrap_text

USUAL = 96
LONG = "one word after the other " * 12


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    fit_reports(USUAL)


@pytest.mark.parametrize(("terminal", "width"), [(60, 60), (200, USUAL), (10, 40)])
def test_a_report_is_as_wide_as_the_terminal_within_reason(terminal: int, width: int) -> None:
    fit_reports(terminal)
    lines = wrap_text(LONG, "  do: ", "      ")
    assert width - 10 < max(map(len, lines)) <= width
    assert [line[:6] for line in lines[:2]] == ["  do: ", "      "]


def test_what_goes_on_stands_under_its_text() -> None:
    fit_reports(40)
    assert fold_lines("  last 24 h   140 sent, 5 unchanged, 0 held, 0 rejected\nshort\n") == (
        "  last 24 h   140 sent, 5 unchanged, 0\n              held, 0 rejected\nshort\n"
    )


def test_what_cannot_be_cut_stays_whole() -> None:
    fit_reports(40)
    command = "  miradot-exceptions-resolve-" + "x" * 50
    assert fold_lines(f"{command}\n") == f"{command}\n"


def test_a_row_of_a_table_is_not_folded() -> None:
    fit_reports(40)
    row = "  order_record.brand    100.0    99.0    100.0    98.0\n"
    assert fold_lines(row) == row

"""How far a long command is: lines where nobody watches, a bar where somebody does."""

from __future__ import annotations

import io
import sys

import pytest

from engine.console.progress import telling


class Terminal(io.StringIO):
    """A terminal that keeps what it is shown."""

    def isatty(self) -> bool:
        return True


def test_elsewhere_than_at_a_terminal_each_step_is_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with telling({"reading": "windows read"}) as tell:
        for done in (0, 1, 1, 2):
            tell("reading", done, 2)
    assert capsys.readouterr().err.splitlines() == [
        "0 of 2 windows read",
        "1 of 2 windows read",
        "2 of 2 windows read",
    ]


def test_what_has_no_known_end_is_told_by_the_hundred(capsys: pytest.CaptureFixture[str]) -> None:
    with telling({"records": "records delivered"}) as tell:
        for done in range(251):
            tell("records", done, 0)
    assert capsys.readouterr().err.splitlines() == [
        "100 records delivered",
        "200 records delivered",
    ]


def test_at_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with telling({"records": "records delivered"}) as tell:
        tell("records", 7, 0)
    assert "records delivered" in terminal.getvalue()
    assert " 7 " in terminal.getvalue()
    assert "/?" not in terminal.getvalue()

"""The README shows what really happens."""

from __future__ import annotations

from tests.readme import README, render


def test_every_command_in_the_readme_prints_what_it_shows() -> None:
    text = README.read_text(encoding="utf-8")
    assert render(text) == text

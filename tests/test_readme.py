"""The README shows what really happens."""

from __future__ import annotations

from tests.readme import README, render
from tests.readme.story import STORY, live_through


def test_every_command_in_the_readme_prints_what_it_shows() -> None:
    text = README.read_text(encoding="utf-8")
    assert render(text) == text


def test_the_day_with_a_mapping_goes_as_it_is_told() -> None:
    text = STORY.read_text(encoding="utf-8")
    assert live_through(text) == text

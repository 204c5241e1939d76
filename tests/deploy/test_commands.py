"""What the other tests of deployment look commands and settings up with can say no."""

from __future__ import annotations

import click
import pytest

from tests.deploy.commands import parse, unknown_settings


def test_a_command_is_parsed_as_if_typed() -> None:
    assert parse(["serve", "--port", "8000"])["port"] == 8000


@pytest.mark.parametrize(
    "words", [["synch"], ["sync", "--twice"], ["serve", "--port", "x"], ["exceptions", "lost"]]
)
def test_a_command_that_miradot_does_not_take_is_refused(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(words)


def test_a_misspelt_setting_is_found() -> None:
    given = ["MIRADOT_MAPPING", "MIRADOT_MAPING", "MIRADOT_MAPPING_FILE", "POSTGRES_DB"]
    assert unknown_settings(given) == ["MIRADOT_MAPING", "MIRADOT_MAPPING_FILE"]

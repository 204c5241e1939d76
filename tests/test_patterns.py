"""Patterns of schemas and locks: as JSON Schema means them, and never slow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.patterns import fits

SCHEMAS = Path(__file__).parent.parent / "schemas"


def patterns(node: object) -> Iterator[str]:
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node if isinstance(node, list) else [])
    )
    for key, value in items:
        if key in ("pattern", "field_name", "collection_name") and isinstance(value, str):
            yield value
        yield from patterns(value)


ALL = sorted(
    {
        pattern
        for path in SCHEMAS.rglob("*.json")
        for pattern in patterns(json.loads(path.read_text(encoding="utf-8")))
    }
)


@pytest.mark.parametrize("pattern", ALL)
def test_every_pattern_of_ours_is_one_that_runs_in_linear_time(pattern: str) -> None:
    assert fits(pattern, "") in (True, False)


@pytest.mark.parametrize("pattern", ALL)
@given(data=st.data())
def test_a_text_made_from_a_pattern_fits_it(pattern: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(re.compile(pattern), fullmatch=pattern.endswith("$")))
    assert fits(pattern, text.removesuffix("\n")) or not text.isascii()


@pytest.mark.parametrize("pattern", ALL)
@given(text=st.text(max_size=12))
def test_a_text_fits_as_python_understands_it_but_for_the_last_line_break(
    pattern: str, text: str
) -> None:
    closed = pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern
    assert fits(pattern, text) == (re.search(closed, text) is not None)


def test_a_final_line_break_does_not_fit() -> None:
    assert not fits("^[A-Z]{3}$", "GBP\n")


def test_half_a_character_fits_nothing() -> None:
    assert not fits("", "\ud800")


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(.*a){20}$", "(x+x+)+y"])
def test_a_pattern_that_stalls_others_ends_at_once(pattern: str) -> None:
    assert fits(pattern, "a" * 50_000 + "!" + "x" * 50_000) is False

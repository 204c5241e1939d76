"""The codes: named by phase, explained in a page, and each one in use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.codes import CODES, DATA, EXPRESSIONS, MEANING, SHAPE, TEXT, Code

ENGINE = Path(__file__).parent.parent / "engine"
SECTIONS = {"MD1": TEXT, "MD2": SHAPE, "MD3": EXPRESSIONS, "MD4": MEANING, "MD5": DATA}
SOURCES = [path for path in ENGINE.rglob("*.py") if "codes" not in path.parts]
USED = {
    code
    for path in SOURCES
    for code in re.findall(r'"(MD\d{3})"', path.read_text(encoding="utf-8"))
}


def count_sentences(page: str) -> int:
    return len(re.findall(r"[.?!](?= [A-Z]|$)", page))


@pytest.mark.parametrize("prefix", SECTIONS)
def test_a_section_holds_the_codes_of_its_range_in_order(prefix: str) -> None:
    codes = list(SECTIONS[prefix])
    assert [code for code in codes if not re.fullmatch(rf"{prefix}\d\d", code)] == []
    assert codes == sorted(codes)


def test_the_sections_together_are_the_codes() -> None:
    assert sorted(CODES) == sorted(code for section in SECTIONS.values() for code in section)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_title_is_a_few_words(code: Code) -> None:
    assert 0 < len(code.title) <= 60
    assert code.title == code.title.strip().rstrip(".")


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_page_is_one_to_five_sentences(code: Code) -> None:
    assert code.page.endswith(".")
    assert 1 <= count_sentences(code.page) <= 5


def test_titles_tell_codes_apart() -> None:
    titles = [code.title for code in CODES.values()]
    assert sorted(set(titles)) == sorted(titles)


def test_every_code_in_use_has_a_page() -> None:
    assert sorted(USED - CODES.keys()) == []


def test_every_page_is_of_a_code_in_use() -> None:
    assert sorted(CODES.keys() - USED) == []

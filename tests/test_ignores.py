"""Warnings are ignored where somebody gave the reason, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.check import check_mapping

BASE = (Path(__file__).parent / "rules/base.yaml").read_text(encoding="utf-8")
QUANTITY = "      qty: {path: quantity, type: integer, "
NEEDLESS = f"{QUANTITY}missing: use 1, otherwise: fail BROKEN}}"
REASON = "# miradot: ignore[MD474] the export left it out in May"


def check(line: str) -> list[tuple[str, str]]:
    """Give code and severity of what is found when the line of the quantity is another."""
    text = BASE.replace(f"{QUANTITY}otherwise: fail BROKEN}}", line)
    found = check_mapping(text.encode(), "base.yaml", {})
    assert (found.spec is None) == any(one.severity == "error" for one in found.problems)
    return [(one.code, one.severity) for one in found.problems]


def test_the_warning_is_told_without_a_comment() -> None:
    assert check(NEEDLESS) == [("MD474", "warning")]


@pytest.mark.parametrize("line", [f"{NEEDLESS}  {REASON}", f"      {REASON}\n{NEEDLESS}"])
def test_a_comment_beside_or_above_ignores_a_warning(line: str) -> None:
    assert check(line) == []


def test_other_comments_may_stand_between_an_ignore_and_its_line() -> None:
    assert check(f"      {REASON}\n\n      # pieces\n{NEEDLESS}") == []


@pytest.mark.parametrize(
    "comment",
    [
        "# miradot: ignore[MD474]",
        "# miradot: ignore[MD474]   ",
        "# miradot: ignore MD474 because",
        "# miradot: ignore[] because",
        "# miradot: ignore[MD999] because",
        "# miradot: skip",
    ],
)
def test_an_ignore_without_code_or_reason_is_an_error(comment: str) -> None:
    assert ("MD491", "error") in check(f"{NEEDLESS}  {comment}")


def test_an_ignore_that_nothing_needs_is_reported() -> None:
    assert check(f"{QUANTITY}otherwise: fail BROKEN}}  {REASON}") == [("MD492", "warning")]


def test_an_ignore_of_another_code_ignores_nothing() -> None:
    told = check(f"{NEEDLESS}  {REASON.replace('MD474', 'MD407')}")
    assert told == [("MD474", "warning"), ("MD492", "warning")]


def test_an_error_is_never_ignored() -> None:
    line = f"{QUANTITY}unknown: fail BROKEN}}  # miradot: ignore[MD406] later"
    assert check(line) == [("MD406", "error"), ("MD491", "error")]


def test_several_codes_share_a_reason() -> None:
    line = f"{NEEDLESS}  # miradot: ignore[MD474, MD492] both were looked at"
    assert check(line) == [("MD492", "warning")]


def test_a_text_that_reads_like_an_ignore_is_a_text() -> None:
    text = BASE.replace("title: A small mapping", f"title: '{REASON} and a mapping")
    text = text.replace("every part of the language", "every part of the language'", 1)
    assert check_mapping(text.encode(), "base.yaml", {}).problems == ()

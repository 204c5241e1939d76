"""Patterns that come as data, from schemas and locks, matched in time linear in the text (RE2)."""

from __future__ import annotations

from functools import cache
from typing import Protocol, cast

import re2


class _Pattern(Protocol):
    def search(self, text: str) -> object | None: ...


@cache
def _compile(pattern: str) -> _Pattern:
    return cast("_Pattern", re2.compile(pattern))


def fits(pattern: str, text: str) -> bool:
    """Say whether a text fits a pattern; unlike in Python's `re`, `$` stands only at the very end.

    A text with half a character, which has no UTF-8 form, fits nothing.
    """
    try:
        return _compile(pattern).search(text) is not None
    except UnicodeEncodeError:
        return False

"""Parts: what is asked or written at once, so that nothing grows too long for a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

One = TypeVar("One")

# Databases take only so many values in one statement.
MOST_AT_ONCE = 500


def in_parts(given: Sequence[One], most: int = MOST_AT_ONCE) -> Iterator[Sequence[One]]:
    """Give what is given in parts of at most so many, in its order."""
    for start in range(0, len(given), most):
        yield given[start : start + most]

"""What a code is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means: `title` in a few words, `page` the explanation that `explain` prints."""

    title: str
    page: str

"""The nearest known name to a misspelt one, if it is near."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# Below this likeness a suggestion misleads more than it helps.
_LIKENESS = 0.7


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word nearest to `word`, or None when none is near."""
    choices = {name.lower(): name for name in known}
    match = get_close_matches(word.lower(), choices, n=1, cutoff=_LIKENESS)
    return choices[match[0]] if match else None


def suggest(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean "x"?` or an empty text."""
    match = nearest(word, known)
    return f'; did you mean "{match}"?' if match else ""

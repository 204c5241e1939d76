"""The nearest known name to a misspelt one, if it is near."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest

# Below this likeness a suggestion misleads more than it helps.
_LIKENESS = 0.7
# Likeness is costly: beyond these bounds a hostile file could make it take minutes.
_LONGEST = 80
_MOST_COMPARED = 30


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word nearest to `word`, or None when none is near or the word is long."""
    if len(word) > _LONGEST:
        return None
    choices = {name.lower(): name for name in known if len(name) <= _LONGEST}
    match = get_close_matches(word.lower(), _choose(word.lower(), choices), n=1, cutoff=_LIKENESS)
    return choices[match[0]] if match else None


def _choose(word: str, known: Iterable[str]) -> list[str]:
    """Give the few known words worth comparing: those with the most pairs of letters in common."""
    words = list(known)
    if len(words) <= _MOST_COMPARED:
        return words
    pairs = _pairs(word)
    return nlargest(_MOST_COMPARED, words, key=lambda one: len(pairs & _pairs(one)))


@lru_cache(maxsize=5_000)
def _pairs(word: str) -> frozenset[str]:
    return frozenset(word[index : index + 2] for index in range(max(1, len(word) - 1)))


def suggest(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean "x"?` or an empty text."""
    match = nearest(word, known)
    return f'; did you mean "{match}"?' if match else ""

"""What others said, made safe to keep and to print."""

from __future__ import annotations

_LONGEST = 300


def plain(said: object, most: int = _LONGEST) -> str:
    """Give a text on one line, cut short; an empty one for what is no text."""
    if not isinstance(said, str):
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in said[:most])

"""When two keys are the same to the eye and not to the engine."""

from __future__ import annotations

import unicodedata

from engine.yaml12.characters import is_unseen


def is_composed(key: str) -> bool:
    """Tell whether the key is in the form that keyboards type (NFC)."""
    return unicodedata.is_normalized("NFC", key)


def fold_key(key: str) -> str:
    """Give what is left of a key when case, width, ligatures and unseen characters are ignored."""
    if _is_plain(key):
        return key.lower()
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())
    return "".join(character for character in plain if not is_unseen(character))


def find_look_alike(key: str, spellings: dict[str, str]) -> str | None:
    """Give an earlier key that looks like this one; `spellings` (by folded key) learns this one.

    Keys of printable ASCII always differ visibly.
    """
    other = spellings.setdefault(fold_key(key), key)
    return None if other == key or (_is_plain(key) and _is_plain(other)) else other


def _is_plain(key: str) -> bool:
    return key.isascii() and key.isprintable()

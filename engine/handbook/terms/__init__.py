"""Words of the vendors and of miradot, in plain language: data in `*.toml`, one file a vendor."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Term:
    """A term with what it means; it belongs on a page that holds one of its `words`."""

    name: str
    says: str
    words: tuple[str, ...]

    def is_used(self, page: str) -> bool:
        """Whether a page uses the term."""
        pattern = "|".join(re.escape(word) for word in self.words)
        return re.search(rf"(?<![A-Za-z0-9])({pattern})s?(?![A-Za-z0-9])", page) is not None


@cache
def list_terms(vendor: str) -> tuple[Term, ...]:
    """Give the terms of a vendor, or of `miradot`; none for a vendor without any."""
    return tuple(_term(name, entry) for name, entry in _read(vendor).get("terms", {}).items())


def _term(name: str, entry: Mapping[str, object]) -> Term:
    words = entry.get("words")
    said = tuple(str(word) for word in words) if isinstance(words, list) else (name,)
    return Term(name, str(entry["says"]), said)


def meaning_of_field(vendor: str, name: str) -> str:
    """Give what a known field of a target tells; nothing for another."""
    return str(_read(vendor).get("fields", {}).get(name, ""))


def meaning_of_evidence(vendor: str, name: str) -> str:
    """Give what a part of the proof of consent tells; nothing for an unknown one."""
    return str(_read(vendor).get("evidence", {}).get(name, ""))


@cache
def _read(vendor: str) -> dict[str, dict[str, Any]]:
    page = files("engine.handbook.terms").joinpath(f"{vendor}.toml")
    return tomllib.loads(page.read_text(encoding="utf-8")) if page.is_file() else {}

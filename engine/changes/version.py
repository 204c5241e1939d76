"""The version that a mapping declares, held against what the change does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Bump = Literal["none", "patch", "minor", "major"]
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")


def largest(bumps: Iterable[Bump]) -> Bump:
    """Give the largest of the bumps, `none` where there is none."""
    return max(bumps, key=BUMPS.index, default="none")


def declared_bump(old: str, new: str) -> Bump | None:
    """Give the bump between two versions, None when the new one is lower."""
    before, after = _parts(old), _parts(new)
    if after < before:
        return None
    bumps: tuple[Bump, ...] = ("major", "minor", "patch")
    parts = zip(bumps, before, after, strict=True)
    return next((bump for bump, one, other in parts if one != other), "none")


def next_version(old: str, bump: Bump) -> str:
    """Give the version that follows by a bump."""
    major, minor, patch = _parts(old)
    return {
        "none": old,
        "patch": f"{major}.{minor}.{patch + 1}",
        "minor": f"{major}.{minor + 1}.0",
        "major": f"{major + 1}.0.0",
    }[bump]


def _parts(version: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch

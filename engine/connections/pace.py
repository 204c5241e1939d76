"""Pace: leave to make one call now, within what the vendor allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Pace(Protocol):
    """Gives leave call by call; `tier` is the vendor's name for calls that share an allowance."""

    def take(self, tier: str) -> None:
        """Return when one call of a tier may be made."""
        ...

    def heed(self, tier: str, status: int, headers: Mapping[str, str]) -> None:
        """Take in what an answer says of the calls that are left."""
        ...


class Unpaced:
    """Leave at once, always."""

    def take(self, tier: str) -> None:
        """Return at once."""

    def heed(self, tier: str, status: int, headers: Mapping[str, str]) -> None:
        """Take in nothing."""

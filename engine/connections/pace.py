"""Pace: leave to make one call now, within what the vendor allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Pace(Protocol):
    """Gives leave call by call; `tier` is the vendor's name for calls that share an allowance."""

    def take(self, tier: str) -> float:
        """Return 0.0 when one call of a tier may be made, or the seconds that are too long to wait.

        A slow tier must not keep others waiting.
        """
        ...

    def heed(self, tier: str, status: int, headers: Mapping[str, str]) -> None:
        """Take in what an answer says of the calls that are left."""
        ...


class Unpaced:
    """Leave at once, always."""

    def take(self, tier: str) -> float:  # noqa: ARG002 - the protocol's signature
        """Return at once."""
        return 0.0

    def heed(self, tier: str, status: int, headers: Mapping[str, str]) -> None:
        """Take in nothing."""

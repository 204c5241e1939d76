"""The picture of a flow: what a record goes through, where it may stop, which calls it becomes.

Only what is said stands here; how it is drawn is the reports' business.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A step every record goes through; `holds` are the owners of whatever may stop it."""

    title: str
    detail: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """A call that a record may become."""

    title: str
    detail: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole flow, from top to bottom; `told` says it in words for who cannot see it."""

    source: str
    source_detail: str
    steps: tuple[Step, ...]
    target: str
    outlets: tuple[Outlet, ...]
    told: str

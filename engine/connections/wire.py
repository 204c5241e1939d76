"""The wire: one request out, one answer back, or none; what the connections are built on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Sent:
    """One request; `path` starts behind the host and is percent-encoded, `query` is not."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Got:
    """One whole answer; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):  # noqa: N818 - an outcome, not a fault of ours
    """No whole answer came; `taken` says whether the request may have had its effect."""

    def __init__(self, why: str, *, taken: bool) -> None:
        super().__init__(why)
        self.taken = taken


class Wire(Protocol):
    """One host, reached with its credentials."""

    def exchange(self, sent: Sent) -> Got:
        """Give the answer to one request; raises NoAnswer when none came whole."""
        ...

"""Causes: all exceptions of one cause at once, looked at first, then closed or sent again.

What is done is done to the exceptions that were looked at, never to what came up since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, Protocol

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from engine.report.replay import ReplayDocument

Fate = Literal["closed", "happened", "did_not_happen"]
_CLOSED = ConfigDict(extra="forbid")
MOST_CLOSED, MOST_SENT = 100, 50
"""How many are closed, or sent again, at once; the oldest first."""


@with_config(_CLOSED)
class CauseRow(TypedDict):
    """An exception; `seen` is what a customer would see, were its call told not to have happened.

    It is empty for every other cause: closing sends nothing.
    """

    exception: int
    order: str
    message: str
    opened_at: str
    seen: str


@with_config(_CLOSED)
class CausePage(TypedDict):
    """All that is open of one cause, up to a limit; `left` are those beyond it.

    `fates` are the ways in which all of them can be closed at once.
    """

    schema: Literal["miradot/page-cause.v1"]
    at: str
    code: str
    owner: str
    do: str
    rows: list[CauseRow]
    left: int
    fates: list[Fate]
    seen_by_customers: int


@with_config(_CLOSED)
class CloseRow(TypedDict):
    """What became of one exception; `refused` says why nothing did."""

    exception: int
    did: list[str]
    refused: NotRequired[str]


@with_config(_CLOSED)
class ClosedPage(TypedDict):
    """What was done to all of them; `waiting` are orders that the next sync sends."""

    schema: Literal["miradot/page-closed.v1"]
    code: str
    decision: Literal["closed", "happened", "did_not_happen", "undone"]
    by: str
    note: str
    rows: list[CloseRow]
    waiting: list[str]


@with_config(_CLOSED)
class AheadPage(TypedDict):
    """What sending all of them again would do, or did."""

    schema: Literal["miradot/page-ahead.v1"]
    code: str
    owner: str
    numbers: list[int]
    left: int
    replay: ReplayDocument


@dataclass(frozen=True, slots=True)
class Group:
    """The exceptions that somebody looked at, and who that is."""

    code: str
    owner: str
    numbers: Sequence[int]
    by: str


class CauseDesk(Protocol):
    """What is done to a whole cause; one line of the audit each."""

    def look_at(self, code: str, owner: str) -> CausePage:
        """Give what is open of a cause; NotThere where nothing is."""
        ...

    def close(self, group: Group, fate: Fate, note: str) -> ClosedPage:
        """Close each of them, with the same note."""
        ...

    def take_back(self, group: Group, note: str) -> ClosedPage:
        """Let each of them wait for people again."""
        ...

    def look_ahead(self, code: str, owner: str) -> AheadPage:
        """Give what would be sent for the orders of a cause now; NotThere where nothing is open."""
        ...

    def send_again(self, group: Group, most_seen: int) -> AheadPage:
        """Send their orders once more, unless customers would see more than was looked at."""
        ...

"""The page of the current plan: which mapping is in force, and what it would send of what waits."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class InForceView(TypedDict):
    """A mapping with its locks and parameters, by which orders ended."""

    spec_sha256: str
    first_at: str
    last_at: str
    orders: Annotated[int, Field(description="Versions of orders that ended by it.")]


@with_config(_CLOSED)
class PlannedCall(TypedDict):
    """A call that would be made."""

    send: Annotated[str, Field(description="Its name in the mapping.")]
    means: str


@with_config(_CLOSED)
class PlannedOrder(TypedDict):
    """An order that waits, and what would be done with it as things stand."""

    order: str
    lane: Literal["event", "batch"]
    landed_at: str
    outcome: str
    because: Annotated[str, Field(description="Why nothing would be sent; else empty.")]
    calls: list[PlannedCall]
    exceptions: Annotated[list[str], Field(description="What people would have to see to.")]


@with_config(_CLOSED)
class PlanPage(TypedDict):
    """The mapping in force, and its plan of what waits, without asking anybody about the buyer."""

    schema: Literal["miradot/page-plan.v1"]
    at: str
    mapping: str
    version: str
    brand: Annotated[str, Field(description="By its brand file; else empty.")]
    spec_sha256: str
    source: str
    target: str
    since: NotRequired[Annotated[str, Field(description="When the first order ended by it.")]]
    before: Annotated[list[InForceView], Field(description="Others, the latest first.")]
    waiting: Annotated[int, Field(description="Versions of orders that wait.")]
    orders: Annotated[list[PlannedOrder], Field(description="The first of them.")]

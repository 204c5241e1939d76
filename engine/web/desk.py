"""The desk: what the page shows and does, handed in by whoever opened the database and both sides.

Each document is what a page draws, and its twin in JSON; times are ISO 8601 texts in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NotRequired, Protocol

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from engine.handbook.blocks import Handbook
from engine.problem import Failure
from engine.report.exception import ExceptionDocument, TrailView
from engine.report.exceptions import ExceptionRow, ExceptionsDocument
from engine.report.replay import ReplayDocument
from engine.report.resolution import ResolutionDocument
from engine.report.status import FlowHealth, SharedHealth
from engine.web.causes import CauseDesk
from engine.web.plans import PlanPage
from engine.web.surveys import LatestView, SurveyDesk

OpenState = Literal["open", "closed", "all"]
_CLOSED = ConfigDict(extra="forbid")


class NotThere(Failure):
    """What was asked for is not there; the sentence says what."""


@with_config(_CLOSED)
class LagView(TypedDict):
    """Seconds from an order's arrival to its end, of those of the last 24 hours."""

    median: float
    longest: float


@with_config(_CLOSED)
class HourView(TypedDict):
    """How many orders ended in an hour, which began at `from`."""

    hour: str
    ended: int


@with_config(_CLOSED)
class LeftView(TypedDict):
    """Calls that may be made at once now, of those that are ever allowed; `share` in percent."""

    side: str
    account: str
    tier: str
    calls: int
    of: int
    share: float
    paused_seconds: int


@with_config(_CLOSED)
class FlowPage(TypedDict):
    """One mapping: how it stands, what it did hour by hour, and when it is due."""

    health: FlowHealth
    last_success: NotRequired[str]
    lag: NotRequired[LagView]
    hours: list[HourView]
    next_run: NotRequired[str]


@with_config(_CLOSED)
class HealthPage(TypedDict):
    """How everything stands; `brand` is that of the brand file, '' without one.

    `surveys` are the latest of each kind and mapping, of months the one that was reconciled last.
    """

    schema: Literal["miradot/page-health.v1"]
    at: str
    ok: bool
    brand: str
    flows: list[FlowPage]
    surveys: list[LatestView]
    shared: SharedHealth
    left: list[LeftView]


@with_config(_CLOSED)
class RunRow(TypedDict):
    """A run; without `ended_at` it goes on, or was killed."""

    id: str
    mapping: str
    kind: str
    state: str
    started_at: str
    ended_at: NotRequired[str]
    figures: dict[str, object]
    note: str


@with_config(_CLOSED)
class RunsPage(TypedDict):
    """The newest runs."""

    schema: Literal["miradot/page-runs.v1"]
    at: str
    runs: list[RunRow]


@with_config(_CLOSED)
class DeedRow(TypedDict):
    """What somebody did on the page; without `ended` nobody knows whether it happened."""

    id: int
    at: str
    who: str
    act: str
    exception: NotRequired[int]
    ended: NotRequired[str]


@with_config(_CLOSED)
class AuditPage(TypedDict):
    """What people did, the newest first; `older` says that there is more, before that number.

    `kept_days` is for how long it is kept, and `doers` are the names that occur in it.
    """

    schema: Literal["miradot/page-audit.v1"]
    at: str
    deeds: list[DeedRow]
    doers: list[str]
    kept_days: int
    older: NotRequired[int]


@with_config(_CLOSED)
class ExceptionPage(TypedDict):
    """One exception in full, and what people did to it here."""

    schema: Literal["miradot/page-exception.v1"]
    shown: ExceptionDocument
    deeds: list[DeedRow]
    identity: bool


@with_config(_CLOSED)
class ReviewRow(TypedDict):
    """A question about whose contact it is: open, or decided and how."""

    row: ExceptionRow
    person: str
    undoable: bool


@with_config(_CLOSED)
class ReviewsPage(TypedDict):
    """Questions about whose contact it is."""

    schema: Literal["miradot/page-reviews.v1"]
    at: str
    state: OpenState
    reviews: list[ReviewRow]


@with_config(_CLOSED)
class VersionRow(TypedDict):
    """A version of an order, and how it ended."""

    order: str
    version: str
    landed_at: str
    outcome: str
    because: str


@with_config(_CLOSED)
class CallRow(TypedDict):
    """A call that was made for a person."""

    order: str
    send: str
    means: str
    state: str
    status: NotRequired[int]
    said: str
    sent_at: str
    mapping_sha256: str


@with_config(_CLOSED)
class ContactView(TypedDict):
    """The person's contact in Dotdigital, as it was last read."""

    contact_id: int
    address: str
    status: str
    read_at: str


@with_config(_CLOSED)
class PersonPage(TypedDict):
    """Everything that is known of what was done for one person; `person` is a hashed key."""

    schema: Literal["miradot/page-person.v1"]
    at: str
    person: str
    masked: bool
    contact: NotRequired[ContactView]
    orders: list[VersionRow]
    calls: list[CallRow]
    trail: list[TrailView]
    exceptions: list[ExceptionRow]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which exceptions are meant; what is empty is not asked about."""

    owner: str = ""
    code: str = ""
    order: str = ""
    person: str = ""
    state: OpenState = "open"
    rows: bool = False


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """Which deeds are meant; what is empty is not asked about.

    Both days are of UTC and belong to what is meant; of `before`, a number, only earlier ones.
    """

    who: str = ""
    act: str = ""
    exception: int = 0
    person: str = ""
    since: date | None = None
    until: date | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """How an exception is closed: as it is, or with one of the decisions."""

    number: int
    note: str
    by: str
    contact: int | None = None
    recreate: bool = False
    happened: bool | None = None


class Desk(Protocol):
    """Everything behind the page; each may raise Failure, whose sentence is shown.

    What changes something, and what reveals, is on the record of who did what before it is done.
    """

    @property
    def causes(self) -> CauseDesk:
        """What is done to all exceptions of a cause at once."""
        ...

    @property
    def surveys(self) -> SurveyDesk:
        """What was surveyed: usability, drift, months and consent."""
        ...

    def tell_health(self) -> HealthPage:
        """Give how everything stands."""
        ...

    def tell_runs(self) -> RunsPage:
        """Give the newest runs."""
        ...

    def list_exceptions(self, wanted: Filter) -> ExceptionsDocument:
        """Give exceptions by cause."""
        ...

    def show_exception(self, number: int, revealed_to: str = "") -> ExceptionPage:
        """Give one exception, masked unless it is revealed to somebody; NotThere."""
        ...

    def resolve(self, decision: Decision) -> ResolutionDocument:
        """Close an exception."""
        ...

    def undo(self, number: int, note: str, by: str) -> ResolutionDocument:
        """Take a decision back."""
        ...

    def look_ahead(self, number: int) -> ReplayDocument:
        """Give what would be sent for the order of an exception now."""
        ...

    def send_again(self, number: int, by: str, most_seen: int | None) -> ReplayDocument:
        """Send the order of an exception once more.

        Not where customers would see more of it than `most_seen` calls.
        """
        ...

    def list_reviews(self, state: OpenState) -> ReviewsPage:
        """Give the questions about whose contact it is."""
        ...

    def tell_person(self, wanted: str, revealed_to: str = "") -> PersonPage:
        """Give what was done for a person, by hashed key or by an order; NotThere."""
        ...

    def list_deeds(self, wanted: DeedFilter, most: int) -> AuditPage:
        """Give what people did, the newest first, and no more than asked for."""
        ...

    def tell_mapping(self) -> Handbook:
        """Give the handbook of the mapping in force."""
        ...

    def tell_plan(self) -> PlanPage:
        """Give the mapping in force, and what it would send of what waits."""
        ...

    def is_ready(self) -> bool:
        """Whether the database answers."""
        ...

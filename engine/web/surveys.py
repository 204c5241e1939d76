"""Pages of surveys: the latest of each kind as it was printed, and the figures of former ones.

The page reads the store alone; whoever made a survey, by a command or by schedule, kept it there.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, Protocol

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from engine.report.consent_audit import ConsentAuditDocument
from engine.report.drift import DriftDocument
from engine.report.reconciliation import ReconciliationDocument
from engine.report.usability import UsabilityDocument

_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class PointView(TypedDict):
    """One survey in figures."""

    at: str
    part: Annotated[str, Field(description="Of what, such as a month; else empty.")]
    ok: bool
    found: Annotated[int, Field(description="How many things were not as they should be.")]
    figure: Annotated[
        float | None,
        Field(description="Usability: percent of values that are filled; else as `found`."),
    ]


@with_config(_CLOSED)
class LatestView(PointView):
    """The latest survey of a kind and part, of a mapping."""

    mapping: str
    kind: Literal["usability", "drift", "reconciliation", "consent"]


class _SurveyPage(TypedDict):
    at: str
    mapping: str
    mappings: Annotated[list[str], Field(description="Those of which anything was surveyed.")]
    brand: Annotated[str, Field(description="By its brand file; else empty.")]
    command: Annotated[str, Field(description="What makes such a survey.")]
    history: Annotated[list[PointView], Field(description="The newest ones, the last at the end.")]


@with_config(_CLOSED)
class UsabilityPage(_SurveyPage):
    """How usable what was delivered is."""

    schema: Literal["miradot/page-usability.v1"]
    document: NotRequired[UsabilityDocument]


@with_config(_CLOSED)
class DriftPage(_SurveyPage):
    """What both sides are now, against what the mapping was written for."""

    schema: Literal["miradot/page-drift.v1"]
    document: NotRequired[DriftDocument]


@with_config(_CLOSED)
class ReconciliationPage(_SurveyPage):
    """A month on all sides."""

    schema: Literal["miradot/page-reconciliation.v1"]
    month: Annotated[str, Field(description="The one shown, or asked for; '' for none at all.")]
    months: Annotated[list[PointView], Field(description="The latest of each month.")]
    document: NotRequired[ReconciliationDocument]


@with_config(_CLOSED)
class ConsentPage(_SurveyPage):
    """Every contact's status against what was ever sent."""

    schema: Literal["miradot/page-consent.v1"]
    document: NotRequired[ConsentAuditDocument]


class SurveyDesk(Protocol):
    """What the pages of surveys show; a mapping that is not named is the one that is served.

    Each raises NotThere for a mapping of which nothing was surveyed.
    """

    def tell_usability(self, mapping: str) -> UsabilityPage:
        """Give the latest survey of usability."""
        ...

    def tell_drift(self, mapping: str) -> DriftPage:
        """Give the latest look for drift."""
        ...

    def tell_consent(self, mapping: str) -> ConsentPage:
        """Give the latest audit of consent."""
        ...

    def tell_month(self, mapping: str, month: str) -> ReconciliationPage:
        """Give the latest reconciliation of a month, else of the one that was reconciled last."""
        ...

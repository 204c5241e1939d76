"""Twins: the published schema of every page's document that no command prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from engine.handbook.blocks import Handbook
from engine.published import publish
from engine.web.causes import AheadPage, CausePage, ClosedPage
from engine.web.desk import (
    AuditPage,
    ExceptionPage,
    HealthPage,
    PersonPage,
    ReviewsPage,
    RunsPage,
)
from engine.web.plans import PlanPage
from engine.web.surveys import ConsentPage, DriftPage, ReconciliationPage, UsabilityPage

_SHAPES: Mapping[str, Any] = {
    "page-health.v1": HealthPage,
    "page-runs.v1": RunsPage,
    "page-exception.v1": ExceptionPage,
    "page-cause.v1": CausePage,
    "page-closed.v1": ClosedPage,
    "page-ahead.v1": AheadPage,
    "page-reviews.v1": ReviewsPage,
    "page-person.v1": PersonPage,
    "page-usability.v1": UsabilityPage,
    "page-drift.v1": DriftPage,
    "page-reconciliation.v1": ReconciliationPage,
    "page-consent.v1": ConsentPage,
    "page-mapping.v1": Handbook,
    "page-plan.v1": PlanPage,
    "page-audit.v1": AuditPage,
}


def _publish(name: str, shape: Any) -> dict[str, object]:  # noqa: ANN401 - a type
    return publish(name, TypeAdapter(shape))


PAGE_SCHEMAS: Mapping[str, Callable[[], dict[str, object]]] = {
    name: partial(_publish, name, shape) for name, shape in _SHAPES.items()
}

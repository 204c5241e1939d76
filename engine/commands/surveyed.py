"""What the pages of surveys show, from the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from engine.clock import write_time
from engine.problem import Failure
from engine.report.consent_audit import ConsentAuditDocument
from engine.report.drift import DriftDocument
from engine.report.reconciliation import ReconciliationDocument
from engine.report.usability import UsabilityDocument
from engine.state.measurements import (
    KINDS,
    Kind,
    Measured,
    list_history,
    list_latest,
    list_measured_flows,
    read_latest,
)
from engine.sync.months import read_month
from engine.sync.worker import Worker
from engine.web.desk import NotThere
from engine.web.surveys import (
    ConsentPage,
    DriftPage,
    LatestView,
    PointView,
    ReconciliationPage,
    UsabilityPage,
)

_COMMANDS: dict[Kind, str] = {
    "usability": "miradot usability --since 30d",
    "drift": "miradot drift",
    "reconciliation": "miradot reconcile --month {month}",
    "consent": "miradot audit consent",
}
_SHAPES: dict[Kind, TypeAdapter[Any]] = {
    "usability": TypeAdapter(UsabilityDocument),
    "drift": TypeAdapter(DriftDocument),
    "reconciliation": TypeAdapter(ReconciliationDocument),
    "consent": TypeAdapter(ConsentAuditDocument),
}


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Surveys of one worker's database; a mapping that is not named is the worker's own."""

    worker: Worker

    def tell_usability(self, mapping: str) -> UsabilityPage:
        """Give the latest survey of usability; NotThere for a mapping of which there is none."""
        return cast("UsabilityPage", self._tell("usability", mapping))

    def tell_drift(self, mapping: str) -> DriftPage:
        """Give the latest look for drift; NotThere as above."""
        return cast("DriftPage", self._tell("drift", mapping))

    def tell_consent(self, mapping: str) -> ConsentPage:
        """Give the latest audit of consent; NotThere as above."""
        return cast("ConsentPage", self._tell("consent", mapping))

    def tell_month(self, mapping: str, month: str) -> ReconciliationPage:
        """Give the latest reconciliation of a month, else of the one that was reconciled last.

        NotThere as above; Failure for what is no month.
        """
        flow = self._require(mapping)
        if month:
            _check_month(month)
        with self.worker.transaction() as connection:
            months = list_latest(connection, flow, "reconciliation")
        newest = max(months, key=lambda one: one.at, default=None)
        wanted = month or (newest.part if newest is not None else "")
        page = self._tell("reconciliation", flow, wanted)
        page |= {"month": wanted, "months": [_point(one) for one in months]}
        return cast("ReconciliationPage", page)

    def list_newest(self) -> list[LatestView]:
        """Give the newest survey of each mapping and kind, in figures."""
        with self.worker.transaction() as connection:
            newest = [
                max(latest, key=lambda one: one.at)
                for flow in list_measured_flows(connection)
                for kind in KINDS
                if (latest := list_latest(connection, flow, kind))
            ]
        return [{**_point(one), "mapping": one.flow, "kind": one.kind} for one in newest]

    def _tell(self, kind: Kind, mapping: str, part: str = "") -> dict[str, Any]:
        flow, worker = self._require(mapping), self.worker
        with worker.transaction() as connection:
            history = list_history(connection, flow, kind, part)
            latest = read_latest(connection, flow, kind, part)
            flows = list_measured_flows(connection)
        month = part or f"{worker.now:%Y-%m}"
        told: dict[str, Any] = {
            "schema": f"miradot/page-{kind}.v1",
            "at": write_time(worker.now),
            "mapping": flow,
            "mappings": sorted({*flows, worker.flow.name}),
            "brand": worker.flow.brand,
            "command": _COMMANDS[kind].format(month=month),
            "history": [_point(one) for one in history],
        }
        # One that another version of miradot made is none; the next one is not far.
        if latest is not None and _fits(kind, latest.document):
            told["document"] = latest.document
        return told

    def _require(self, mapping: str) -> str:
        if mapping in ("", self.worker.flow.name):
            return self.worker.flow.name
        with self.worker.transaction() as connection:
            flows = list_measured_flows(connection)
        if mapping not in flows:
            raise NotThere("no mapping of this name was surveyed")
        return mapping


def _check_month(month: str) -> None:
    try:
        read_month(month, "UTC")
    except Failure:
        raise Failure("month takes a year and a month, such as 2026-02") from None


def _fits(kind: Kind, document: object) -> bool:
    try:
        _SHAPES[kind].validate_python(document)
    except ValidationError:
        return False
    return True


def _point(one: Measured) -> PointView:
    return {
        "at": one.at,
        "part": one.part,
        "ok": one.ok,
        "found": one.found,
        "figure": one.figure,
    }

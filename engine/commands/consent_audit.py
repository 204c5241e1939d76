"""`miradot audit consent`: every contact against what was ever sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.clock import write_time
from engine.commands.delivery import open_delivery, read_flow, refuse_examples
from engine.commands.measurements import store_of, sum_up_consent
from engine.connections.answers import StopError
from engine.connections.dotdigital_reads import NotReadError
from engine.problem import Failure
from engine.report.consent_audit import (
    CONSENT_AUDIT_SCHEMA,
    ConsentAuditDocument,
    ConsentFinding,
)
from engine.settings import read_settings
from engine.sync.consent_audit import BREACHES, Finding, Kind, audit_consent
from engine.sync.worker import Worker

_OFF_LIST = "take the contact off the list in Dotdigital, and find out who put it there"
_OFF_PROGRAMME = "take the contact out of the programme in Dotdigital, and tell data protection"
ADVICE: Mapping[Kind, str] = {
    "made more contactable by us": "stop the sync, tell data protection, unsubscribe the contact",
    "relay on a marketing list": _OFF_LIST,
    "no consent on a marketing list": _OFF_LIST,
    "relay in a marketing programme": _OFF_PROGRAMME,
    "no consent in a marketing programme": _OFF_PROGRAMME,
    "subscribed without whole evidence": "unsubscribe the contact unless the evidence is found",
    "status in an update": "stop the sync and tell data protection; no call may do that",
    "subscribed later": "nothing, if the person subscribed; Dotdigital shows how and when",
    "evidence purged": "nothing; the consent record stands with the contact in Dotdigital",
}


@dataclass(frozen=True, slots=True)
class ConsentAuditRequest:
    """One call of `miradot audit consent`; what is not given is the settings'."""

    mapping: Path | None
    brand: Path | None


def tell_consent_audit(request: ConsentAuditRequest) -> ConsentAuditDocument:
    """Read every contact, hold it against what was ever sent, and keep what was found."""
    settings = read_settings()
    mapping = request.mapping or settings.require_mapping()
    flow = read_flow(mapping, request.brand or settings.brand)
    refuse_examples(flow)
    with open_delivery(settings, flow, urgent=False, with_mirakl=False) as delivery:
        try:
            document = audit(delivery.patient)
        except NotReadError as error:
            raise Failure(f"Dotdigital could not be read: {error}") from None
        except StopError as error:
            raise Failure(str(error)) from None
        return store_of(delivery.patient).keep(sum_up_consent, document)


def audit(worker: Worker) -> ConsentAuditDocument:
    """Audit with a worker; raises NotReadError."""
    at, found = worker.now, audit_consent(worker)
    order = tuple(ADVICE)
    findings = sorted(
        found.findings, key=lambda one: (order.index(one.kind), one.contact_id or 0, one.order)
    )
    return {
        "schema": CONSENT_AUDIT_SCHEMA,
        "mapping": worker.flow.name,
        "at": write_time(at),
        "ok": not any(one.kind in BREACHES for one in findings),
        "contacts": found.contacts,
        "statuses": dict(sorted(found.statuses.items(), key=lambda one: (-one[1], one[0]))),
        "created": {
            "contacts": found.created,
            "same": found.same,
            "narrower": found.narrower,
            "wider": found.wider,
            "gone": found.gone,
        },
        "calls": found.calls,
        "purged": found.purged,
        "findings": [_view(one) for one in findings],
    }


def _view(one: Finding) -> ConsentFinding:
    view: ConsentFinding = {
        "kind": one.kind,
        "breach": one.kind in BREACHES,
        "by": one.by,
        "said": one.said,
        "do": ADVICE[one.kind],
    }
    if one.contact_id is not None:
        view["contact"] = one.contact_id
    if one.status:
        view["status"] = one.status
    if one.order:
        view["order"] = one.order
    if one.call is not None:
        view["call"] = one.call
    return view

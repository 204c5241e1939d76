"""`miradot drift`: what changed on both sides under the mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.clock import write_time
from engine.commands.delivery import open_delivery, read_flow, refuse_examples
from engine.commands.measurements import store_of, sum_up_drift
from engine.connections.answers import StopError
from engine.connections.dotdigital_reads import NotReadError
from engine.problem import Failure
from engine.report.drift import DRIFT_SCHEMA, DriftDocument
from engine.settings import read_settings
from engine.sync.drifting import find_drift
from engine.sync.worker import Worker

_REPLAY = "find out who did it, then miradot exceptions replay --order KEY --send"
_LOOK_UP = "look it up in the vendor's documentation, then renew the lock and the mapping"
ADVICE: Mapping[str, str] = {
    "new field": "nothing has to be done; read it in the mapping if it is of use",
    "new code": _LOOK_UP,
    "type changed": _LOOK_UP,
    "null where none was": "see how the lines named answer null, and ask Mirakl whether it stays",
    "data field deleted": "the next sync makes it again, empty; replay what it is to hold",
    "data field retyped": "sync stops on this: give the field its type back, or map another one",
    "collection missing": "the next sync makes it again; replay the orders it is to hold",
    "collection of another scope": "sync stops on this: write to a collection of another name",
    "programme missing": "name the right programme in the brand file; enrolments are refused",
    "programme inactive": "activate it in Dotdigital; enrolments are refused until then",
    "list missing": "name the right list in the brand file; creations that name it are refused",
    "new status": _LOOK_UP,
    "record changed": "see the figures with miradot reconcile; then replay the orders",
    "contact changed": "find out who writes our field; the person's next order sets it again",
    "record without order": "find out who wrote them; miradot backfill if they are older orders",
    "order without record": _REPLAY,
    "contact without orders": "find out who set the key; a backfill may lack older orders",
    "orders without contact": "see the exceptions with CONTACT_GONE; orders bring nobody back",
}


@dataclass(frozen=True, slots=True)
class DriftRequest:
    """One call of `miradot drift`; mapping and brand are the settings' where not given."""

    mapping: Path | None
    brand: Path | None
    days: int
    sample: int


def tell_drift(request: DriftRequest) -> DriftDocument:
    """Look for drift on both sides, and keep what was found."""
    settings = read_settings()
    mapping = request.mapping or settings.require_mapping()
    flow = read_flow(mapping, request.brand or settings.brand)
    refuse_examples(flow)
    with open_delivery(settings, flow, urgent=False, with_mirakl=False) as delivery:
        try:
            document = look_for_drift(delivery.patient, request.days, request.sample)
        except NotReadError as error:
            raise Failure(f"Dotdigital could not be read: {error}") from None
        except StopError as error:
            raise Failure(str(error)) from None
        return store_of(delivery.patient).keep(sum_up_drift, document)


def look_for_drift(worker: Worker, days: int, sample: int) -> DriftDocument:
    """Look for drift with a worker; raises NotReadError."""
    at, found = worker.now, find_drift(worker, days, sample)
    checked = worker.flow.mapping.checked
    return {
        "schema": DRIFT_SCHEMA,
        "mapping": worker.flow.name,
        "version": checked.spec.version,
        "spec_sha256": checked.sha256,
        "source": checked.spec.source,
        "target": checked.spec.target,
        "at": write_time(at),
        "days": days,
        "ok": not found.items,
        "looked_at": {
            "payloads": found.payloads,
            "records": found.records,
            "contacts": found.contacts,
            "contacts_compared": found.sampled,
        },
        "items": [
            {
                "side": one.side,
                "kind": one.kind,
                "what": one.what,
                "number": one.number,
                "examples": list(one.examples),
                "lines": list(dict.fromkeys(one.lines)),
                "do": ADVICE[one.kind],
            }
            for one in found.items
        ],
    }

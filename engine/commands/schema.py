"""`miradot schema`: the published JSON Schemas, made from the models they describe."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.changes.document import changes_schema
from engine.grammar import account_schema, brand_schema, mapping_schema, test_schema
from engine.nearest import suggest
from engine.plan import plan_schema
from engine.problem import Failure
from engine.proof.consent import consent_schema
from engine.proof.matrix import matrix_schema
from engine.provenance.explanation import explanation_schema
from engine.report.alerts import alerts_schema
from engine.report.backfill import backfill_schema
from engine.report.consent_audit import consent_audit_schema
from engine.report.document import problems_schema
from engine.report.drift import drift_schema
from engine.report.exception import exception_schema
from engine.report.exceptions import exceptions_schema
from engine.report.forget import forget_schema
from engine.report.reconciliation import reconciliation_schema
from engine.report.replay import replay_schema
from engine.report.resolution import resolution_schema
from engine.report.restored import restored_schema
from engine.report.send import send_schema
from engine.report.status import status_schema
from engine.report.sync import sync_schema
from engine.report.trials import trials_schema
from engine.report.usability import usability_schema
from engine.samples.audit.document import audit_schema
from engine.web.twins import PAGE_SCHEMAS

SCHEMAS: Mapping[str, Callable[[], dict[str, object]]] = {
    "mapping.v1": mapping_schema,
    "brand.v1": brand_schema,
    "test.v1": test_schema,
    "account.v1": account_schema,
    "plan.v1": plan_schema,
    "problems.v1": problems_schema,
    "trials.v1": trials_schema,
    "changes.v1": changes_schema,
    "matrix.v1": matrix_schema,
    "consent.v1": consent_schema,
    "explanation.v1": explanation_schema,
    "status.v1": status_schema,
    "sync.v1": sync_schema,
    "exceptions.v1": exceptions_schema,
    "exception.v1": exception_schema,
    "resolution.v1": resolution_schema,
    "replay.v1": replay_schema,
    "backfill.v1": backfill_schema,
    "forget.v1": forget_schema,
    "restored.v1": restored_schema,
    "send.v1": send_schema,
    "orders-audit.v1": audit_schema,
    "usability.v1": usability_schema,
    "reconciliation.v1": reconciliation_schema,
    "drift.v1": drift_schema,
    "consent-audit.v1": consent_audit_schema,
    **PAGE_SCHEMAS,
    "alerts.v1": alerts_schema,
}


def list_schemas() -> list[str]:
    """Give the names that `schema_text` knows."""
    return list(SCHEMAS)


def schema_text(name: str) -> str:
    """Give a schema as the text that is committed; raises Failure for an unknown name."""
    if name not in SCHEMAS:
        raise Failure(f'no schema "{name}"{suggest(name, SCHEMAS)}')
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, made if need be; Failure when it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in SCHEMAS:
            (folder / f"{name}.schema.json").write_bytes(schema_text(name).encode())
    except OSError as error:
        raise Failure(f'cannot write into "{folder}": {error.strerror}') from None

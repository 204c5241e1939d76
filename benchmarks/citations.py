"""The lines of the mapping that a plan cites, so that the hand-written mapper cites the same."""

from __future__ import annotations

import orjson

from engine.checked import CheckedSpec

_REASONS = {
    "contact_update": "consent.decision is not leave",
    "shipment": "state is none of SHIPPED, TO_COLLECT, RECEIVED, CLOSED",
    "post_purchase:may_market": "consent.may_market is not yes",
    "post_purchase:address": "address.kind is not real",
    "post_purchase:state": "state is none of SHIPPED, TO_COLLECT, RECEIVED",
    "post_purchase:net": "net is not above 0",
    "post_purchase:age": "placed_at is older than P14D",
}


def cite(checked: CheckedSpec) -> dict[str, str]:
    """Give the citation of every send and consent row, and each reason to leave a send out."""
    lines = {name: checked.line_of(("send", name)) for name in checked.spec.send}
    if checked.spec.consent is not None:
        for index in range(len(checked.spec.consent.rows)):
            lines[f"row{index + 1}"] = checked.line_of(("consent", "rows", index))
    for key, because in _REASONS.items():
        send = key.partition(":")[0]
        left_out = {"send": send, "because": because, "rule": lines[send]}
        lines[f"left_out:{key}"] = orjson.dumps(left_out).decode()
    return lines

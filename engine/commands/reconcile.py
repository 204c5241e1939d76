"""`miradot reconcile`: a month on all its sides, to the penny."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from engine.clock import write_time
from engine.commands.delivery import Delivery, open_delivery, read_flow, refuse_examples
from engine.commands.measurements import store_of, sum_up_reconciliation
from engine.connections.answers import StopError
from engine.connections.dotdigital_reads import NotReadError
from engine.connections.mirakl import SourceError
from engine.problem import Failure
from engine.report.reconciliation import (
    RECONCILIATION_SCHEMA,
    AdjustmentView,
    CurrencyTotals,
    CycleSums,
    CycleView,
    DifferenceView,
    ReconciliationDocument,
    SideTotal,
)
from engine.settings import read_settings
from engine.sync.books import Adjustment, CheckedCycle
from engine.sync.exporting import Exporter
from engine.sync.months import Month, read_month, zone_of
from engine.sync.reckoning import Reckoning, Worth, make_reckoning
from engine.sync.reconciling import (
    Cause,
    Difference,
    Reconciled,
    Sum,
    count_causes,
    reconcile,
)
from engine.sync.worker import Worker

ADVICE: Mapping[Cause, str] = {
    "not landed": "run miradot sync; for days further back, miradot backfill",
    "change not landed": "run miradot sync, then reconcile again",
    "waiting": "run miradot sync; miradot status says what it waits for",
    "held": "see miradot exceptions list --rows, and decide",
    "rejected": "see miradot exceptions list --rows for Dotdigital's words",
    "record missing": "find out who deleted it, then miradot exceptions replay --order KEY --send",
    "record older than the ledger": "send it again: miradot exceptions replay --order KEY --send",
    "record differs": "find out who changed it, then miradot exceptions replay --order KEY --send",
    "ledger differs": "send it again by the mapping in force:"
    " miradot exceptions replay --order KEY --send",
    "record without an order": "find out who wrote it; delete it in Dotdigital if it is no order",
    "not booked": "look again tomorrow; if it stays, ask Mirakl's operator when orders are booked",
    "refund not booked": "nothing while the refund is on its way; else ask Mirakl's operator",
    "booked refund unknown": "look the refund up in Mirakl; ask its support where it belongs",
    "booking differs": "compare the order with its lines in Mirakl's transaction log",
    "booked without a sale": "see whether recognised_states of the mapping leaves out its state",
    "gone from Mirakl": "look the order up in Mirakl; ask its support where it went",
}


@dataclass(frozen=True, slots=True)
class ReconcileRequest:
    """One call of `miradot reconcile`; mapping and brand are the settings' where not given."""

    mapping: Path | None
    brand: Path | None
    month: str


def tell_reconciliation(request: ReconcileRequest) -> ReconciliationDocument:
    """Read all sides of a month, compare them, and keep what was found."""
    settings = read_settings()
    mapping = request.mapping or settings.require_mapping()
    flow = read_flow(mapping, request.brand or settings.brand)
    refuse_examples(flow)
    reckoning = make_reckoning(flow)
    month = read_month(request.month, zone_of(flow))
    with open_delivery(settings, flow, urgent=False) as delivery:
        document = _reconcile(delivery, reckoning, month)
        return store_of(delivery.patient).keep(sum_up_reconciliation, document)


def _reconcile(delivery: Delivery, reckoning: Reckoning, month: Month) -> ReconciliationDocument:
    source, worker = delivery.source, delivery.patient
    if source is None:
        raise Failure("Mirakl is not set up")
    try:
        return reconcile_month(worker, Exporter(worker, source), reckoning, month)
    except SourceError as error:
        raise Failure(f"Mirakl could not be read: {error}") from None
    except NotReadError as error:
        raise Failure(f"Dotdigital could not be read: {error}") from None
    except StopError as error:
        raise Failure(str(error)) from None


def reconcile_month(
    worker: Worker,
    exporter: Exporter,
    reckoning: Reckoning,
    month: Month,
    *,
    with_cycles: bool = True,
) -> ReconciliationDocument:
    """Compare a month; Failure for one that has not begun, else as `reconcile` raises."""
    at = worker.now
    if at <= month.start:
        raise Failure(f"the month {month.name} has not begun")
    found = reconcile(worker, exporter, reckoning, month, with_cycles=with_cycles)
    checked = worker.flow.mapping.checked
    document: ReconciliationDocument = {
        "schema": RECONCILIATION_SCHEMA,
        "mapping": worker.flow.name,
        "version": checked.spec.version,
        "spec_sha256": checked.sha256,
        "month": month.name,
        "zone": month.zone,
        "start": write_time(month.start),
        "end": write_time(month.end),
        "at": write_time(at),
        "over": month.end <= at,
        "agree": found.agrees,
        "total": reckoning.total,
        "collection": reckoning.collection,
        "rule": reckoning.line,
        "currencies": _tell_sums(reckoning, found),
        "agreed": found.agreed,
        "no_sale": found.no_sale,
        "left_out": found.left_out,
        "causes": [
            {"cause": cause, "orders": number, "do": ADVICE[cause]}
            for cause, number in count_causes(found.differences).items()
        ],
        "differences": [_tell_difference(reckoning, one) for one in found.differences],
        "transaction_log": "read" if found.books.was_read else "not read",
        "adjustments": [_tell_adjustment(reckoning, one) for one in found.books.adjustments],
        "billing_cycles": [_tell_cycle(reckoning, one) for one in found.books.cycles],
    }
    if found.books.unread:
        document["transaction_log_unread"] = found.books.unread
    if found.books.unread_cycles:
        document["billing_cycles_unread"] = found.books.unread_cycles
    return document


def _tell_adjustment(reckoning: Reckoning, one: Adjustment) -> AdjustmentView:
    return {
        "type": one.type,
        "currency": one.currency,
        "lines": one.lines,
        "amount": reckoning.write(Worth(one.amount, one.currency)),
    }


def _tell_cycle(reckoning: Reckoning, one: CheckedCycle) -> CycleView:
    cycle = one.cycle

    def tell(orders: Decimal, refunds: Decimal, transferred: Decimal) -> CycleSums:
        texts = [
            reckoning.write(Worth(amount, cycle.currency))
            for amount in (orders, refunds, transferred)
        ]
        return {"orders": texts[0], "refunds": texts[1], "transferred": texts[2]}

    view: CycleView = {
        "id": cycle.id,
        "created": write_time(cycle.created),
        "currency": cycle.currency,
        "told": tell(cycle.orders, cycle.refunds, cycle.transferred),
        "agree": one.agrees,
    }
    if one.booked is not None:
        view["booked"] = tell(*one.booked)
    return view


def _tell_sums(reckoning: Reckoning, found: Reconciled) -> list[CurrencyTotals]:
    told: list[CurrencyTotals] = []
    for currency, one in found.sums.items():
        totals: CurrencyTotals = {
            "currency": currency,
            "mirakl": _tell_side(reckoning, currency, one, 0),
            "ledger": _tell_side(reckoning, currency, one, 1),
            "dotdigital": _tell_side(reckoning, currency, one, 2),
            "differences": one.differences,
        }
        if found.books.was_read:
            totals["booked"] = _tell_side(reckoning, currency, one, 3)
        told.append(totals)
    return told


def _tell_side(reckoning: Reckoning, currency: str, one: Sum, place: int) -> SideTotal:
    total = reckoning.write(Worth(one.worth[place], currency))
    return {"orders": one.orders[place], "total": total}


def _tell_difference(reckoning: Reckoning, one: Difference) -> DifferenceView:
    sides = (one.mirakl, one.ledger, one.record, one.booked)
    currency = next((worth.currency for worth in sides if worth is not None), "")
    view: DifferenceView = {
        "order": one.order,
        "currency": currency,
        "cause": one.cause,
        "said": one.said,
        "codes": list(one.codes),
        "owner": one.owner,
    }
    if one.mirakl is not None:
        view["mirakl"] = reckoning.write(one.mirakl)
    if one.ledger is not None:
        view["ledger"] = reckoning.write(one.ledger)
    if one.record is not None:
        view["dotdigital"] = reckoning.write(one.record)
    if one.booked is not None:
        view["booked"] = reckoning.write(one.booked)
    ends = [worth for worth in (one.mirakl, one.record) if worth is not None]
    if len({worth.currency for worth in ends}) == 1:
        nothing = Decimal(0)
        held = one.record.value if one.record is not None else nothing
        due = one.mirakl.value if one.mirakl is not None else nothing
        view["gap"] = reckoning.write(Worth(held - due, currency))
    return view

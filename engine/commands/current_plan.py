"""The current plan, for the page: the mapping in force applied to what waits. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from engine.clock import write_time
from engine.contacts import UNASKED
from engine.plan import Record
from engine.state.activity import InForce, WaitingOrder, list_in_force, list_waiting_orders
from engine.state.orders import count_waiting
from engine.sync.flow import Flow, PayloadError, read_payload
from engine.sync.worker import Worker
from engine.web.plans import InForceView, PlannedOrder, PlanPage

_MOST_ORDERS, _MOST_MAPPINGS = 50, 20


def tell_plan(worker: Worker) -> PlanPage:
    """Give the mapping in force, and what it would do with the orders that wait longest.

    Dotdigital is not asked about anybody: a buyer is planned as one who is not known yet.
    """
    flow = worker.flow
    checked = flow.mapping.checked
    with worker.transaction() as connection:
        ended = list_in_force(connection, flow.name, _MOST_MAPPINGS)
        waiting = sum(count_waiting(connection, flow.name).values())
        orders = list_waiting_orders(connection, flow.name, _MOST_ORDERS)
    page: PlanPage = {
        "schema": "miradot/page-plan.v1",
        "at": write_time(worker.now),
        "mapping": flow.name,
        "version": checked.spec.version,
        "brand": flow.brand,
        "spec_sha256": flow.sha256,
        "source": checked.spec.source,
        "target": checked.spec.target,
        "before": [_view(one) for one in ended if one.spec_sha256 != flow.sha256],
        "waiting": waiting,
        "orders": [_plan(worker, one) for one in orders],
    }
    own = next((one for one in ended if one.spec_sha256 == flow.sha256), None)
    if own is not None:
        page["since"] = own.first_at
    return page


def _view(one: InForce) -> InForceView:
    return {
        "spec_sha256": one.spec_sha256,
        "first_at": one.first_at,
        "last_at": one.last_at,
        "orders": one.orders,
    }


def _plan(worker: Worker, one: WaitingOrder) -> PlannedOrder:
    flow = worker.flow
    planned = cast(
        "PlannedOrder",
        {"order": one.order_key, "lane": one.lane, "landed_at": one.landed_at, "calls": []},
    )
    try:
        payload = read_payload(one.payload)
    except PayloadError as error:
        return {**planned, "outcome": "held", "because": str(error), "exceptions": []}
    plan = flow.mapping.apply(payload, UNASKED, worker.now).plan
    calls = plan["calls"] if plan["outcome"] == "planned" else []
    return {
        **planned,
        "outcome": plan["outcome"],
        "because": "" if calls else "; ".join(dict.fromkeys(_tell_why(plan))),
        "calls": [{"send": one["send"], "means": _mean(flow, one["operation"])} for one in calls],
        "exceptions": [one["message"] for one in plan["exceptions"] if one["level"] != "note"],
    }


def _tell_why(plan: Record) -> Iterator[str]:
    yield from (one["because"] for one in plan["left_out"])


def _mean(flow: Flow, operation: str) -> str:
    return flow.target.operations[operation].title.partition(";")[0]

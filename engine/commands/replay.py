"""`miradot exceptions replay`: orders planned anew, shown first, and sent only when asked to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.commands.deeds import name_doer, recorder_of
from engine.commands.delivery import SENDING, choose_flow, open_delivery, refuse_examples
from engine.commands.exceptions import require_exception, require_flow
from engine.connections.answers import StopError
from engine.log import get_log
from engine.mapping import compile_mapping
from engine.problem import Failure
from engine.report.ages import count
from engine.report.replay import REPLAY_SCHEMA, ReplayDocument, ReplayedOrder
from engine.settings import read_settings
from engine.state.audit import Deed
from engine.state.database import Connection
from engine.state.reviews import Entry, OrderVersion, Wanted, list_exceptions, newest_version
from engine.state.runs import Ending, end_run, start_run
from engine.sync.account import recognise_account
from engine.sync.replaying import Ahead, Lookout, deliver, name_effects, reopen
from engine.sync.worker import Worker

_LEFT = "more than {most} orders: they wait, and the next miradot sync delivers them in batches"


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """One call of `miradot exceptions replay`: exceptions by number, by cause, or an order.

    Nothing is sent where customers would see more calls than `most_seen`, those looked at before.
    """

    numbers: tuple[int, ...]
    code: str
    order: str
    send: bool
    mapping: Path | None
    brand: Path | None
    most_seen: int | None = None


def replay(request: ReplayRequest) -> ReplayDocument:
    """Plan orders anew on what Dotdigital says now and, where asked to, send them."""
    if not (request.numbers or request.code or request.order):
        raise Failure("say what to replay: numbers of exceptions, --code or --order")
    settings = read_settings()
    flow = choose_flow(settings, request.mapping, request.brand, *SENDING)
    if request.send:
        refuse_examples(flow)
    with open_delivery(settings, flow, with_mirakl=False) as delivery:
        try:
            worker = delivery.worker
            recognise_account(worker)
            with recorder_of(worker).record(*_name_deeds(worker, request)):
                return replay_orders(worker, request)
        except StopError as error:
            raise Failure(str(error)) from None


def replay_orders(worker: Worker, request: ReplayRequest) -> ReplayDocument:
    """Look ahead at the orders that are meant, and send them if that is asked for."""
    versions = _choose(worker, request)
    lookout = Lookout(worker, compile_mapping(worker.flow.mapping.checked, masked=True))
    ahead = [lookout.look(one) for one in versions]
    orders = [_view(worker, one) for one in ahead]
    calls = [call for one in orders for call in one["calls"]]
    document: ReplayDocument = {
        "schema": REPLAY_SCHEMA,
        "mapping": worker.flow.name,
        "sent": False,
        "seen_by_customers": sum(bool(call["seen"]) for call in calls),
        "records_only": sum(not call["seen"] for call in calls),
        "orders": orders,
        "note": "" if request.send or not calls else "to send it, say the same with --send",
    }
    if not request.send:
        return document
    seen, most = document["seen_by_customers"], request.most_seen
    if most is not None and seen > most:
        raise Failure(
            f"customers would see {count(seen, 'call')} of it now, not {most} as when it was looked"
            " at: look again before it is sent"
        )
    return _send(worker, document, ahead)


def _name_deeds(worker: Worker, request: ReplayRequest) -> list[Deed]:
    """Give what goes on record where orders are sent: each exception, or the order."""
    if not request.send:
        return []
    doer, flow = name_doer(), worker.flow.name
    with worker.transaction() as connection:
        meant = _list_entries(connection, worker, request)
        deeds = [Deed(doer, "replayed", one.id, one.subject) for one in meant]
        version = newest_version(connection, flow, request.order) if request.order else None
    return [*deeds, *([Deed(doer, "replayed", person=version.subject)] if version else [])]


def _list_entries(connection: Connection, worker: Worker, request: ReplayRequest) -> list[Entry]:
    entries = []
    for number in request.numbers:
        entries.append(require_exception(connection, number))
        require_flow(entries[-1], worker.flow)
    if request.code:
        wanted = Wanted(code=request.code, flow=worker.flow.name)
        entries += list_exceptions(connection, wanted)
    return entries


def _choose(worker: Worker, request: ReplayRequest) -> list[OrderVersion]:
    flow, keys = worker.flow, [request.order] if request.order else []
    with worker.transaction() as connection:
        keys += [one.order_key for one in _list_entries(connection, worker, request)]
        versions = [newest_version(connection, flow.name, key) for key in dict.fromkeys(keys)]
    known = [one for one in versions if one is not None]
    if not known:
        what = f"order {request.order}" if request.order else f"open exception {request.code}"
        raise Failure(f'there is no {what.strip()} of the mapping "{flow.name}"')
    return known


def _view(worker: Worker, ahead: Ahead) -> ReplayedOrder:
    order = ahead.version.order_key
    plan = ahead.plan
    if plan is None:
        return {"order": order, "plan": "stopped", "because": ahead.stopped, "calls": []}
    told = [one["message"] for one in plan["exceptions"]]
    quiet = told[0] if told else "everything in it was sent before"
    view: ReplayedOrder = {
        "order": order,
        "plan": plan["outcome"],
        "because": "" if plan["calls"] else quiet,
        "calls": [
            {"send": one.send, "operation": one.operation, "seen": one.seen}
            for one in name_effects(worker.flow.target, plan)
        ],
    }
    if plan["consent"] is not None:
        view["consent"] = plan["consent"]["decision"]
    return view


def _send(worker: Worker, document: ReplayDocument, ahead: Sequence[Ahead]) -> ReplayDocument:
    """Let wait again what can be planned, and deliver it; one that is erased stays as it is."""
    meant = [one.version.order_key for one in ahead if one.plan is not None]
    with worker.transaction() as connection:
        run = start_run(connection, worker.flow.name, "replay", worker.now)
    worker.talk = get_log(run)
    try:
        ended = _deliver(worker, document, meant)
    except StopError as error:
        _end(worker, run, Ending("failed", {"orders": len(meant)}, str(error)))
        raise
    _end(worker, run, Ending("done", {"orders": len(meant)}))
    by_order = {one.order_key: one for one in ended}
    for order in document["orders"]:
        version = by_order.get(order["order"])
        if version is not None:
            order["ended"] = version.outcome or "waiting"
            order["ended_because"] = version.because or "it is tried again by the next sync"
        else:
            order["ended"], order["ended_because"] = "left as it is", order["because"]
    return {**document, "sent": True, "run": run}


def _deliver(worker: Worker, document: ReplayDocument, meant: Sequence[str]) -> list[OrderVersion]:
    waiting = reopen(worker, meant)
    most = worker.rules.events_as_batch
    if len(waiting) > most:
        document["note"] = _LEFT.format(most=most)
        return []
    return deliver(worker, waiting)


def _end(worker: Worker, run: str, ending: Ending) -> None:
    with worker.transaction() as connection:
        end_run(connection, run, ending, worker.now)

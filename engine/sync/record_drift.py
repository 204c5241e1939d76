"""Drift of records: those that hold other figures than ours, and orphans on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.connections.dotdigital_reads import NotReadError
from engine.connections.listings import InsightRecord
from engine.connections.outcomes import Refused
from engine.problem import Failure
from engine.state.outbox import DONE
from engine.state.surveys import (
    CallBody,
    Decided,
    list_bodies,
    list_decided,
    list_order_keys,
    newest_of_orders,
)
from engine.sync.drift_items import Item
from engine.sync.flow import Flow
from engine.sync.listing import list_records
from engine.sync.reckoning import Reckoning, make_reckoning
from engine.sync.target_drift import collection_of, lines_of_collection
from engine.sync.worker import Worker


@dataclass(frozen=True, slots=True)
class Looked:
    """How many records were looked at, and an item for each one that drifted."""

    number: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Ours:
    """Our side: every order, figures that are settled, and the records that were written."""

    orders: set[str]
    settled: Mapping[str, Decided]
    sent: tuple[CallBody, ...]


def find_records(worker: Worker) -> Looked:
    """Compare all records of the mapping's collections with our orders; raises NotReadError."""
    ours, reckoning = _read_ours(worker), _find_reckoning(worker.flow)
    items: list[Item] = []
    number = 0
    for name in sorted(set(_keyed_collections(worker.flow))):
        records = _read_records(worker, name)
        if records is None:
            continue
        number += len(records)
        lines = tuple(lines_of_collection(worker.flow, name))
        put = {one.order_key for one in ours.sent if one.send in _sends_to(worker.flow, name)}
        items += _tell_orphans(name, lines, set(records), ours.orders, put)
        if reckoning is not None and reckoning.collection == name:
            items += _tell_differing(reckoning, records, ours.settled)
    return Looked(number, tuple(items))


def _read_ours(worker: Worker) -> Ours:
    flow = worker.flow
    with worker.transaction() as connection:
        decided = {one.order_key: one for one in list_decided(connection, flow.name)}
        ended = newest_of_orders(connection, flow.name, sorted(decided))
        return Ours(
            orders=list_order_keys(connection, flow.name),
            settled={
                key: one
                for key, one in decided.items()
                if key in ended and ended[key].outcome in ("sent", "unchanged")
            },
            sent=tuple(list_bodies(connection, _recording(flow), (DONE,))),
        )


def _find_reckoning(flow: Flow) -> Reckoning | None:
    try:
        return make_reckoning(flow)
    except Failure:
        return None


def _read_records(worker: Worker, name: str) -> dict[str, InsightRecord] | None:
    """Give the records of a collection; None for one that is not there, which is told already."""
    try:
        return {one.key: one for one in list_records(worker, name)}
    except NotReadError as error:
        if isinstance(error.outcome, Refused):
            return None
        raise


def _sends_to(flow: Flow, name: str) -> set[str]:
    sends = flow.mapping.checked.spec.send.items()
    return {send for send, one in sends if collection_of(flow, one) == name}


def _tell_orphans(
    name: str, lines: tuple[str, ...], records: set[str], orders: set[str], put: set[str]
) -> Iterator[Item]:
    for key in sorted(records - orders):
        what = f"{name} holds records of orders that never landed here"
        yield Item("orphans", "record without order", what, lines, examples=[key])
    for key in sorted(put & orders - records):
        what = f"orders were sent, and {name} holds no record of them"
        yield Item("orphans", "order without record", what, lines, examples=[key])


def _tell_differing(
    reckoning: Reckoning, records: Mapping[str, InsightRecord], settled: Mapping[str, Decided]
) -> Iterator[Item]:
    what = f"records hold another {reckoning.member} or currency than we wrote"
    for key in sorted(set(settled) & set(records)):
        if reckoning.read_record(records[key]) != reckoning.read_decided(settled[key]):
            yield Item("values", "record changed", what, (reckoning.line,), examples=[key])


def _recording(flow: Flow) -> list[str]:
    return [name for name, one in flow.target.operations.items() if one.fields == "record"]


def _keyed_collections(flow: Flow) -> Iterator[str]:
    """Give the collections in which a record has the key of its order."""
    spec = flow.mapping.checked.spec
    for send in spec.send.values():
        name = collection_of(flow, send)
        if name and send.to.get("record") == spec.record.key:
            yield name

"""Drift of the account: fields, collections, programmes, lists and statuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.spec.send import LiteralValue, Send
from engine.sync.account import collections_of
from engine.sync.drift_items import Item, gather
from engine.sync.flow import Flow
from engine.sync.listing import insist
from engine.sync.worker import Worker


def find_target(worker: Worker) -> Iterator[Item]:
    """Look for what the mapping writes to and the account no longer has so; NotReadError."""
    yield from _find_fields(worker)
    yield from _find_collections(worker)
    yield from _find_numbers(worker)


def _find_fields(worker: Worker) -> Iterator[Item]:
    checked = worker.flow.mapping.checked
    wanted: dict[str, str] = {
        name: worker.flow.target.built_in_fields[name]
        for send in checked.spec.send.values()
        if worker.flow.target.operations[send.operation].fields == "data_fields"
        for name in send.fields
        if name in worker.flow.target.built_in_fields
    }
    wanted |= {name: one.type for name, one in checked.spec.data_fields.items()}
    known = {one.name.upper(): one.type for one in insist(worker, worker.client.list_data_fields)}
    for name, kind in wanted.items():
        held, lines = known.get(name.upper()), tuple(lines_of_field(worker.flow, name))
        if held is None:
            yield Item("target", "data field deleted", f"the account has no field {name}", lines)
        elif held.lower() != kind.lower():
            what = f"the field {name} is {held} in the account, and {kind} in the mapping"
            yield Item("target", "data field retyped", what, lines)


def lines_of_field(flow: Flow, name: str) -> Iterator[str]:
    """Give the lines of the mapping that are about a data field."""
    checked = flow.mapping.checked
    if name in checked.spec.data_fields:
        yield checked.line_of(("data_fields", name))
    for send, one in checked.spec.send.items():
        if name in one.fields:
            yield checked.line_of(("send", send, "fields", name))


def _find_collections(worker: Worker) -> Iterator[Item]:
    flow = worker.flow
    known = {one.name: one for one in insist(worker, worker.client.list_collections)}
    for name in sorted(set(collections_of(flow))):
        wanted, held = flow.target.collection(name), known.get(name)
        lines = tuple(lines_of_collection(flow, name))
        if held is None:
            yield Item("target", "collection missing", f"the account has no {name}", lines)
        elif wanted is not None and held.scope.lower() != wanted.scope:
            what = f"the collection {name} belongs to the {held.scope}, not to the {wanted.scope}"
            yield Item("target", "collection of another scope", what, lines)


def lines_of_collection(flow: Flow, name: str) -> Iterator[str]:
    """Give the lines of the mapping that write to a collection."""
    for send, one in flow.mapping.checked.spec.send.items():
        if collection_of(flow, one) == name:
            yield flow.mapping.checked.line_of(("send", send, "to", "collection"))


def collection_of(flow: Flow, send: Send) -> str:
    """Give the collection that a send writes to, '' for none."""
    value = send.to.get("collection")
    if isinstance(value, LiteralValue):
        return str(value.literal)
    if isinstance(value, str) and value.startswith("$"):
        return str(flow.mapping.checked.params.values[value[1:]])
    return ""


def _find_numbers(worker: Worker) -> Iterator[Item]:
    """Look for programmes and lists that the parameters name."""
    checked = worker.flow.mapping.checked
    programmes = {one.id: one for one in insist(worker, worker.client.list_programmes)}
    lists = {one.id for one in insist(worker, worker.client.list_lists)}
    for name, param in checked.spec.params.items():
        value, lines = checked.params.values[name], (checked.line_of(("params", name)),)
        if param.type == "list_id" and value not in lists:
            what = f"the account has no list {value} ({name})"
            yield Item("target", "list missing", what, lines)
        if param.type != "programme_id":
            continue
        programme = programmes.get(value) if isinstance(value, int) else None
        if programme is None:
            what = f"the account has no programme {value} ({name})"
            yield Item("target", "programme missing", what, lines)
        elif programme.status != "Active":
            what = f"the programme {value} ({name}) is {programme.status}, so nobody is enrolled"
            yield Item("target", "programme inactive", what, lines)


def find_statuses(flow: Flow, statuses: Iterable[str]) -> Iterator[Item]:
    """Look for statuses that the target lock does not know."""
    checked, codes = flow.mapping.checked, {one.code for one in flow.target.email_statuses}
    lines = (
        (checked.line_of(("consent", "unknown_status")),)
        if checked.spec.consent is not None
        else ()
    )
    return gather(
        (
            Item(
                "target",
                "new status",
                f"contacts have the status {status[:40] or '(none)'}, which the lock does not know",
                lines,
            ),
            "",
        )
        for status in statuses
        if status not in codes
    )

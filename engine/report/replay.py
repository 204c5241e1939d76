"""A replay: first what customers would see of it, then what is record only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.width import wrap_text

REPLAY_SCHEMA: Literal["miradot/replay.v1"] = "miradot/replay.v1"
_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class EffectView(TypedDict):
    """A call that would be made."""

    send: str
    operation: str
    seen: Annotated[str, Field(description="What a customer would see; empty for records.")]


@with_config(_CLOSED)
class ReplayedOrder(TypedDict):
    """One order, and what becomes of it."""

    order: str
    plan: Literal["planned", "unchanged", "held", "stopped"]
    because: Annotated[str, Field(description="Why nothing is sent, where nothing is.")]
    consent: NotRequired[Annotated[str, Field(description="The decision, made anew.")]]
    calls: list[EffectView]
    ended: NotRequired[Annotated[str, Field(description="With --send: how it ended.")]]
    ended_because: NotRequired[str]


@with_config(_CLOSED)
class ReplayDocument(TypedDict):
    """A replay: looked at, or sent."""

    schema: Literal["miradot/replay.v1"]
    mapping: str
    sent: bool
    run: NotRequired[str]
    seen_by_customers: Annotated[int, Field(description="Calls that a customer would see.")]
    records_only: Annotated[int, Field(description="Calls that change records alone.")]
    orders: list[ReplayedOrder]
    note: str


def replay_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("replay.v1", TypeAdapter(ReplayDocument))


def render_replay(document: ReplayDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: ReplayDocument) -> Iterator[str]:
    what = "sent" if document["sent"] else "a look ahead, nothing is sent"
    yield f"replay of {count(len(document['orders']), 'order')}  {document['mapping']}  {what}"
    yield ""
    yield from _seen(document)
    yield ""
    yield from _records(document)
    stopped = [one for one in document["orders"] if one["because"]]
    if stopped:
        yield ""
        yield "nothing to send"
        for one in stopped:
            yield from _told(f"  {one['order']}  {one['plan']}: ", one["because"])
    if document["sent"]:
        yield ""
        yield "how they ended"
        for one in document["orders"]:
            head = f"  {one['order']}  {one.get('ended', 'waiting')}: "
            yield from _told(head, one.get("ended_because", ""))
    if document["note"]:
        yield ""
        yield document["note"]


def _seen(document: ReplayDocument) -> Iterator[str]:
    if not document["seen_by_customers"]:
        yield "customers would see nothing of it" if not document["sent"] else "no customer sees it"
        return
    calls = count(document["seen_by_customers"], "call")
    if document["sent"]:
        yield f"CUSTOMERS SEE IT: {calls} meant to change something for a customer"
    else:
        yield f"CUSTOMERS WOULD SEE IT: {calls} would change something for a customer"
    for order in document["orders"]:
        for call in order["calls"]:
            if call["seen"]:
                yield f"  {order['order']}  {call['send']}: {call['seen']}"


def _records(document: ReplayDocument) -> Iterator[str]:
    calls = Counter(
        call["operation"]
        for order in document["orders"]
        for call in order["calls"]
        if not call["seen"]
    )
    told = ", ".join(f"{number} {name}" for name, number in sorted(calls.items()))
    yield f"records only: {told or 'none'}"


def _told(head: str, text: str) -> list[str]:
    return wrap_text(
        f"{head.strip()} {text}".rstrip(" :"),
        first="  ",
        rest="      ",
    )

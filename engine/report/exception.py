"""One exception in full: what was read, who it may be about, what would be sent, what came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.plan import Record
from engine.published import publish
from engine.report.ages import tell_age, tell_moment
from engine.report.exceptions import ExceptionRow
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.plan import PlanText, body_lines
from engine.report.width import wrap_text

EXCEPTION_SCHEMA: Literal["miradot/exception.v1"] = "miradot/exception.v1"
_CLOSED = ConfigDict(extra="forbid")
_STATES = {
    "sending": "under way",
    "accepted": "in an import",
    "done": "took effect",
    "unknown": "nobody knows",
    "superseded": "counts no more",
}


@with_config(_CLOSED)
class OrderView(TypedDict):
    """The newest version of the order, as Mirakl gave it."""

    version: str
    landed_at: str
    outcome: Annotated[str, Field(description="sent, unchanged, held, rejected; or waiting.")]
    because: str
    read: Annotated[object, Field(description="The order, masked unless asked for.")]


@with_config(_CLOSED)
class CandidateView(TypedDict):
    """A contact that may be the buyer's."""

    contact_id: int
    address: str
    status: str
    read_at: str
    evidence: Annotated[list[str], Field(description="What speaks for it.")]
    others: Annotated[list[str], Field(description="Person keys that are tied to it as well.")]


@with_config(_CLOSED)
class CallView(TypedDict):
    """A call that was made for the order."""

    send: str
    operation: str
    state: str
    attempts: int
    status: NotRequired[int]
    said: Annotated[str, Field(description="Dotdigital's words, where it refused.")]
    sent_at: str
    answered_at: NotRequired[str]


@with_config(_CLOSED)
class TrailView(TypedDict):
    """One line of the person's consent trail."""

    at: str
    kind: str
    contact_id: NotRequired[int]
    status: str
    decision: str
    because: str
    order: str


@with_config(_CLOSED)
class Way(TypedDict):
    """A command, and what it says."""

    command: str
    means: str


@with_config(_CLOSED)
class ExceptionDocument(TypedDict):
    """One exception in full."""

    schema: Literal["miradot/exception.v1"]
    at: str
    exception: ExceptionRow
    person: Annotated[str, Field(description="The person key, else order:KEY.")]
    place: Annotated[str, Field(description="Where in the order, or which send.")]
    rule: Annotated[str, Field(description="The line of the mapping; empty when delivery's own.")]
    retry: str
    do: str
    order: NotRequired[OrderView]
    candidates: list[CandidateView]
    plan: NotRequired[
        Annotated[Record, Field(description="What would be sent if it were replayed now.")]
    ]
    not_sent: Annotated[str, Field(description="Why nothing would be sent, where nothing would.")]
    calls: list[CallView]
    trail: list[TrailView]
    ways: Annotated[list[Way], Field(description="Commands that end it, or take it back.")]


def exception_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("exception.v1", TypeAdapter(ExceptionDocument))


def render_exception(document: ExceptionDocument, form: str, target: str) -> str:
    """Give the document as `text` or `json`; `target` is what the target is called."""
    if form == "json":
        return write_json(document)
    parts = [
        list(_head(document)),
        list(_candidates(document)),
        list(_calls(document)),
        list(_trail(document)),
        list(_plan(document, target)),
        list(_order(document)),
        list(_ways(document)),
    ]
    blocks = ["\n".join(printable(line) for line in lines) for lines in parts if lines]
    return "\n\n".join(blocks) + "\n"


def _head(document: ExceptionDocument) -> Iterator[str]:
    row = document["exception"]
    state = f"open for {tell_age(row['opened_at'], document['at'])}"
    if "closed_at" in row:
        state = f"closed {tell_moment(row['closed_at'])} by {row.get('closed_by', '')}"
    yield f"exception {row['id']}  {row['code']}  {state}"
    yield from _wrapped("  ", row["message"])
    where = [row["owner"], row["level"], row["mapping"], document["rule"], document["place"]]
    yield f"  {' · '.join(part for part in where if part)}"
    if document["do"]:
        yield from _wrapped("  do: ", document["do"])
    if row.get("note"):
        yield from _wrapped("  note: ", row.get("note", ""))


def _order(document: ExceptionDocument) -> Iterator[str]:
    order = document.get("order")
    if order is None:
        return
    landed = tell_moment(order["landed_at"])
    yield f"what was read: order {document['exception']['order']}, landed {landed}"
    because = f": {order['because']}" if order["because"] else ""
    yield from _wrapped("  ", f"{order['outcome']}{because}")
    yield from (line[11:] for line in body_lines(order["read"]))


def _candidates(document: ExceptionDocument) -> Iterator[str]:
    if not document["candidates"]:
        return
    yield f"whose contact it may be (person {document['person']})"
    for one in document["candidates"]:
        age = tell_age(one["read_at"], document["at"])
        address = one["address"] or "no address"
        yield f"  {one['contact_id']:>10}  {address}  {one['status']}  read {age} ago"
        yield from (f"              for it: {said}" for said in one["evidence"])
        yield from (f"              tied to it as well: person {other}" for other in one["others"])


def _plan(document: ExceptionDocument, target: str) -> Iterator[str]:
    plan = document.get("plan")
    yield "what would be sent if it were replayed now, by what Dotdigital said last"
    if document["not_sent"]:
        yield from _wrapped("  ", f"nothing: {document['not_sent']}")
    elif plan is not None:
        yield from (
            f"  {line}"
            for line in PlanText(target, colour=False).record(plan).rstrip("\n").split("\n")
        )


def _calls(document: ExceptionDocument) -> Iterator[str]:
    yield "what came back: calls that were made for this order"
    if not document["calls"]:
        yield "  none"
    for one in document["calls"]:
        answer = " ".join(str(part) for part in (one.get("status", ""), one["said"]) if part)
        state = _STATES.get(one["state"], one["state"])
        if one["state"] == "superseded" and "status" in one:
            state = "took effect, let be sent again"
        yield f"  {tell_moment(one['sent_at'])}  {one['send']}  {state}  {answer}".rstrip()


def _trail(document: ExceptionDocument) -> Iterator[str]:
    if not document["trail"]:
        return
    yield "consent trail"
    for one in document["trail"]:
        contact = f"contact {one['contact_id']}" if "contact_id" in one else ""
        said = f"{one['decision']}: {one['because']}" if one["because"] else one["decision"]
        parts = [one["kind"], contact, one["status"], said, one["order"]]
        yield f"  {tell_moment(one['at'])}  {'  '.join(part for part in parts if part)}"


def _ways(document: ExceptionDocument) -> Iterator[str]:
    if document["ways"]:
        yield "what you can do"
        for one in document["ways"]:
            yield f"  {one['command']}"
            yield f"      {one['means']}"


def _wrapped(head: str, text: str) -> Iterator[str]:
    indent = " " * len(head)
    yield from wrap_text(text, first=head, rest=indent)

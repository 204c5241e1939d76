"""What became of records that were sent by hand, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.findings import printable
from engine.report.json_text import write_json

SEND_SCHEMA: Literal["miradot/send.v1"] = "miradot/send.v1"
_CLOSED = ConfigDict(extra="forbid")
Outcome = Literal["sent", "unchanged", "held", "rejected", "erased", "waiting"]
_BAD = ("held", "rejected", "waiting")


@with_config(_CLOSED)
class SentCall(TypedDict):
    """A call that was made for a record."""

    send: str
    operation: str
    state: Annotated[str, Field(description="done, refused or unknown.")]
    status: Annotated[int | None, Field(description="HTTP status; null in an import.")]
    said: Annotated[str, Field(description="Dotdigital's words, where it refused.")]


@with_config(_CLOSED)
class SentException(TypedDict):
    """What is open for a record now."""

    code: str
    level: str
    owner: str
    message: str


@with_config(_CLOSED)
class SentRecord(TypedDict):
    """One record, and how it ended."""

    key: Annotated[str, Field(description="The record's key; where it stood, if it has none.")]
    order_version: str
    outcome: Outcome
    because: Annotated[str, Field(description="Why it ended so, in a sentence.")]
    calls: list[SentCall]
    exceptions: list[SentException]


@with_config(_CLOSED)
class SendDocument(TypedDict):
    """All records of one call."""

    schema: Literal["miradot/send.v1"]
    mapping: str
    version: str
    spec_sha256: str
    run: str
    records: list[SentRecord]
    outcomes: Annotated[dict[str, int], Field(description="Number of records by outcome.")]


def send_schema() -> dict[str, object]:
    """Give the JSON Schema: a whole document, or one record as NDJSON prints it."""
    return publish(
        "send.v1",
        TypeAdapter(SendDocument | SentRecord),
        title="miradot send",
        description="What `run --send` prints: one document, or one record a line (NDJSON).",
    )


def is_fine(document: SendDocument) -> bool:
    """Whether nothing is held, rejected or waiting."""
    return not any(document["outcomes"].get(one) for one in _BAD)


def render_send(document: SendDocument, form: str) -> str:
    """Give the document as `text`, `json` or `ndjson`."""
    if form == "json":
        return write_json(document)
    if form == "ndjson":
        return "".join(orjson.dumps(one).decode() + "\n" for one in document["records"])
    lines = [f"{document['mapping']} {document['version']}, run {document['run']}"]
    for record in document["records"]:
        lines += ["", *_record(record)]
    told = ", ".join(f"{number} {name}" for name, number in document["outcomes"].items())
    number = len(document["records"])
    lines += ["", f"{number} record{'' if number == 1 else 's'}: {told}"]
    return "".join(f"{printable(line)}\n" for line in lines)


def _record(record: SentRecord) -> Iterator[str]:
    count = len(record["calls"])
    calls = f"{count} call{'' if count == 1 else 's'}" if count else "no call"
    title = (record["key"], record["outcome"], calls, record["order_version"])
    yield "  ".join(title).rstrip()
    yield f"  {record['because']}"
    for number, call in enumerate(record["calls"], 1):
        status = f" {call['status']}" if call["status"] is not None else ""
        said = f": {call['said']}" if call["said"] else ""
        yield f"  {number:>6}.  {call['operation']}  {call['send']} · {call['state']}{status}{said}"
    for one in record["exceptions"]:
        yield f"  {one['level']:<8}  {one['code']}: {one['message']}"
        yield f"            {one['owner']}"

"""What a run of `sync` did, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count
from engine.report.findings import printable
from engine.report.json_text import write_json

SYNC_SCHEMA: Literal["miradot/sync.v1"] = "miradot/sync.v1"
_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class CauseDocument(TypedDict):
    """One cause for which orders wait for people."""

    code: str
    owner: str
    orders: int


@with_config(_CLOSED)
class SyncDocument(TypedDict):
    """What one run did."""

    schema: Literal["miradot/sync.v1"]
    mapping: str
    version: str
    spec_sha256: str
    run: str
    seen: Annotated[int, Field(description="Orders that Mirakl showed; repeats are normal.")]
    landed: Annotated[int, Field(description="Versions that were new.")]
    early: Annotated[int, Field(description="Seconds until Mirakl may be asked for changes.")]
    erased: Annotated[int, Field(description="Orders of people who were erased; left out.")]
    outcomes: Annotated[dict[str, int], Field(description="How versions ended in this run.")]
    waiting: Annotated[int, Field(description="Versions that wait for another attempt.")]
    calls: Annotated[dict[str, int], Field(description="Calls that took effect, by operation.")]
    exceptions: Annotated[list[CauseDocument], Field(description="What is open now, by cause.")]
    note: Annotated[str, Field(description="What went wrong with the run itself, if anything.")]


def tell_calls(calls: Mapping[str, int]) -> str:
    """Give the calls that took effect, in words, by operation."""
    told = ", ".join(f"{number:,} {name}" for name, number in calls.items())
    return f"{count(sum(calls.values()), 'call')} took effect{': ' if told else ''}{told}"


def sync_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("sync.v1", TypeAdapter(SyncDocument))


def render_sync(document: SyncDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    outcomes, calls = document["outcomes"], document["calls"]
    seen = f"{count(document['seen'], 'order')} seen, {document['landed']} new"
    if document["note"]:
        # It says of itself what could not be read.
        seen += "; not read whole, see below"
    if document["early"]:
        seen += f"; it may be asked for changes again in {document['early']} s"
    lines = [
        f"{document['mapping']} {document['version']}, run {document['run']}",
        f"  Mirakl      {seen}",
        "  ended       " + ", ".join(f"{number} {name}" for name, number in outcomes.items()),
        f"  Dotdigital  {tell_calls(calls)}",
    ]
    if document["erased"]:
        lines.append(
            f"  left out    {count(document['erased'], 'order')} of people who were erased"
        )
    if document["waiting"]:
        lines.append(f"  waiting     {count(document['waiting'], 'version')}, to be tried again")
    lines += [
        f"  open        {count(one['orders'], 'order')} with {one['code']} ({one['owner']})"
        for one in document["exceptions"]
    ]
    if document["note"]:
        lines.append(f"  {document['note']}")
    return "".join(f"{printable(line)}\n" for line in lines)

"""What a decision about an exception did, as a person reads it and as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count
from engine.report.findings import printable
from engine.report.json_text import write_json

RESOLUTION_SCHEMA: Literal["miradot/resolution.v1"] = "miradot/resolution.v1"


@with_config(ConfigDict(extra="forbid"))
class ResolutionDocument(TypedDict):
    """A decision, put on record."""

    schema: Literal["miradot/resolution.v1"]
    exception: int
    code: str
    decision: Literal["closed", "happened", "did_not_happen", "contact", "recreate", "undone"]
    by: str
    note: str
    did: Annotated[list[str], Field(description="What follows, in sentences.")]
    waiting: Annotated[list[str], Field(description="Orders that wait for the next sync.")]


def resolution_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("resolution.v1", TypeAdapter(ResolutionDocument))


def render_resolution(document: ResolutionDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    undone = document["decision"] == "undone"
    word = "taken back" if undone else "closed"
    lines = [
        f"exception {document['exception']}  {document['code']}  {word} by {document['by']}",
        *(f"  {one}" for one in document["did"]),
    ]
    orders = document["waiting"]
    if orders:
        verb = "waits" if len(orders) == 1 else "wait"
        lines.append(f"  {count(len(orders), 'order')} {verb} for the next sync: {_some(orders)}")
    if document["decision"] in ("closed", "contact", "recreate"):
        lines.append(f"  to take it back: miradot exceptions undo {document['exception']}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _some(orders: list[str], most: int = 5) -> str:
    more = f" and {len(orders) - most} more" if len(orders) > most else ""
    return ", ".join(orders[:most]) + more

"""What drifted, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_moment
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.width import wrap_text

DRIFT_SCHEMA: Literal["miradot/drift.v1"] = "miradot/drift.v1"
_CLOSED = ConfigDict(extra="forbid")
_SIDES = {
    "payload": "PAYLOAD, against the source lock",
    "target": "TARGET, against the mapping",
    "values": "VALUES, against what we wrote",
    "orphans": "ORPHANS",
}


@with_config(_CLOSED)
class DriftItem(TypedDict):
    """One thing that drifted."""

    side: Literal["payload", "target", "values", "orphans"]
    kind: str
    what: Annotated[str, Field(description="What it is, in a sentence.")]
    number: Annotated[int, Field(description="Orders, records or contacts it was seen on.")]
    examples: Annotated[list[str], Field(description="The first of them.")]
    lines: Annotated[list[str], Field(description="Lines of the mapping that it touches.")]
    do: str


@with_config(_CLOSED)
class LookedAt(TypedDict):
    """How much was looked at."""

    payloads: Annotated[int, Field(description="Versions of orders.")]
    records: int
    contacts: int
    contacts_compared: Annotated[int, Field(description="Those read one by one.")]


@with_config(_CLOSED)
class DriftDocument(TypedDict):
    """What Mirakl and Dotdigital are now, against what the mapping was written for."""

    schema: Literal["miradot/drift.v1"]
    mapping: str
    version: str
    spec_sha256: str
    source: str
    target: str
    at: str
    days: Annotated[int, Field(description="Orders that landed in so many days.")]
    ok: Annotated[bool, Field(description="Whether nothing drifted.")]
    looked_at: LookedAt
    items: list[DriftItem]


def drift_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("drift.v1", TypeAdapter(DriftDocument))


def render_drift(document: DriftDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: DriftDocument) -> Iterator[str]:
    items, looked = document["items"], document["looked_at"]
    verdict = f"{count(len(items), 'thing')} drifted" if items else "nothing drifted"
    name, moment = document["mapping"], tell_moment(document["at"])
    yield f"{name} {document['version']}, {moment}: {verdict}"
    versions = count(looked["payloads"], "version")
    yield from wrap_text(
        f"looked at {versions} of orders that landed in {count(document['days'], 'day')},"
        f" {count(looked['records'], 'record')} and {count(looked['contacts'], 'contact')},"
        f" {looked['contacts_compared']} of them field by field",
        first="  ",
        rest="  ",
    )
    for side, title in _SIDES.items():
        found = [one for one in items if one["side"] == side]
        if found:
            yield ""
            yield title
        for one in found:
            yield from _item_lines(one)


def _item_lines(one: DriftItem) -> Iterator[str]:
    seen = ""
    if one["examples"]:
        more = ", …" if one["number"] > len(one["examples"]) else ""
        seen = f" ({one['number']}: {', '.join(one['examples'])}{more})"
    elif one["number"] > 1:
        seen = f" ({one['number']})"
    yield from _wrap(f"{one['kind']}: {one['what']}{seen}", "  ")
    touched = ", ".join(one["lines"]) or "no line of the mapping"
    yield from _wrap(f"touches: {touched}", "    ")
    yield from _wrap(f"do: {one['do']}", "    ")


def _wrap(text: str, indent: str) -> list[str]:
    return wrap_text(text, first=indent, rest=indent + "    ")

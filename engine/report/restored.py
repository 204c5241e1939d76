"""What follows from a backup that was put back, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.changes.words import count_of
from engine.published import publish
from engine.report.findings import printable
from engine.report.json_text import write_json

RESTORED_SCHEMA: Literal["miradot/restored.v1"] = "miradot/restored.v1"


@with_config(ConfigDict(extra="forbid"))
class RestoredDocument(TypedDict):
    """A database that was put back: until when it knows, and who has to go again."""

    schema: Literal["miradot/restored.v1"]
    as_of: Annotated[str, Field(description="The last moment that the database knows of, UTC.")]
    flows: Annotated[list[str], Field(description="The mappings whose calls are in doubt.")]
    sent: Annotated[bool, Field(description="Whether it was put on record; else only looked.")]
    tombstones: Annotated[int, Field(description="Keyed hashes in the list that was given.")]
    unknown: Annotated[int, Field(description="Those of them that the backup did not have.")]
    people: Annotated[int, Field(description="People erased since who are in the backup.")]
    orders: int
    rows: Annotated[int, Field(description="Rows of theirs that go, or went.")]
    owed: Annotated[int, Field(description="Contacts that Dotdigital has not deleted yet.")]
    compacted: Annotated[
        bool, Field(description="Whether the database was rebuilt without the bytes.")
    ]


def restored_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("restored.v1", TypeAdapter(RestoredDocument))


def is_settled(document: RestoredDocument) -> bool:
    """Whether nothing is left to do."""
    return not document["sent"] or (document["compacted"] and not document["owed"])


def render_restored(document: RestoredDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: RestoredDocument) -> Iterator[str]:
    sent = document["sent"]
    yield f"this database knows of nothing after {document['as_of']}"
    yield f"  in doubt    {', '.join(document['flows'])}: journeys, mails and consent records that"
    yield "              may have been sent since are not sent again; people say what happened"
    kept = count_of(document["tombstones"], "tombstone")
    yield f"  erased      {kept} in the list, {document['unknown']} from after the backup"
    people = count_of(document["people"], "person")
    orders = count_of(document["orders"], "order")
    rows = count_of(document["rows"], "row")
    goes = "gone again" if sent else "to go again"
    yield f"              {people} and {orders} of the backup are {goes}: {rows}"
    if sent and document["owed"]:
        owed = count_of(document["owed"], "contact")
        yield f"  owed        {owed} not deleted yet; each sync tries again"
    if sent and not document["compacted"]:
        yield "  bytes       another process reads the database; the nightly upkeep rebuilds it"
    if not sent:
        yield "nothing was done; --send puts it on record"

"""What an erasure would do, or did, as a person reads it and as JSON; all of it masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count
from engine.report.findings import printable
from engine.report.json_text import write_json

FORGET_SCHEMA: Literal["miradot/forget.v1"] = "miradot/forget.v1"
_TABLES = {
    "order_version": "order version",
    "ledger": "order figure",
    "call": "call",
    "exception": "exception",
    "consent_event": "consent event",
    "alias": "address hash",
    "contact": "mirrored contact",
    "decision": "decision",
    "person": "person",
    "ring": "ring",
}


@with_config(ConfigDict(extra="forbid"))
class ForgetDocument(TypedDict):
    """One erasure: who was found, what goes, and what is left to do."""

    schema: Literal["miradot/forget.v1"]
    by: Annotated[str, Field(description="The kind of identifier; its value is nowhere.")]
    sent: Annotated[bool, Field(description="Whether it was done; else it was only looked.")]
    run: Annotated[str, Field(description="The run; empty when it was only looked.")]
    known: Annotated[bool, Field(description="Whether anything of the person was there.")]
    erased_before: Annotated[bool, Field(description="Whether the identifier was erased already.")]
    people: Annotated[int, Field(description="Keys that the person goes by.")]
    orders: int
    addresses: Annotated[list[str], Field(description="Masked.")]
    rows: Annotated[dict[str, int], Field(description="Rows by table that go, or went.")]
    under_way: Annotated[int, Field(description="Calls that are out; their answers are dropped.")]
    contacts: Annotated[int, Field(description="Contacts in Dotdigital.")]
    deleted: Annotated[int, Field(description="Contacts that Dotdigital has deleted.")]
    owed: Annotated[int, Field(description="Contacts it has not yet; each sync tries again.")]
    traces: Annotated[
        dict[str, int], Field(description="Rows by table that still name the person.")
    ]
    compacted: Annotated[
        bool, Field(description="Whether the database was rebuilt without the bytes.")
    ]


def forget_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("forget.v1", TypeAdapter(ForgetDocument))


def is_whole(document: ForgetDocument) -> bool:
    """Whether nothing is left to do, or to be looked into."""
    found = document["known"] or document["erased_before"]
    if not document["sent"]:
        return found
    return found and document["compacted"] and not document["owed"] and not document["traces"]


def render_forget(document: ForgetDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: ForgetDocument) -> Iterator[str]:
    if not document["known"]:
        before = document["erased_before"]
        yield (
            f"whoever had this {document['by']} was erased before; nothing of them is here"
            if before
            else f"nobody is known by this {document['by']}; nothing was done"
        )
        return
    who = ", ".join(
        [
            count(document["orders"], "order"),
            f"{count(document['contacts'], 'contact')} in Dotdigital",
        ]
    )
    run = f", run {document['run']}" if document["run"] else ""
    yield f"{'erased' if document['sent'] else 'to be erased'} by {document['by']}: {who}{run}"
    if document["addresses"]:
        yield f"  addresses   {', '.join(document['addresses'])}"
    yield f"  here        {_rows(document['rows'])}"
    yield from _told_after(document) if document["sent"] else _told_before(document)
    yield "  kept        keyed hashes, so that nobody comes back; no money, the marketplace has it"
    if not document["sent"]:
        yield "nothing was done; --send erases"


def _told_before(document: ForgetDocument) -> Iterator[str]:
    if document["under_way"]:
        yield f"  under way   {count(document['under_way'], 'call')}, taken from its worker"
    yield "  Dotdigital  records of orders go at once, the contact to its bin for 30 days"


def _told_after(document: ForgetDocument) -> Iterator[str]:
    deleted, owed = document["deleted"], document["owed"]
    yield f"  Dotdigital  {count(deleted, 'contact')} deleted, to its bin for 30 days"
    if owed:
        yield f"  owed        {count(owed, 'contact')} not deleted yet; each sync tries again"
    if document["traces"]:
        yield f"  traces      other rows still name the person: {_rows(document['traces'])}"
    if not document["compacted"]:
        yield "  bytes       another process reads the database; the nightly upkeep rebuilds it"


def _rows(rows: Mapping[str, int]) -> str:
    told = [count(number, _TABLES.get(name, name)) for name, number in rows.items()]
    return ", ".join(told) or "nothing"


def _ending(what: str) -> str:
    return "es" if what.endswith("hash") else "s"

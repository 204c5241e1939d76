"""The audit of consent, as whoever answers for data protection reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_moment
from engine.report.csv import render_csv
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.width import wrap_text

CONSENT_AUDIT_SCHEMA: Literal["miradot/consent-audit.v1"] = "miradot/consent-audit.v1"
_CLOSED = ConfigDict(extra="forbid")
_HEAD = ("kind", "breach", "contact", "status", "by", "order", "call", "explanation", "do")


@with_config(_CLOSED)
class ConsentFinding(TypedDict):
    """Something found about one contact."""

    kind: str
    breach: Annotated[bool, Field(description="False: to be known, and no fault of anybody.")]
    contact: NotRequired[Annotated[int, Field(description="Its number in Dotdigital.")]]
    status: NotRequired[Annotated[str, Field(description="Its status now.")]]
    by: Annotated[
        Literal["miradot", "somebody else", "not known"], Field(description="Whose act it was.")
    ]
    order: NotRequired[str]
    call: NotRequired[Annotated[int, Field(description="The call of ours, by its row.")]]
    said: str
    do: str


@with_config(_CLOSED)
class CreatedView(TypedDict):
    """The contacts that miradot created, by what they are now."""

    contacts: int
    same: Annotated[int, Field(description="As open to mail as they were created.")]
    narrower: Annotated[int, Field(description="Created as subscribed, and no longer.")]
    wider: Annotated[int, Field(description="Created without consent, and subscribed now.")]
    gone: Annotated[int, Field(description="No longer in Dotdigital.")]


@with_config(_CLOSED)
class ConsentAuditDocument(TypedDict):
    """Every contact's status in Dotdigital against what was ever sent."""

    schema: Literal["miradot/consent-audit.v1"]
    mapping: str
    at: str
    ok: Annotated[bool, Field(description="Whether there is no breach.")]
    contacts: int
    statuses: Annotated[dict[str, int], Field(description="Contacts by status.")]
    created: CreatedView
    calls: Annotated[int, Field(description="Calls that were looked at.")]
    purged: Annotated[int, Field(description="Those of which only the row is kept.")]
    findings: list[ConsentFinding]


def consent_audit_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("consent-audit.v1", TypeAdapter(ConsentAuditDocument))


def render_consent_audit(document: ConsentAuditDocument, form: str) -> str:
    """Give the document as `text`, `json` or `csv`."""
    if form == "json":
        return write_json(document)
    if form == "csv":
        return render_csv(_HEAD, _cells(document))
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: ConsentAuditDocument) -> Iterator[str]:
    breaches = [one for one in document["findings"] if one["breach"]]
    notes = [one for one in document["findings"] if not one["breach"]]
    told = count(document["contacts"], "contact")
    verdict = f"BREACHED {count(len(breaches), 'time')}" if breaches else "no breach"
    yield f"consent of {told}, read at {tell_moment(document['at'])}: {verdict}"
    yield ""
    statuses = ", ".join(f"{number} {status}" for status, number in document["statuses"].items())
    yield from _wrap(f"status now      {statuses or 'nobody'}")
    created = document["created"]
    yield from _wrap(
        f"created by us   {created['contacts']}: {created['same']} as they were created,"
        f" {created['narrower']} opted out since, {created['wider']} subscribed since,"
        f" {created['gone']} gone"
    )
    kept = f", of which {document['purged']} are kept without body" if document["purged"] else ""
    yield from _wrap(f"calls of ours   {document['calls']} looked at{kept}")
    if not any(one["kind"] == "status in an update" for one in breaches):
        yield from _wrap("updates         none of those kept whole carried a status")
    for title, found in (("BREACHES", breaches), ("to be known", notes)):
        if found:
            yield ""
            yield title
        for kind in dict.fromkeys(one["kind"] for one in found):
            yield from _kind_lines([one for one in found if one["kind"] == kind])


def _kind_lines(found: list[ConsentFinding]) -> Iterator[str]:
    yield f"  {found[0]['kind']}: {count(len(found), 'time')}"
    yield from wrap_text(found[0]["do"], first="    do: ", rest="        ")
    for one in found:
        name = f"contact {one['contact']}" if "contact" in one else "a contact that is not known"
        order = f", order {one['order']}" if "order" in one else ""
        line = f"{name}{order}: {one['said']} (by {one['by']})"
        yield from wrap_text(line, first="    ", rest="      ")


def _wrap(text: str) -> list[str]:
    return wrap_text(text, first="  ", rest=" " * 18)


def _cells(document: ConsentAuditDocument) -> Iterator[list[str]]:
    for one in document["findings"]:
        yield [
            one["kind"],
            "yes" if one["breach"] else "no",
            str(one.get("contact", "")),
            one.get("status", ""),
            one["by"],
            one.get("order", ""),
            str(one.get("call", "")),
            one["said"],
            one["do"],
        ]

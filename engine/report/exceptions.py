"""The list of exceptions: grouped by cause for people, a row each for a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_age, tell_moment
from engine.report.csv import render_csv
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.width import wrap_text

EXCEPTIONS_SCHEMA: Literal["miradot/exceptions.v1"] = "miradot/exceptions.v1"
_CLOSED = ConfigDict(extra="forbid")
_HEAD = (
    *("id", "code", "level", "owner", "mapping", "order", "state"),
    *("opened_at", "closed_at", "closed_by", "note", "message", "do"),
)


@with_config(_CLOSED)
class ExceptionRow(TypedDict):
    """One exception."""

    id: int
    code: str
    level: Annotated[str, Field(description="hold, review, reject or note")]
    owner: Annotated[str, Field(description="The team that answers for it.")]
    mapping: str
    order: str
    message: Annotated[str, Field(description="The sentence people read.")]
    opened_at: str
    closed_at: NotRequired[str]
    closed_by: NotRequired[str]
    note: NotRequired[str]


@with_config(_CLOSED)
class Cause(TypedDict):
    """All exceptions of one cause."""

    code: str
    level: str
    owner: str
    mapping: str
    say: Annotated[str, Field(description="The sentence, with its names in braces.")]
    first: Annotated[str, Field(description="The sentence of the one that waits longest.")]
    do: Annotated[str, Field(description="What its owner does about it; empty where not said.")]
    exceptions: int
    orders: int
    oldest: Annotated[str, Field(description="When the first of them was opened.")]
    rows: NotRequired[Annotated[list[ExceptionRow], Field(description="With --rows.")]]


@with_config(_CLOSED)
class ExceptionsDocument(TypedDict):
    """What waits for people, or did, by cause."""

    schema: Literal["miradot/exceptions.v1"]
    at: Annotated[str, Field(description="When it was looked at.")]
    state: Literal["open", "closed", "all"]
    causes: list[Cause]


def exceptions_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("exceptions.v1", TypeAdapter(ExceptionsDocument))


def render_exceptions(document: ExceptionsDocument, form: str) -> str:
    """Give the document as `text`, `json` or `csv`; a table needs the rows."""
    if form == "json":
        return write_json(document)
    if form == "csv":
        return render_csv(_HEAD, _cells(document))
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: ExceptionsDocument) -> Iterator[str]:
    causes, word = document["causes"], document["state"]
    state = "" if word == "all" else f" {word}"
    if not causes:
        yield f"no exception{state or ' at all'}"
        return
    number = sum(one["exceptions"] for one in causes)
    yield f"{count(number, 'exception')}{state}, {count(len(causes), 'cause')}"
    for one in causes:
        yield ""
        age = tell_age(one["oldest"], document["at"])
        parts = [one["owner"], one["level"], count(one["orders"], "order"), f"oldest {age} ago"]
        yield f"{one['code']}  {' · '.join(parts)}  ({one['mapping']})"
        if "rows" not in one:
            told = one["first"] + _more(one["exceptions"] - 1)
            yield from wrap_text(told, first="  ", rest="  ")
        if one["do"]:
            yield from wrap_text(one["do"], first="  do: ", rest="      ")
        for row in one.get("rows", []):
            yield from _row_lines(row, document["at"])
    yield ""
    if any("rows" in one for one in causes):
        yield "one in full: miradot exceptions show ID"
    else:
        yield "each of them: miradot exceptions list --rows"


def _more(number: int) -> str:
    return f" … and {number} more" if number else ""


def _row_lines(row: ExceptionRow, now: str) -> Iterator[str]:
    closed = row.get("closed_at")
    when = f"open for {tell_age(row['opened_at'], now)}"
    if closed is not None:
        when = f"closed {tell_moment(closed)} by {row.get('closed_by', '')}: {row.get('note', '')}"
    yield f"    {row['id']:>5}  {row['order']}  {when}"
    yield from wrap_text(row["message"], first=" " * 11, rest=" " * 11)


def _cells(document: ExceptionsDocument) -> Iterator[list[str]]:
    for one in document["causes"]:
        for row in one.get("rows", []):
            yield [
                str(row["id"]),
                row["code"],
                row["level"],
                row["owner"],
                row["mapping"],
                row["order"],
                "closed" if "closed_at" in row else "open",
                row["opened_at"],
                row.get("closed_at", ""),
                row.get("closed_by", ""),
                row.get("note", ""),
                row["message"],
                one["do"],
            ]

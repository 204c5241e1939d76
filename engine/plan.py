"""The plan: what each record becomes. Plain data, the shape of `schemas/plan.v1.schema.json`."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish

PLAN_SCHEMA = "miradot/plan.v1"
Outcome = Literal["planned", "unchanged", "held"]
_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class Call(TypedDict):
    """One call to the target."""

    id: Annotated[str, Field(description="Identifies the effect: send, key and, per version, it.")]
    send: Annotated[str, Field(description="Name of the send in the mapping.")]
    operation: Annotated[str, Field(description="Operation of the target lock.")]
    lane: Literal["event", "batch"]
    method: Annotated[str, Field(description="HTTP method.")]
    path: Annotated[str, Field(description="Path on the target's host, segments encoded.")]
    query: Annotated[dict[str, str], Field(description="Query parameters.")]
    body: Annotated[object, Field(description="JSON body; personal values masked by default.")]
    idempotent: Annotated[bool, Field(description="Whether a repeat changes nothing.")]
    because: Annotated[list[str], Field(description="Lines of the mapping that made the call.")]


@with_config(_CLOSED)
class LeftOut(TypedDict):
    """A send of the mapping that does not apply to this record, and why."""

    send: str
    because: Annotated[str, Field(description="The part of the condition that does not hold.")]
    rule: Annotated[str, Field(description="The line of the mapping.")]


@with_config(_CLOSED)
class RaisedException(TypedDict):
    """An exception raised for a record."""

    code: str
    level: Literal["hold", "review", "note"]
    owner: Annotated[str, Field(description="The team that answers for it.")]
    message: Annotated[str, Field(description="The sentence people read.")]
    at: Annotated[str, Field(description="Where in the record it came up.")]
    rule: Annotated[str, Field(description="The line of the mapping; empty when the engine's own.")]
    retry: Literal["when_record_changes", "when_mapping_changes", "by_hand"]


@with_config(_CLOSED)
class IdentityView(TypedDict):
    """Who the record is about."""

    person: Annotated[str, Field(description="The persistent person key, a hash.")]
    email: Annotated[str, Field(description="The address in masked form.")]
    email_masked: Annotated[
        bool,
        Field(
            description="Whether it, or the address of the contact found, is a relay (masked) one."
        ),
    ]
    contact: Annotated[
        Literal["not_asked", "none", "known"],
        Field(description="What Dotdigital said; not asked: planned as for an unknown address."),
    ]


@with_config(_CLOSED)
class ConsentView(TypedDict):
    """The consent decision."""

    decision: Annotated[str, Field(description="The row's decision.")]
    row: Annotated[int, Field(description="Number of the row that hit, from 1.")]
    because: Annotated[str, Field(description="The row's reason.")]
    may_market: bool
    rule: Annotated[str, Field(description="The line of the row.")]


@with_config(_CLOSED)
class Record(TypedDict):
    """What one record of the source becomes."""

    key: Annotated[str | None, Field(description="The record's key; null when it has none.")]
    order_version: Annotated[str | None, Field(description="The record's version, UTC ISO 8601.")]
    outcome: Outcome
    money: Annotated[
        dict[str, str] | None, Field(description="Currency, and each total as decimal text.")
    ]
    identity: IdentityView | None
    consent: ConsentView | None
    calls: list[Call]
    left_out: list[LeftOut]
    exceptions: list[RaisedException]
    where: NotRequired[Annotated[str, Field(description="Where an unreadable record stood.")]]


@with_config(_CLOSED)
class ExceptionCount(TypedDict):
    """How often an exception came up."""

    code: str
    level: Literal["hold", "review", "note"]
    owner: str
    records: int


@with_config(_CLOSED)
class Summary(TypedDict):
    """The run in figures."""

    records: int
    planned: int
    unchanged: int
    held: int
    calls: Annotated[dict[str, int], Field(description="Number of calls by operation.")]
    net: Annotated[dict[str, str], Field(description="Net of planned records, by currency.")]
    exceptions: list[ExceptionCount]
    contacts: Annotated[
        Literal["asked", "not_asked"], Field(description="Whether Dotdigital's answers were given.")
    ]
    examples: Annotated[
        list[str], Field(description="Parameters that stood at their example value.")
    ]


@with_config(_CLOSED)
class PlanDocument(TypedDict):
    """A whole dry run as one document."""

    schema: Literal["miradot/plan.v1"]
    mapping: str
    version: str
    spec_sha256: str
    records: list[Record]
    summary: Summary


def plan_schema() -> dict[str, object]:
    """Give the JSON Schema of a plan: a whole document, or one record as NDJSON prints it."""
    return publish(
        "plan.v1",
        TypeAdapter(PlanDocument | Record),
        title="miradot plan",
        description="What a dry run prints: one document, or one record a line (NDJSON).",
    )

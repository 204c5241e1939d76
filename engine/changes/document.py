"""The plan of a change as programs read it, the shape of `schemas/changes.v1.schema.json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.changes.cost import CostView
from engine.changes.effects import Severity
from engine.changes.observed import Heading
from engine.changes.version import Bump
from engine.published import publish

CHANGES_SCHEMA: Literal["miradot/changes.v1"] = "miradot/changes.v1"
_CLOSED = ConfigDict(extra="forbid")

Line = Annotated[str, Field(description="A line, `file:line`; of the base where it says so.")]


@with_config(_CLOSED)
class ExampleView(TypedDict):
    """One record's own difference; personal values are masked."""

    record: Annotated[str, Field(description="The record's key.")]
    before: object
    after: object


@with_config(_CLOSED)
class EffectView(TypedDict):
    """One effect over all records replayed."""

    heading: Heading
    kind: Annotated[str, Field(description="What happened, such as widened, removed or new.")]
    subject: Annotated[str, Field(description="To what: a field, a call, a figure, a code.")]
    says: Annotated[str, Field(description="The effect in a sentence.")]
    severity: Severity
    needs: Annotated[Bump, Field(description="The version bump that it asks for.")]
    records: Annotated[int, Field(ge=0, description="How many records show it.")]
    people: Annotated[
        int | None, Field(description="How many people they are; null where none are counted.")
    ]
    amounts: Annotated[
        dict[str, str], Field(description="The change of an amount by currency, decimal text.")
    ]
    lines: Annotated[list[Line], Field(description="The lines of the mapping that caused it.")]
    examples: Annotated[list[ExampleView], Field(description="At most three.")]


@with_config(_CLOSED)
class EditView(TypedDict):
    """One difference between the two versions of the mapping."""

    kind: Literal["added", "removed", "changed"]
    part: Annotated[str, Field(description="What it is, such as `read.state.path`.")]
    line: Line
    shown: Annotated[bool, Field(description="Whether any record replayed shows an effect of it.")]
    wording: Annotated[bool, Field(description="Whether only people read it.")]


@with_config(_CLOSED)
class VersionView(TypedDict):
    """The versions declared, and what the change asks for."""

    old: str
    new: str
    declared: Annotated[Bump | Literal["lowered"], Field(description="The bump between them.")]
    needed: Annotated[Bump, Field(description="The bump that the change needs.")]


@with_config(_CLOSED)
class SamplesView(TypedDict):
    """What was replayed."""

    records: Annotated[int, Field(ge=0)]
    noun: Annotated[str, Field(description="What a record is, such as order.")]
    unreadable: Annotated[int, Field(ge=0, description="What was no record, and was passed over.")]
    files: list[str]
    left_aside: Annotated[list[str], Field(description="Files that hold other things.")]
    contacts: Annotated[str | None, Field(description="The file of recorded contact states.")]


@with_config(_CLOSED)
class FindingView(TypedDict):
    """A problem of the change itself, or one that refuses a mapping."""

    code: str
    severity: Literal["error", "warning"]
    message: str
    effect: str
    help: Annotated[str, Field(description="The way out; empty where there is none to name.")]
    line: Line


@with_config(_CLOSED)
class MappingChanges(TypedDict):
    """What became of one mapping.

    `compared`: both versions were replayed. `new` / `deleted`: one side has none. `refused` /
    `base_refused`: the new or the base version has errors, so nothing can be replayed.
    """

    mapping: str
    path: str
    base: Annotated[str | None, Field(description="Where the base version stands.")]
    status: Literal["compared", "new", "deleted", "refused", "base_refused"]
    version: VersionView | None
    samples: SamplesView | None
    outcomes: Annotated[dict[str, int], Field(description="Records by outcome before → after.")]
    effects: list[EffectView]
    cost: Annotated[list[CostView], Field(description="Calls and minutes by rate tier.")]
    edits: list[EditView]
    findings: list[FindingView]


@with_config(_CLOSED)
class ChangesDocument(TypedDict):
    """What a change does, mapping by mapping."""

    schema: Literal["miradot/changes.v1"]
    base: Annotated[str, Field(description="What was compared with, as it was given.")]
    mappings: list[MappingChanges]


def changes_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("changes.v1", TypeAdapter(ChangesDocument))

"""Test files: cases of a mapping, each an order, its buyer, and what must come of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Name, Owner, Sentence
from engine.spec.params import ParamValue

RelativePath = Annotated[str, StringConstraints(min_length=1, max_length=200)]
PayloadPlace = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])*$"),
]
Moment = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"),
    Field(description="A moment in UTC, such as 2026-03-01T09:00:00Z."),
]
Loose = dict[str, object] | list[object] | str | int | float | bool


class Changed(Concept):
    """What differs from the record taken; places are such as `order_lines[0].refunds`."""

    changes: dict[PayloadPlace, Loose] = Field(
        default_factory=dict, title="Changes", description="Other values, by place in the payload."
    )
    without: list[PayloadPlace] = Field(
        default_factory=list, title="Without", description="Places that are taken out."
    )
    nulls: list[PayloadPlace] = Field(
        default_factory=list, title="Nulls", description="Places that become null."
    )


class ExpectedCall(Concept):
    """What one call must look like; what is not said may be anything."""

    body: dict[str, Loose] | None = Field(
        None,
        title="Body",
        description="Members the body must have. Objects may hold more, lists must be whole. "
        "`(cleared)`: the field is emptied.",
    )
    path: str | None = Field(None, title="Path", description="The path, exactly.")
    id: str | None = Field(
        None,
        title="Id",
        description="What tells the call from others, exactly: the send, its key and, for "
        "`each_version`, the version.",
    )
    lacks: list[str] = Field(
        default_factory=list,
        title="Lacks",
        description="Places of the body that must not be there, such as `dataFields.FIRSTNAME`.",
    )


class ExpectedException(Concept):
    """What one exception must look like; what is not said may be anything."""

    code: ExceptionCode = Field(title="Code", description="The exception.")
    at: str | None = Field(
        None, title="At", description="Where in the record, such as `order_lines[0].price`."
    )
    level: Literal["hold", "review", "note"] | None = Field(
        None, title="Level", description="What becomes of the record."
    )
    owner: Owner | None = Field(None, title="Owner", description="The team that answers for it.")
    retry: Literal["when_record_changes", "when_mapping_changes", "by_hand"] | None = Field(
        None, title="Retry", description="What makes the record be tried again."
    )
    message: str | None = Field(
        None, title="Message", description="The sentence people read, exactly."
    )


class Expectation(Concept):
    """What must come of a record; what is not said may be anything."""

    outcome: Literal["planned", "unchanged", "held"] | None = Field(
        None,
        title="Outcome",
        description="How it ends. `planned`: there are calls. `unchanged`: there is nothing to "
        "send. `held`: an exception stops it.",
    )
    version: Moment | None = Field(
        None, title="Version", description="The record's version, from its own data."
    )
    money: dict[str, str] = Field(
        default_factory=dict, title="Money", description="Amounts reported, as decimal text."
    )
    values: dict[str, Loose | Literal["(missing)"]] = Field(
        default_factory=dict,
        title="Values",
        description="Any name of the mapping that stands once per record, and its value; "
        "`(missing)` when it is not there, `(cleared)` when the field is to be emptied. Amounts "
        "are decimal text.",
    )
    decision: str | None = Field(None, title="Decision", description="The consent decision.")
    row: int | None = Field(None, title="Row", description="The row of the consent table, from 1.")
    calls: dict[Name, ExpectedCall] = Field(
        default_factory=dict, title="Calls", description="Sends that must make a call, by name."
    )
    only_calls: list[Name] | None = Field(
        None, title="Only calls", description="All sends that make a call, in order."
    )
    exceptions: list[ExceptionCode | ExpectedException] | None = Field(
        None,
        title="Exceptions",
        description="All exceptions raised, in order: the code, or a block that says more of it.",
    )
    must_not_send: list[Name] = Field(
        default_factory=list, title="Must not send", description="Sends that must make no call."
    )


class Step(Changed):
    """A later version of the same record, after what came before was delivered."""

    now: Moment | None = Field(None, title="Now", description="The clock, if it has moved.")
    expect: Expectation = Field(title="Expect", description="What must come of it.")


class Case(Changed):
    """One case; exactly one of `record`, `file` and `payload` says where the order comes from."""

    about: Sentence | None = Field(None, title="About", description="Why the case matters.")
    record: str | None = Field(
        None, title="Record", description="Key of a record in the file named by `records`."
    )
    file: RelativePath | None = Field(
        None, title="File", description="A JSON file that holds the one record."
    )
    payload: dict[str, Loose] | None = Field(
        None, title="Payload", description="The record itself."
    )
    contact: str | None = Field(
        None,
        title="Contact",
        description="What Dotdigital says of the buyer: a status of the target lock, `none` for "
        "somebody it does not know, or `unasked`. Without it, the file under `contacts` answers.",
    )
    unlisted_status: str | None = Field(
        None,
        title="Unlisted status",
        description="Instead of `contact`: the buyer is known to Dotdigital under a status that "
        "the target lock does not have.",
    )
    contact_of: Literal["the_buyer", "somebody_else"] = Field(
        "the_buyer",
        title="Contact of",
        description="Whose key the contact carries. `the_buyer`: this record's person. "
        "`somebody_else`: another one, so that the keys disagree.",
    )
    params: dict[Name, ParamValue] = Field(
        default_factory=dict, title="Parameters", description="Values for this case alone."
    )
    now: Moment | None = Field(None, title="Now", description="The clock, for this case alone.")
    expect: Expectation = Field(title="Expect", description="What must come of the record.")
    again: Expectation | None = Field(
        None,
        title="Again",
        description="What must come of the very same record once more, after it was delivered.",
    )
    then: list[Step] = Field(
        default_factory=list,
        title="Then",
        description="Later versions of the record, one after the other, each after delivery.",
    )


class TestFile(Concept):
    """The cases of one mapping, in a file `NAME.test.yaml` beside it."""

    mapping: RelativePath = Field(
        title="Mapping", description="The mapping's file, relative to this one."
    )
    now: Moment = Field(title="Now", description="The clock of every case that names no other.")
    brand: RelativePath | None = Field(
        None, title="Brand", description="A brand file with the parameters' values."
    )
    params: dict[Name, ParamValue] = Field(
        default_factory=dict, title="Parameters", description="Values for all cases."
    )
    records: RelativePath | None = Field(
        None, title="Records", description="A JSON file of records that cases take by their key."
    )
    contacts: RelativePath | None = Field(
        None, title="Contacts", description="Dotdigital's answers, for cases that say nothing."
    )
    cases: dict[str, Case] = Field(
        min_length=1,
        title="Cases",
        description="Each case under a sentence that says what must be so.",
    )

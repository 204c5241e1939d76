"""`read` and `each`: every input once, with its type and an answer to every way it can be empty."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Name, NotBlank, Sentence
from engine.spec.places import TEXT, Takes, TextsReference

ValueType = Literal[
    "text",
    "id",
    "code",
    "choice",
    "boolean",
    "integer",
    "money",
    "instant",
    "day",
    "currency",
    "email",
    "url",
    "ip",
]
Outcome = Annotated[
    str,
    StringConstraints(pattern=r"^(skip|clear|fail [A-Z][A-Z0-9_]{2,39}|use .{0,200})$"),
    Field(
        description="`fail CODE`: raise that exception. `skip`: leave it out. `clear`: empty the "
        "field at the target. `use VALUE`: take this value instead."
    ),
]
PathText = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Outcomes(Concept):
    """What happens when the value is not there or not readable; all four cases must be answered."""

    absent: Outcome | None = Field(
        None, title="Absent", description="The payload has no such member."
    )
    null: Outcome | None = Field(None, title="Null", description="The member is there and null.")
    blank: Outcome | None = Field(
        None, title="Blank", description="An empty text, only blanks, or an empty list."
    )
    unknown: Outcome | None = Field(
        None, title="Unknown", description="Of another type, or a code that is not in the list."
    )
    missing: Outcome | None = Field(
        None, title="Missing", description="Answers absent, null and blank where they are not said."
    )
    otherwise: Outcome | None = Field(
        None, title="Otherwise", description="Answers whichever of the four cases is not said."
    )


class Read(Outcomes):
    """One input: where it stands, what type it has, what to do without it."""

    path: PathText | None = Field(
        None,
        title="Path",
        description="JMESPath that selects the value, such as `customer.locale`. It only selects.",
    )
    custom_field: Annotated[NotBlank, Takes(TEXT)] | None = Field(
        None,
        title="Custom field",
        description="Code of an operator's custom field, or `$param` holding it; instead of path.",
    )
    type: ValueType = Field(
        title="Type",
        description="How the value is read. `text`: any text. `id`: what identifies something, "
        "kept as text. `code`: a word from a list. `choice`: texts turned into words of yours. "
        "`boolean`: true or false. `integer`: a whole number. `money`: an exact amount. "
        "`instant`: a moment, in UTC. `day`: the calendar day of a moment in `zone`. "
        "`currency`: an ISO 4217 code. `email`: an e-mail address. `url`: a web address. "
        "`ip`: an internet address.",
    )
    codes: list[str] | None = Field(
        None, title="Codes", description="The codes accepted; without it, those of the source lock."
    )
    choices: dict[str, list[str] | TextsReference] | None = Field(
        None,
        title="Choices",
        description="For `choice`: your word, and the texts (or a `$param` list) that mean it.",
    )
    zone: Annotated[str, Takes(("timezone",))] | None = Field(
        None, title="Zone", description="For `day`: a time zone name, or the `$param` holding it."
    )
    personal: bool | None = Field(
        None,
        title="Personal",
        description="Whether the value is personal data and masked in output. The lock knows for "
        "paths; a custom field is taken as personal unless this says false.",
    )
    about: Sentence | None = Field(None, title="About", description="A remark for readers.")


class Each(Outcomes):
    """A list that is walked element by element; its reads are taken from each element."""

    path: PathText = Field(title="Path", description="JMESPath that selects the list.")
    key: Name | None = Field(
        None, title="Key", description="The read that tells one element from another."
    )
    repeated: Literal["once"] | Outcome | None = Field(
        None,
        title="Repeated",
        description="When a key comes twice: `once` counts equal elements once; `fail CODE`.",
    )
    conflicting: Annotated[str, StringConstraints(pattern=r"^fail ")] | None = Field(
        None,
        title="Conflicting",
        description="With `repeated: once`: `fail CODE` when two of one key differ.",
    )
    read: dict[Name, Read] = Field(title="Read", description="What is read from each element.")
    each: dict[Name, Each] = Field(
        default_factory=dict, title="Each", description="Lists inside each element."
    )


class RecordKey(Concept):
    """Which reads tell one record, and one version of it, from another."""

    key: Name = Field(title="Key", description="The read that identifies the record.")
    version: Name | None = Field(
        None,
        title="Version",
        description="The instant that moves when it changes; without one, its content decides.",
    )


class ExceptionRule(Concept):
    """What is said, and to whom, when a record cannot simply go through."""

    level: Literal["hold", "review", "note"] = Field(
        title="Level",
        description="What becomes of the record. `hold`: nothing of it is sent. `review`: the "
        "same, and a person must decide. `note`: it goes on, and the remark is kept.",
    )
    owner: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")] = Field(
        title="Owner", description="The team that answers for it."
    )
    say: Sentence = Field(
        title="Say",
        description="The sentence people read; `{{ name }}` inserts a value, `{{ value }}` the "
        "offending one. Personal values are always masked here.",
    )
    do: Sentence | None = Field(
        None,
        title="Do",
        description="What its owner does about it, in a sentence; the handbook tells it.",
    )
    retry: Literal["when_record_changes", "when_mapping_changes", "by_hand"] = Field(
        title="Retry",
        description="What makes the record be tried again. `when_record_changes`: a new version of "
        "it. `when_mapping_changes`: a new version of this mapping. `by_hand`: a person.",
    )


NothingToSend = ExceptionCode

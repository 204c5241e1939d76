"""`consent`: a decision table in which exactly one row hits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Reference, Sentence

Decision = Annotated[
    str,
    StringConstraints(
        pattern=r"^(add_subscribed|add_unsubscribed|leave|hold [A-Z][A-Z0-9_]{2,39})$"
    ),
    Field(
        description="`add_subscribed` / `add_unsubscribed`: create the contact with that status. "
        "`leave`: the contact's status stays as Dotdigital has it. `hold CODE`: send nothing."
    ),
]


class ConsentRow(Concept):
    """One row: the values each fact may have, the decision, and its reason."""

    if_: dict[str, list[str] | Literal["any", "rest"]] = Field(
        alias="if",
        title="If",
        description="A list of values per fact; `any`: every value; `rest`: every value that no "
        "other row names for this fact. A row with `rest` may never widen.",
    )
    do: Decision = Field(title="Do", description="The decision.")
    may_market: bool = Field(
        title="May market", description="Whether marketing lists and programmes may follow."
    )
    because: Sentence = Field(title="Because", description="The reason, in a sentence people read.")


class Consent(Concept):
    """The consent decision for one channel."""

    channel: Literal["email"] = Field(title="Channel", description="The channel decided on.")
    facts: dict[str, Reference] = Field(
        title="Facts",
        description="The table's columns and where each value comes from: `contact.status` (what "
        "Dotdigital says), `address.kind` (real or relay), or a read of type choice or code.",
    )
    rows: list[ConsentRow] = Field(min_length=1, title="Rows", description="The table.")
    unknown_status: ExceptionCode = Field(
        title="Unknown status",
        description="Raised when Dotdigital gives a status that the target lock does not know.",
    )

"""`consent`: a decision table in which exactly one row hits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Name, Reference, Sentence
from engine.spec.places import TextReference
from engine.spec.send import LiteralValue

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
        "Dotdigital says), `address.kind` (real or relay), `consent.evidence`, or a read of type "
        "choice or code.",
    )
    opt_in: dict[str, list[str]] = Field(
        default_factory=dict,
        title="Opt-in",
        description="The answers that give consent, by fact. Only a row limited to them may "
        "subscribe, and what stands in for a missing answer is never one of them.",
    )
    evidence: dict[Name, Reference | TextReference | LiteralValue] = Field(
        default_factory=dict,
        title="Evidence",
        description="The parts of the record that proves an opt-in. With it there is the fact "
        "`consent.evidence`: `whole` when every part is there, else `partial`. Only a row limited "
        "to `whole` may subscribe.",
    )
    rows: list[ConsentRow] = Field(min_length=1, title="Rows", description="The table.")
    unknown_status: ExceptionCode = Field(
        title="Unknown status",
        description="Raised when Dotdigital gives a status that the target lock does not know.",
    )

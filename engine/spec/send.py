"""`send`: the operations of the target, each with its key, order, repeat, age and condition."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from engine.spec.base import Concept, Name, Reference, Sentence
from engine.spec.condition import When
from engine.spec.places import ListReference, SlotReference, ValueReference

_TIMEDELTA: TypeAdapter[timedelta] = TypeAdapter(timedelta)


class LiteralValue(Concept):
    """A fixed value."""

    literal: str | int | bool = Field(title="Literal", description="The value itself.")


class Objects(Concept):
    """A list of objects, one per element of a list that is walked."""

    each: Reference = Field(title="Each", description="The list, such as `lines`.")
    fields: dict[str, Scalar] = Field(title="Fields", description="The members of each object.")


Scalar = Reference | ValueReference | LiteralValue
SlotValue = Reference | SlotReference | LiteralValue
Value = Scalar | Objects
Objects.model_rebuild()


class ListItem(Concept):
    """A list a contact is added to."""

    add: ListReference = Field(title="Add", description="The parameter that names the list.")
    when: When | None = Field(None, title="When", description="Only then.")


class AgeLimit(Concept):
    """An age beyond which the call is left out, so that history never starts a journey."""

    of: Name = Field(title="Of", description="The instant whose age counts.")
    at_most: Annotated[str, StringConstraints(pattern=r"^P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?)?$")] = (
        Field(title="At most", description="An ISO 8601 duration such as `P14D` or `PT6H`.")
    )

    def as_timedelta(self) -> timedelta:
        """Give the limit as a duration."""
        return _TIMEDELTA.validate_python(self.at_most)


class Send(Concept):
    """One call to the target."""

    about: Sentence = Field(title="About", description="What the call does, in plain words.")
    operation: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+$")] = Field(
        title="Operation", description="An operation of the target lock, such as `contacts.create`."
    )
    when: When | None = Field(None, title="When", description="Only then; without it, always.")
    key: list[Reference] = Field(
        min_length=1,
        title="Key",
        description="What the call is about: calls of one key never run side by side.",
    )
    order: Literal["newest_version_wins", "any"] = Field(
        title="Order",
        description="What an older version may do. `newest_version_wins`: an older version never "
        "overwrites a newer one. `any`: the order of the calls makes no difference.",
    )
    repeat: Literal["each_version", "once"] = Field(
        title="Repeat",
        description="How often a call is made. `once`: one call per key, ever. `each_version`: one "
        "per version.",
    )
    age: AgeLimit | None = Field(None, title="Age", description="How old the record may be.")
    to: dict[Name, SlotValue] = Field(
        default_factory=dict, title="To", description="The operation's own inputs, by name."
    )
    fields: dict[str, Value] = Field(
        default_factory=dict,
        title="Fields",
        description="Target field by field: data fields, or the members of a record.",
    )
    lists: list[ListItem] = Field(
        default_factory=list, title="Lists", description="Lists the contact is added to."
    )
    evidence: bool = Field(
        default=False,
        title="Evidence",
        description="Whether whoever is created as subscribed takes the consent record along, "
        "whose parts stand under `consent.evidence`.",
    )

"""The mapping file as a whole: grammar version 1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Name, Owner, Sentence
from engine.spec.consent import Consent
from engine.spec.identity import Identity
from engine.spec.money import Money
from engine.spec.params import Param
from engine.spec.read import Each, ExceptionRule, Read, RecordKey
from engine.spec.send import Send
from engine.spec.text import Lifetime, Text
from engine.spec.usability import Floor


class DataField(Concept):
    """A data field of the Dotdigital account that this mapping writes."""

    type: Literal["String", "Numeric", "Date", "Boolean"] = Field(
        title="Type", description="The type the account holds for it."
    )
    about: Sentence = Field(title="About", description="What the field tells a marketer.")


class MappingSpec(Concept):
    """A mapping: what is read, how it is judged, and which calls it becomes."""

    mapping: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")] = Field(
        title="Mapping", description="Name of the mapping; it never changes."
    )
    title: Sentence = Field(title="Title", description="What it does, in a line.")
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")] = Field(
        title="Version", description="Version of this mapping: major.minor.patch."
    )
    language: Literal[1] = Field(title="Language", description="Version of the mapping language.")
    owner: Owner = Field(title="Owner", description="The team that owns this mapping.")
    source: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+@[0-9]{4}-[0-9]{2}$")] = (
        Field(
            title="Source",
            description="The source lock, `name@version`, such as mirakl.order@2026-07.",
        )
    )
    target: Annotated[str, StringConstraints(pattern=r"^[a-z]+@[0-9]{4}-[0-9]{2}$")] = Field(
        title="Target", description="The target lock, `name@version`, such as dotdigital@2026-08."
    )
    params: dict[Name, Param] = Field(
        default_factory=dict, title="Parameters", description="What differs between brands."
    )
    record: RecordKey = Field(title="Record", description="What identifies a record and version.")
    read: dict[Name, Read] = Field(title="Read", description="Every input, once.")
    each: dict[Name, Each] = Field(
        default_factory=dict, title="Each", description="The lists that are walked."
    )
    money: Money | None = Field(None, title="Money", description="The amounts.")
    identity: Identity | None = Field(None, title="Identity", description="Who it is about.")
    consent: Consent | None = Field(None, title="Consent", description="May we market to them?")
    text: dict[Name, Text] = Field(
        default_factory=dict, title="Text", description="Texts composed of reads."
    )
    lifetime: Lifetime | None = Field(
        None, title="Lifetime", description="Figures over all of a person's records."
    )
    data_fields: dict[str, DataField] = Field(
        default_factory=dict,
        title="Data fields",
        description="The account's data fields this mapping writes, beyond the built-in ones.",
    )
    send: dict[Name, Send] = Field(
        min_length=1, title="Send", description="The calls a record becomes, in order."
    )
    usability: list[Floor] = Field(
        default_factory=list,
        title="Usability",
        description="Floors: how often fields must be filled in what was delivered.",
    )
    nothing_to_send: ExceptionCode = Field(
        title="Nothing to send", description="Raised when no call applies: nothing is silent."
    )
    exceptions: dict[ExceptionCode, ExceptionRule] = Field(
        min_length=1, title="Exceptions", description="Every exception, with owner and sentence."
    )

"""`identity`: who the record is about, and which addresses are not a person's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Name, NotBlank
from engine.spec.places import TEXT, Takes, TextsReference


class Person(Concept):
    """The persistent key of a person: a hash, so that the source's id stays private."""

    from_: Name = Field(
        alias="from", title="From", description="The read that holds the source's customer id."
    )
    scope: Annotated[NotBlank, Takes(TEXT)] = Field(
        title="Scope",
        description="Text (or `$param`) hashed with the id: ids are unique per operator only.",
    )


class Relay(Concept):
    """How a relay (masked) address is recognised. It is never marketed to."""

    domains: TextsReference | list[NotBlank] = Field(
        title="Domains", description="An address at, or under, one of these domains is a relay."
    )
    masked_shapes: bool = Field(
        title="Masked shapes",
        description="Also treat `*`, `xxxx` and `anon+hex` shapes as relay addresses.",
    )


class Identity(Concept):
    """How a record finds its contact."""

    person: Person = Field(title="Person", description="The persistent key of the person.")
    address: list[Name] = Field(
        min_length=1, title="Address", description="E-mail reads in order; the first given is used."
    )
    relay: Relay = Field(title="Relay", description="Which addresses are relays.")
    person_field: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,20}$")] = Field(
        title="Person field", description="The data field in which contacts carry the person key."
    )
    no_address: ExceptionCode = Field(
        title="No address", description="Raised when there is no address to reach the person by."
    )
    no_person: ExceptionCode = Field(
        title="No person", description="Raised when the customer id is missing."
    )
    keys_disagree: ExceptionCode = Field(
        title="Keys disagree",
        description="Raised when the address and the person key lead to different contacts.",
    )

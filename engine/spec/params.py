"""Parameters: what differs between brands, typed, with a default or an example."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, Name, Sentence

ParamValue = str | int | bool | list[str]


class Param(Concept):
    """One parameter of a mapping."""

    type: Literal[
        "text",
        "texts",
        "integer",
        "boolean",
        "choice",
        "timezone",
        "list_id",
        "programme_id",
        "campaign_id",
    ] = Field(
        title="Type",
        description="What the value is. `text`: one text. `texts`: a list of texts. `integer`: a "
        "whole number. `boolean`: true or false. `choice`: one of `choices`. `timezone`: a name "
        "such as Europe/London. `list_id`: number of a list in Dotdigital. `programme_id`: number "
        "of a programme there. `campaign_id`: number of a campaign there.",
    )
    about: Sentence = Field(title="About", description="What it means, for the brand's own people.")
    default: ParamValue | None = Field(
        None, title="Default", description="The value where the brand says nothing."
    )
    example: ParamValue | None = Field(
        None,
        title="Example",
        description="Stands in for the brand's own value in a dry run only; delivery refuses it.",
    )
    choices: list[str] | None = Field(
        None, title="Choices", description="The values that a `choice` may take."
    )
    purpose: Literal["marketing", "service"] | None = Field(
        None,
        title="Purpose",
        description="What a list, programme or campaign is for. `marketing`: may only reach "
        "people who may be marketed to. `service`: may reach every buyer, never to advertise.",
    )


class Brand(Concept):
    """A brand file: the values one brand gives to a mapping's parameters."""

    brand: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")] = Field(
        title="Brand", description="Short name of the brand."
    )
    mapping: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")] = Field(
        title="Mapping", description="The mapping these values are for."
    )
    params: dict[Name, ParamValue] = Field(
        title="Parameters", description="A value for each parameter that differs from its default."
    )

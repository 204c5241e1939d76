"""What an explanation holds. Plain data, the shape of `schemas/explanation.v1.schema.json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish

_CLOSED = ConfigDict(extra="forbid")
_Rule = Annotated[str, Field(description="The line of the mapping, file:line; may be empty.")]
_Shown = Annotated[
    str | None, Field(description="The value as text, masked when personal; null when not there.")
]


@with_config(_CLOSED)
class Element(TypedDict):
    """One thing from outside that was looked at: a part of the record, or what else took part."""

    source: Annotated[
        Literal["record", "contact", "param", "clock"],
        Field(
            description="Where it is from: the record, Dotdigital's answer and what was sent "
            "before, a parameter, or the moment of the run."
        ),
    ]
    at: Annotated[str, Field(description="Its exact place, such as order_lines[0].price.")]
    name: Annotated[str, Field(description="Its name in the mapping; may be empty.")]
    value: _Shown
    made_difference: Annotated[
        bool | None,
        Field(
            description="Whether another valid value there would have changed the answer (in "
            "`steps` the value, in `call` whether the call is made, in `elements` either); null "
            "when that was not tried, as for parameters."
        ),
    ]


@with_config(_CLOSED)
class LeftOutPart(TypedDict):
    """Something that could have counted and did not."""

    at: Annotated[str, Field(description="Its exact place.")]
    value: _Shown
    because: Annotated[str, Field(description="Why it does not count, in a sentence.")]
    rule: _Rule


@with_config(_CLOSED)
class Step(TypedDict):
    """One step on the way back from a value: what it is, by which line, and what it is made of."""

    name: Annotated[str, Field(description="Name of the value in the mapping; may be empty.")]
    value: _Shown
    amount: Annotated[
        str | None,
        Field(
            description="What it adds to the step above, signed decimal text; null when that is "
            "no sum."
        ),
    ]
    says: Annotated[str, Field(description="The step in one sentence.")]
    rule: _Rule
    element: Annotated[
        Element | None, Field(description="Where the way back ends; null when it goes on.")
    ]
    parts: Annotated[list[Step], Field(description="What it is made of; amounts add up to it.")]
    looked_at: Annotated[list[Step], Field(description="What decided about it.")]
    left_out: list[LeftOutPart]


@with_config(_CLOSED)
class Addend(TypedDict):
    """One amount of the column that adds up to the value."""

    amount: Annotated[str, Field(description="Signed decimal text.")]
    at: Annotated[str, Field(description="The exact place of the amount.")]
    source: Literal["record", "contact", "param", "clock"]
    name: Annotated[str, Field(description="Its name in the mapping.")]


@with_config(_CLOSED)
class Explanation(TypedDict):
    """Where one value of a plan came from."""

    schema: Literal["miradot/explanation.v1"]
    mapping: str
    version: str
    key: Annotated[str | None, Field(description="The record's key.")]
    field: Annotated[str, Field(description="The value asked for, by its full name.")]
    value: Annotated[object, Field(description="The value in the plan; null when there is none.")]
    currency: Annotated[str | None, Field(description="For amounts, the currency.")]
    answer: Annotated[str, Field(description="The answer in one sentence.")]
    steps: Annotated[Step, Field(description="How the value came about.")]
    call: Annotated[
        Step | None, Field(description="For a value of a call: why that call is made, or is not.")
    ]
    addends: Annotated[
        list[Addend], Field(description="For an amount: what adds up to it, zeros left out.")
    ]
    elements: Annotated[
        list[Element], Field(description="Everything from outside that was looked at, once each.")
    ]
    left_out: Annotated[
        list[LeftOutPart], Field(description="Everything that did not count, once each.")
    ]


def explanation_schema() -> dict[str, object]:
    """Give the JSON Schema of an explanation."""
    return publish(
        "explanation.v1",
        TypeAdapter(Explanation),
        title="miradot explanation",
        description="Where one value of a plan came from.",
    )

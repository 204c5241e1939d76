"""Conditions: the one way to say when something applies, in `when`, `where` and consent rows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, Reference
from engine.spec.places import CellReference

Number = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"),
    Field(description='A number as text, such as "0" or "12.50".'),
]


class NoneOf(Concept):
    """True when the value is there and is none of these."""

    none_of: list[str] | CellReference = Field(
        title="None of", description="Values that must not occur."
    )


class Bound(Concept):
    """True when the number is there and lies within the bounds."""

    above: Number | None = Field(None, title="Above", description="Greater than this.")
    at_least: Number | None = Field(None, title="At least", description="This or more.")
    below: Number | None = Field(None, title="Below", description="Less than this.")
    at_most: Number | None = Field(None, title="At most", description="This or less.")


Cell = list[str] | CellReference | Literal["given", "missing"] | NoneOf | Bound
Condition = Annotated[
    dict[Reference, Cell],
    Field(
        min_length=1,
        description="All must hold. A list: one of these values. `given` / `missing`: there or "
        "not. `none_of`: none of these values. `above`, `at_least`, `below`, `at_most`: numbers.",
    ),
]
When = Annotated[
    Condition | Annotated[list[Condition], Field(min_length=1)],
    Field(description="A condition, or a list of conditions of which one must hold."),
]


def alternatives_of(when: When | None) -> list[Condition]:
    """Give the conditions of which one must hold; none when nothing is asked."""
    return when if isinstance(when, list) else [when] if when is not None else []

"""`usability`: how often fields must be filled in what was delivered, and how fresh they must be.

Floors judge what was delivered; no order is treated otherwise because of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, TypeAdapter

from engine.spec.base import Concept
from engine.spec.send import Objects, Send

Segment = Literal["all", "real", "relay", "subscribed", "not_subscribed"]
SEGMENTS: tuple[Segment, ...] = get_args(Segment)
_TIMEDELTA = TypeAdapter(timedelta)


class Floor(Concept):
    """One floor: a field of a call, for whom, and how often it must be filled."""

    field: Annotated[
        str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[^\s.\[\]]+(\[\]\.[^\s.\[\]]+)?$")
    ] = Field(
        title="Field",
        description="A field of a send, `order_record.order_total`; of the objects of a list, "
        "`order_record.products[].brand`.",
    )
    segment: Segment = Field(
        title="Segment",
        description="Whose orders count: all, those with a real or a relay address, those of people"
        " who are subscribed or not.",
    )
    floor: Annotated[float, Field(gt=0, le=100)] = Field(
        title="Floor", description="In how many percent of these orders it must be filled."
    )
    fresh_within: (
        Annotated[str, StringConstraints(pattern=r"^P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?)?$")] | None
    ) = Field(
        None,
        title="Fresh within",
        description="How old the newest of these orders that fills it may be: an ISO 8601 duration"
        " such as `P30D`.",
    )
    about: Annotated[str, StringConstraints(min_length=3, max_length=500)] = Field(
        title="About", description="What stops working below it."
    )

    @property
    def longest(self) -> timedelta | None:
        """How old the newest order that fills it may be; None where it may be of any age."""
        return None if self.fresh_within is None else _TIMEDELTA.validate_python(self.fresh_within)


def list_fields(sends: Mapping[str, Send]) -> Iterator[tuple[str, str, str]]:
    """Give every field that takes a value of the record: its send, its name and the value's."""
    for name, send in sends.items():
        for member, value in send.fields.items():
            if isinstance(value, Objects):
                for inner, scalar in value.fields.items():
                    if isinstance(scalar, str) and not scalar.startswith("$"):
                        yield name, f"{member}[].{inner}", scalar
            elif isinstance(value, str) and not value.startswith("$"):
                yield name, member, value

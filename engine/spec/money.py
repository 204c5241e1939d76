"""`money`: the only arithmetic of the language, exact and in one currency, with its rules."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Name, Reference, Sentence
from engine.spec.condition import Condition, Number
from engine.spec.places import ChoiceReference

TERM = re.compile(r"([+-]?)\s*([a-z][a-z0-9_.]*)")


CALC = re.compile(rf"\s*{TERM.pattern}(?:\s*[+-]\s*[a-z][a-z0-9_.]*)*\s*")


def terms_of(calc: str) -> list[tuple[str, str]]:
    """Give the terms of `a + b - c` as sign and name."""
    return [(sign or "+", name) for sign, name in TERM.findall(calc)]


class Total(Concept):
    """One amount: a `sum` of amounts read, a `calc` of totals, or a `choose` by parameter."""

    about: Sentence | None = Field(None, title="About", description="What the amount means.")
    sum: list[Reference] | None = Field(
        None, title="Sum", description="Amounts added up over the lists they stand in."
    )
    where: Condition | None = Field(
        None, title="Where", description="Only elements for which this holds are added."
    )
    leaves: dict[str, Sentence] = Field(
        default_factory=dict,
        title="Leaves",
        description="Codes of refunds that `where` leaves out on purpose, each with the reason.",
    )
    calc: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = Field(
        None, title="Calc", description="Totals joined by `+` and `-`."
    )
    choose: ChoiceReference | None = Field(
        None, title="Choose", description="A `choice` parameter that picks one of `among`."
    )
    among: dict[str, Reference] | None = Field(
        None, title="Among", description="For each choice of the parameter, the total taken."
    )


class Equation(Concept):
    """A rule about totals that must hold; otherwise the exception is raised."""

    rule: Annotated[
        str,
        StringConstraints(
            pattern=r"^[a-z][a-z0-9_.]* (==|>=|<=|>|<) ([a-z][a-z0-9_.]*|-?[0-9]+(\.[0-9]+)?)$"
        ),
    ] = Field(title="Rule", description="`name == name`, or `<=`, `>=`, `<`, `>`, or a number.")
    within: Number | None = Field(
        None, title="Within", description="For `==`: the difference still accepted."
    )
    otherwise: ExceptionCode = Field(
        title="Otherwise", description="The exception raised when the rule does not hold."
    )


class Money(Concept):
    """The amounts of a record."""

    currency: Name = Field(title="Currency", description="The read that gives the currency code.")
    totals: dict[Reference, Total] = Field(
        title="Totals",
        description="Each amount by name, in reading order; `lines.net` is one amount per line.",
    )
    must_hold: list[Equation] = Field(
        title="Must hold", description="Equations checked on every record."
    )
    report: list[Name] = Field(
        title="Report", description="The totals that plans and pages show, in this order."
    )

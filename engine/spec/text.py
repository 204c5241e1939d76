"""`text` and `lifetime`: texts composed of reads, and figures over all of a person's records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept, ExceptionCode, Name, Reference, Sentence
from engine.spec.condition import Condition
from engine.spec.read import Outcome


class Text(Concept):
    """A text: a Jinja2 `template`, or the values of a list `join`ed."""

    template: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = Field(
        None, title="Template", description="Jinja2 text: `{{ name }}`, filters, `if`/`else`."
    )
    join: Reference | None = Field(
        None, title="Join", description="A read of a list, such as `lines.brand`."
    )
    separator: str | None = Field(
        None, title="Separator", description="What stands between the joined values."
    )
    distinct: bool | None = Field(
        None, title="Distinct", description="With `join`: each value once, in order of appearance."
    )
    missing: Outcome = Field(
        title="Missing", description="What happens when a name it uses is not there."
    )
    about: Sentence | None = Field(None, title="About", description="A remark for readers.")


class Figure(Concept):
    """One figure over all of a person's records."""

    kind: Literal["count", "total", "earliest", "latest"] = Field(
        title="Kind",
        description="How the shares of all records become one figure. `count`: their number. "
        "`total`: their sum. `earliest`: the first moment. `latest`: the last moment.",
    )
    of: Reference | None = Field(
        None, title="Of", description="The value each record contributes; not for `count`."
    )
    missing: Outcome = Field(
        title="Missing", description="What happens when no record contributes."
    )


class Lifetime(Concept):
    """Figures over all records of a person; each record holds one share, a repeat replaces it."""

    only: Condition = Field(
        title="Only", description="Records that count; sends can ask for it as `record.counts`."
    )
    mixed_currency: ExceptionCode = Field(
        title="Mixed currency",
        description="Raised when the person's records are in different currencies.",
    )
    figures: dict[Name, Figure] = Field(title="Figures", description="Each figure by name.")

"""The audit as plain data, the shape of `schemas/orders-audit.v1.schema.json`.

It holds figures, names of the mapping and codes of the locks; nothing out of a record but codes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish

AUDIT_SCHEMA: Literal["miradot/orders-audit.v1"] = "miradot/orders-audit.v1"
_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class ReadView(TypedDict):
    """What was read, and how much of it counts."""

    files: int
    records: Annotated[int, Field(description="Everything that stood where an order should.")]
    unreadable: Annotated[int, Field(description="No order could be read there.")]
    places: Annotated[list[str], Field(description="Where the first of those stand.")]
    older: Annotated[int, Field(description="Older versions of orders that come again.")]
    orders: Annotated[int, Field(description="Orders that the figures are about.")]


@with_config(_CLOSED)
class OutcomeView(TypedDict):
    """What a backfill would make of the orders, were nobody known to the target."""

    sent: int
    without_calls: Annotated[int, Field(description="Nothing to send, such as no sale yet.")]
    held: int
    sales: Annotated[int, Field(description="Orders, not held, that count as a sale.")]


@with_config(_CLOSED)
class PeopleView(TypedDict):
    """Who bought; every person stands under the best address of any of their orders."""

    people: int
    real: int
    relay: int
    no_address: int
    orders_of_nobody: Annotated[int, Field(description="Orders that name no customer.")]
    marketable: Annotated[
        int, Field(description="People whom the consent table would let be marketed to, as new.")
    ]
    both_answers: Annotated[int, Field(description="People who said yes once and no once.")]
    by_orders: Annotated[dict[str, int], Field(description="People by how often they bought.")]


@with_config(_CLOSED)
class AnswerView(TypedDict):
    """One answer to the question for consent."""

    answer: Annotated[str, Field(description="The mapping's word for it.")]
    meaning: Literal["yes", "no", "not given", "unclear"]
    orders: int
    people: int
    whole_proof: Annotated[int, Field(description="Orders that carry the whole proof.")]


@with_config(_CLOSED)
class FieldView(TypedDict):
    """How often one field that the mapping reads is filled."""

    name: Annotated[str, Field(description="The name in the mapping.")]
    place: Annotated[str, Field(description="Where it stands in the record.")]
    seen: Annotated[int, Field(description="Orders, or elements of lists, that could hold it.")]
    filled: int
    empty: Annotated[int, Field(description="Not there, null, or blank.")]
    unreadable: Annotated[int, Field(description="Orders in which it could not be read.")]
    stands_in: Annotated[
        str, Field(description="The amount that an empty field means; '' where it means none.")
    ]
    serves: Annotated[list[str], Field(description="Purposes that take it, directly or not.")]


@with_config(_CLOSED)
class PurposeView(TypedDict):
    """One purpose, and how well the fields it takes are filled."""

    purpose: str
    fields: int
    full: Annotated[list[str], Field(description="Fields filled in at least 95 of 100.")]
    part: Annotated[list[str], Field(description="Fields that are filled less often.")]
    never: Annotated[list[str], Field(description="Fields that are always empty.")]
    unseen: Annotated[list[str], Field(description="Fields of lists that had no element.")]


@with_config(_CLOSED)
class TotalView(TypedDict):
    """One total that the mapping reports, over the orders that are sales."""

    name: str
    amount: Annotated[str, Field(description="Exact, decimal text.")]
    share: Annotated[str, Field(description="Percent of the first total; '' of nothing.")]
    orders: Annotated[int, Field(description="Orders in which it is not zero.")]


@with_config(_CLOSED)
class MoneyView(TypedDict):
    """The money of one currency."""

    currency: str
    orders: int
    totals: list[TotalView]


@with_config(_CLOSED)
class CodeView(TypedDict):
    """How often a code stands in the orders."""

    name: str
    place: str
    code: str
    times: int
    known: Annotated[bool, Field(description="Whether the locks list it.")]


@with_config(_CLOSED)
class HeldView(TypedDict):
    """Orders that would be held, or noted, by cause."""

    code: str
    level: str
    owner: str
    orders: int
    say: Annotated[str, Field(description="The mapping's sentence; {{ }} is filled in.")]
    do: Annotated[str, Field(description="What is to be done, where the mapping says so.")]


@with_config(_CLOSED)
class DateView(TypedDict):
    """The days that a moment of the orders lies between."""

    name: str
    place: str
    orders: int
    oldest: str
    newest: str
    days_old: Annotated[int, Field(description="Whole days from the newest to the clock.")]
    last_30_days: int
    last_365_days: int


@with_config(_CLOSED)
class TierView(TypedDict):
    """Calls of one rate tier."""

    tier: str
    calls: int
    minutes: Annotated[float | None, Field(description="At the limit; null where there is none.")]
    limit: str


@with_config(_CLOSED)
class EffortView(TypedDict):
    """What it takes to bring the orders over in one way."""

    calls: int
    hours: Annotated[float, Field(description="All tiers one after the other.")]
    tiers: list[TierView]


@with_config(_CLOSED)
class AuditDocument(TypedDict):
    """What an export of orders supports of a mapping."""

    schema: Literal["miradot/orders-audit.v1"]
    mapping: str
    version: str
    at: str
    read: ReadView
    outcomes: OutcomeView
    people: PeopleView
    answers: list[AnswerView]
    purposes: list[PurposeView]
    fields: list[FieldView]
    money: list[MoneyView]
    codes: list[CodeView]
    held: list[HeldView]
    dates: list[DateView]
    by_imports: EffortView
    one_by_one: EffortView
    examples: Annotated[list[str], Field(description="Parameters that stood at their example.")]


def audit_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("orders-audit.v1", TypeAdapter(AuditDocument))

"""A month reconciled, as finance reads it: text, JSON, a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from textwrap import wrap
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_moment
from engine.report.csv import render_csv
from engine.report.findings import printable
from engine.report.json_text import write_json

RECONCILIATION_SCHEMA: Literal["miradot/reconciliation.v1"] = "miradot/reconciliation.v1"
_CLOSED = ConfigDict(extra="forbid")
_WIDTH = 96
_HEAD = (
    *("row", "month", "mapping", "order", "currency", "mirakl", "ledger", "dotdigital"),
    *("dotdigital_less_mirakl", "cause", "explanation", "exceptions", "owner", "do"),
)
SIDE_NAMES = ("Mirakl", "our ledger", "Dotdigital")
NO_LOG = "Mirakl's transaction log (TL02) was not read: three sides are compared, not four."


@with_config(_CLOSED)
class SideTotal(TypedDict):
    """One side in one currency."""

    orders: int
    total: Annotated[str, Field(description="Decimal text.")]


@with_config(_CLOSED)
class CurrencyTotals(TypedDict):
    """The three sides in one currency."""

    currency: Annotated[str, Field(description="ISO 4217; empty where a record names none.")]
    mirakl: SideTotal
    ledger: SideTotal
    dotdigital: SideTotal
    differences: Annotated[int, Field(description="Orders on which the sides disagree.")]


@with_config(_CLOSED)
class CauseView(TypedDict):
    """One cause of differences, and what to do about it."""

    cause: str
    orders: int
    do: str


@with_config(_CLOSED)
class DifferenceView(TypedDict):
    """An order on which the sides disagree; a side that has nothing is left out."""

    order: str
    currency: Annotated[str, Field(description="That of the first side that has it.")]
    mirakl: NotRequired[str]
    ledger: NotRequired[str]
    dotdigital: NotRequired[str]
    gap: NotRequired[
        Annotated[str, Field(description="Dotdigital less Mirakl; nothing counts as zero.")]
    ]
    cause: str
    said: Annotated[str, Field(description="The cause in a sentence.")]
    codes: Annotated[list[str], Field(description="Exceptions for which it is held or rejected.")]
    owner: Annotated[str, Field(description="The team that answers for them; else empty.")]


@with_config(_CLOSED)
class ReconciliationDocument(TypedDict):
    """A month of orders by their day of creation, held against each other on three sides."""

    schema: Literal["miradot/reconciliation.v1"]
    mapping: str
    version: str
    spec_sha256: str
    month: str
    zone: Annotated[str, Field(description="The zone in which the month begins and ends.")]
    start: str
    end: Annotated[str, Field(description="The end of the month, not part of it.")]
    at: Annotated[str, Field(description="When the sides were read.")]
    over: Annotated[bool, Field(description="Whether the month is over.")]
    agree: bool
    total: Annotated[str, Field(description="The total of the mapping that is compared.")]
    collection: str
    rule: Annotated[str, Field(description="The line of the mapping that puts it into records.")]
    currencies: list[CurrencyTotals]
    agreed: Annotated[int, Field(description="Orders on which all three sides agree.")]
    no_sale: Annotated[int, Field(description="Orders that are no sale, and have no record.")]
    left_out: Annotated[int, Field(description="Orders of people who were erased; in no sum.")]
    causes: list[CauseView]
    differences: list[DifferenceView]
    transaction_log: Annotated[Literal["not read"], Field(description=NO_LOG)]


def reconciliation_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("reconciliation.v1", TypeAdapter(ReconciliationDocument))


def render_reconciliation(document: ReconciliationDocument, form: str) -> str:
    """Give the document as `text`, `json` or `csv`."""
    if form == "json":
        return write_json(document)
    if form == "csv":
        return render_csv(_HEAD, _cells(document))
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def verdict_of(document: ReconciliationDocument) -> str:
    """Give the outcome in a sentence."""
    if document["agree"]:
        orders = count(document["agreed"], "order")
        return f"the three sides agree to the penny on {orders}"
    orders = count(len(document["differences"]), "order")
    return f"the sides DISAGREE on {orders}; they agree on {document['agreed']}"


def asides_of(document: ReconciliationDocument) -> Iterator[str]:
    """Give what a reader has to know of the figures, in sentences."""
    yield (
        f"Orders created in {document['month']} (days in {document['zone']}); Mirakl was read anew"
        f" at {tell_moment(document['at'])}, each order counted by the mapping's total"
        f" {document['total']} ({document['rule']})."
    )
    if not document["over"]:
        yield "The month is not over: these are its figures so far."
    if document["no_sale"]:
        orders = count(document["no_sale"], "order")
        yield f"Not counted, as they are no sale yet or no longer: {orders}."
    if document["left_out"]:
        orders = count(document["left_out"], "order")
        yield f"Left out of every sum, as their buyers were erased: {orders}."
    yield NO_LOG


def group_thousands(amount: str) -> str:
    """Give an amount as people write it: 12,345.60; '' stays so."""
    whole, dot, rest = amount.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}{dot}{rest}" if whole else ""


def sides_of(totals: CurrencyTotals) -> tuple[SideTotal, SideTotal, SideTotal]:
    """Give the sides in the order of `SIDE_NAMES`."""
    return totals["mirakl"], totals["ledger"], totals["dotdigital"]


def amounts_of(one: DifferenceView) -> tuple[str, str, str]:
    """Give what each side says of an order, '' where it has nothing."""
    return one.get("mirakl", ""), one.get("ledger", ""), one.get("dotdigital", "")


def _lines(document: ReconciliationDocument) -> Iterator[str]:
    name, version = document["mapping"], document["version"]
    yield f"{name} {version}, {document['month']}: {verdict_of(document)}"
    for one in document["currencies"]:
        yield ""
        title = one["currency"] or "(no currency)"
        yield f"  {title:<14}{'orders':>9}{document['total']:>18}"
        for name, total in zip(SIDE_NAMES, sides_of(one), strict=True):
            amount = group_thousands(total["total"])
            yield f"  {name:<14}{total['orders']:>9,}{amount:>18}"
    if not document["currencies"]:
        yield ""
        yield "  no sale in this month on any side"
    if document["differences"]:
        yield ""
        yield from _cause_lines(document)
    else:
        yield ""
    for aside in asides_of(document):
        yield from wrap(aside, _WIDTH, subsequent_indent="  ")


def _cause_lines(document: ReconciliationDocument) -> Iterator[str]:
    wide = max(len(one["order"]) for one in document["differences"])
    heads = "".join(f"{name:>14}" for name in SIDE_NAMES)
    yield f"  {'':<{wide}}       {heads}"
    for cause in document["causes"]:
        found = [one for one in document["differences"] if one["cause"] == cause["cause"]]
        said = {tell_cause(one["cause"], one["said"]) for one in found}
        title = said.pop() if len(said) == 1 else cause["cause"]
        yield from _wrap(f"{count(cause['orders'], 'order')}: {title}", "  ")
        yield from _wrap(f"do: {cause['do']}", "    ")
        for one in found:
            amounts = [group_thousands(amount) or "-" for amount in amounts_of(one)]
            told = "".join(f"{amount:>14}" for amount in amounts)
            yield f"    {one['order']:<{wide}}  {one['currency']:<3}{told}"
            if said:
                yield from _wrap(one["said"], " " * 8)
        yield ""


def _wrap(text: str, indent: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def tell_cause(cause: str, said: str) -> str:
    """Give a cause with its sentence, which may begin with it."""
    return said if said.startswith(cause) else f"{cause}: {said}"


def _cells(document: ReconciliationDocument) -> Iterator[list[str | Decimal]]:
    """Give a row for each difference, and below them the sums: a sheet says all there is."""
    advice = {one["cause"]: one["do"] for one in document["causes"]}
    month, mapping = document["month"], document["mapping"]
    for one in document["differences"]:
        sides = [_amount(amount) for amount in amounts_of(one)]
        yield [
            *("difference", month, mapping, one["order"], one["currency"], *sides),
            _amount(one.get("gap", "")),
            *(one["cause"], one["said"], " ".join(one["codes"]), one["owner"]),
            advice[one["cause"]],
        ]
    for total in document["currencies"]:
        sums = [_amount(one["total"]) for one in sides_of(total)]
        orders = ", ".join(
            f"{name} {one['orders']}" for name, one in zip(SIDE_NAMES, sides_of(total), strict=True)
        )
        verdict = "the sides agree" if not total["differences"] else "the sides disagree"
        yield [
            *("total", month, mapping, "", total["currency"], *sums, ""),
            *(verdict, f"orders: {orders}", "", "", ""),
        ]


def _amount(text: object) -> str | Decimal:
    return Decimal(str(text)) if text else ""

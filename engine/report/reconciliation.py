"""A month reconciled, as finance reads it: text, JSON, a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_moment
from engine.report.csv import render_csv
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.width import wrap_text

RECONCILIATION_SCHEMA: Literal["miradot/reconciliation.v1"] = "miradot/reconciliation.v1"
_CLOSED = ConfigDict(extra="forbid")
_HEAD = (
    *("row", "month", "mapping", "order", "currency", "mirakl", "ledger", "dotdigital", "booked"),
    *("dotdigital_less_mirakl", "cause", "explanation", "exceptions", "owner", "do"),
)
SIDE_NAMES = ("Mirakl", "our ledger", "Dotdigital", "Mirakl's books")
"""The sides in their order; where Mirakl's books were not read there are the first three."""
_THREE = 3


@with_config(_CLOSED)
class SideTotal(TypedDict):
    """One side in one currency."""

    orders: int
    total: Annotated[str, Field(description="Decimal text.")]


@with_config(_CLOSED)
class CurrencyTotals(TypedDict):
    """The sides in one currency."""

    currency: Annotated[str, Field(description="ISO 4217; empty where a record names none.")]
    mirakl: SideTotal
    ledger: SideTotal
    dotdigital: SideTotal
    booked: NotRequired[
        Annotated[SideTotal, Field(description="By Mirakl's transaction log, where it was read.")]
    ]
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
    booked: NotRequired[str]
    gap: NotRequired[
        Annotated[str, Field(description="Dotdigital less Mirakl; nothing counts as zero.")]
    ]
    cause: str
    said: Annotated[str, Field(description="The cause in a sentence.")]
    codes: Annotated[list[str], Field(description="Exceptions for which it is held or rejected.")]
    owner: Annotated[str, Field(description="The team that answers for them; else empty.")]


@with_config(_CLOSED)
class AdjustmentView(TypedDict):
    """Money of the month that Mirakl booked for no order; it is in no sum of the sides."""

    type: Annotated[str, Field(description="As Mirakl's transaction log calls it.")]
    currency: str
    lines: int
    amount: Annotated[str, Field(description="Decimal text; below zero the seller pays.")]


@with_config(_CLOSED)
class CycleSums(TypedDict):
    """What a billing cycle is about, as decimal text, tax in."""

    orders: str
    refunds: str
    transferred: Annotated[str, Field(description="To the seller, after fees and adjustments.")]


@with_config(_CLOSED)
class CycleView(TypedDict):
    """A billing cycle made in the month, and what the transaction log's lines in it add up to."""

    id: str
    created: str
    currency: str
    told: CycleSums
    booked: NotRequired[CycleSums]
    agree: bool


@with_config(_CLOSED)
class ReconciliationDocument(TypedDict):
    """A month of orders by their day of creation, held against each other on three sides or four.

    The fourth is what Mirakl booked, where the key may read that.
    """

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
    agreed: Annotated[int, Field(description="Orders on which all sides that were read agree.")]
    no_sale: Annotated[int, Field(description="Orders that are no sale, and have no record.")]
    left_out: Annotated[int, Field(description="Orders of people who were erased; in no sum.")]
    causes: list[CauseView]
    differences: list[DifferenceView]
    transaction_log: Literal["read", "not read"]
    transaction_log_unread: NotRequired[Annotated[str, Field(description="Why it was not read.")]]
    adjustments: NotRequired[list[AdjustmentView]]
    billing_cycles: NotRequired[list[CycleView]]
    billing_cycles_unread: NotRequired[Annotated[str, Field(description="Why they were not read.")]]


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
        return f"the {count_sides(document)} sides agree to the penny on {orders}"
    found = [count(len(document["differences"]), "order")] if document["differences"] else []
    wrong = sum(not one["agree"] for one in document.get("billing_cycles", []))
    found += [count(wrong, "billing cycle")] if wrong else []
    told = " and ".join(found)
    return f"the sides DISAGREE on {told}; they agree on {count(document['agreed'], 'order')}"


def count_sides(document: ReconciliationDocument) -> str:
    """Give how many sides were read, in a word."""
    return "four" if document["transaction_log"] == "read" else "three"


def names_of(document: ReconciliationDocument) -> tuple[str, ...]:
    """Give the names of the sides that were read."""
    return SIDE_NAMES if document["transaction_log"] == "read" else SIDE_NAMES[:_THREE]


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
    yield from _log_asides(document)


def _log_asides(document: ReconciliationDocument) -> Iterator[str]:
    """Give what there is to know of Mirakl's books."""
    if document["transaction_log"] == "read":
        yield (
            "Mirakl's books are its transaction log (TL02): what shoppers paid and got back for the"
            " same orders, tax in."
        )
        for one in document.get("adjustments", []):
            amount = f"{group_thousands(one['amount'])} {one['currency']}"
            lines = count(one["lines"], "line")
            told = f"{one['type']} {amount} ({lines})"
            yield f"Booked in the month for no order, and in no sum: {told}."
    else:
        why = document.get("transaction_log_unread")
        told = f"not read: {why}" if why else "not read"
        yield f"Mirakl's transaction log (TL02) was {told}. Three sides are compared, not four."
    unread = document.get("billing_cycles_unread")
    if unread:
        yield f"Mirakl's billing cycles (SBC11) were not read: {unread}."


def group_thousands(amount: str) -> str:
    """Give an amount as people write it: 12,345.60; '' stays so."""
    whole, dot, rest = amount.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}{dot}{rest}" if whole else ""


def sides_of(totals: CurrencyTotals) -> tuple[SideTotal, ...]:
    """Give the sides that were read, in the order of `SIDE_NAMES`."""
    three = totals["mirakl"], totals["ledger"], totals["dotdigital"]
    return (*three, totals["booked"]) if "booked" in totals else three


def amounts_of(one: DifferenceView) -> tuple[str, str, str, str]:
    """Give what each side says of an order, '' where it has nothing or was not read."""
    three = one.get("mirakl", ""), one.get("ledger", ""), one.get("dotdigital", "")
    return (*three, one.get("booked", ""))


def _lines(document: ReconciliationDocument) -> Iterator[str]:
    name, version = document["mapping"], document["version"]
    yield f"{name} {version}, {document['month']}: {verdict_of(document)}"
    for one in document["currencies"]:
        yield ""
        title = one["currency"] or "(no currency)"
        yield f"  {title:<14}{'orders':>9}{document['total']:>18}"
        for name, total in zip(names_of(document), sides_of(one), strict=True):
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
    if document.get("billing_cycles"):
        yield from _cycle_lines(document)
        yield ""
    for aside in asides_of(document):
        yield from wrap_text(aside, rest="  ")


def _cycle_lines(document: ReconciliationDocument) -> Iterator[str]:
    yield f"  {'billing cycles':<26}{'orders':>14}{'refunds':>14}{'transferred':>14}"
    for one in document.get("billing_cycles", []):
        yield _cycle_line(f"{one['created'][:10]} {one['currency']}, told", one["told"])
        if "booked" not in one:
            continue
        if one["agree"]:
            yield f"  {'':<26}its lines in the transaction log add up to that"
        else:
            yield _cycle_line("             DISAGREES, booked", one["booked"])


def _cycle_line(name: str, sums: CycleSums) -> str:
    amounts = (sums["orders"], sums["refunds"], sums["transferred"])
    return f"  {name:<26}" + "".join(f"{group_thousands(one):>14}" for one in amounts)


def _cause_lines(document: ReconciliationDocument) -> Iterator[str]:
    wide = max(len(one["order"]) for one in document["differences"])
    names = names_of(document)
    heads = "".join(f"{name:>16}" for name in names)
    yield f"  {'':<{wide}}       {heads}"
    for cause in document["causes"]:
        found = [one for one in document["differences"] if one["cause"] == cause["cause"]]
        said = {tell_cause(one["cause"], one["said"]) for one in found}
        title = said.pop() if len(said) == 1 else cause["cause"]
        yield from _wrap(f"{count(cause['orders'], 'order')}: {title}", "  ")
        yield from _wrap(f"do: {cause['do']}", "    ")
        for one in found:
            amounts = [group_thousands(one) or "-" for one in amounts_of(one)[: len(names)]]
            told = "".join(f"{amount:>16}" for amount in amounts)
            yield f"    {one['order']:<{wide}}  {one['currency']:<3}{told}"
            if said:
                yield from _wrap(one["said"], " " * 8)
        yield ""


def _wrap(text: str, indent: str) -> list[str]:
    return wrap_text(text, first=indent, rest=indent + "  ")


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
        sums += [""] * (len(SIDE_NAMES) - len(sums))
        orders = ", ".join(
            f"{name} {one['orders']}"
            for name, one in zip(names_of(document), sides_of(total), strict=True)
        )
        verdict = "the sides agree" if not total["differences"] else "the sides disagree"
        yield [
            *("total", month, mapping, "", total["currency"], *sums, ""),
            *(verdict, f"orders: {orders}", "", "", ""),
        ]
    yield from _book_cells(document)


def _book_cells(document: ReconciliationDocument) -> Iterator[list[str | Decimal]]:
    """Give a row for each adjustment, and one for each billing cycle."""
    month, mapping = document["month"], document["mapping"]
    for one in document.get("adjustments", []):
        yield [
            *("adjustment", month, mapping, "", one["currency"], "", "", ""),
            *(_amount(one["amount"]), "", one["type"]),
            *(f"lines: {one['lines']}; for no order, and in no sum", "", "", ""),
        ]
    for cycle in document.get("billing_cycles", []):
        told, booked = cycle["told"], cycle.get("booked")
        verdict = "the cycle agrees" if cycle["agree"] else "the cycle disagrees"
        yield [
            *("billing cycle", month, mapping, cycle["id"], cycle["currency"]),
            *(_amount(told["transferred"]), "", ""),
            *(_amount(booked["transferred"]) if booked else "", "", verdict if booked else ""),
            *(f"transferred for {told['orders']} of orders, {told['refunds']} refunds", "", "", ""),
        ]


def _amount(text: object) -> str | Decimal:
    return Decimal(str(text)) if text else ""

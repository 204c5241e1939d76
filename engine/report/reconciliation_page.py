"""A month reconciled, as a page that needs nothing else and can be filed with the month's books."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.handbook.blocks import (
    Block,
    Bullets,
    Handbook,
    Paragraph,
    Row,
    Section,
    Table,
    as_text,
    capital,
    code,
    say,
    sentence,
)
from engine.report.ages import tell_moment
from engine.report.handbook_html import render_handbook_page
from engine.report.reconciliation import (
    CycleSums,
    CycleView,
    DifferenceView,
    ReconciliationDocument,
    SideTotal,
    amounts_of,
    asides_of,
    count_sides,
    group_thousands,
    names_of,
    sides_of,
    tell_cause,
    verdict_of,
)


def render_reconciliation_page(document: ReconciliationDocument) -> str:
    """Give the page, in the look of the handbook."""
    sections = [
        Section(f"The {count_sides(document)} sides", tuple(_tell_sides(document))),
        Section("How to read this", (_tell_reading(document),)),
    ]
    if document["differences"]:
        sections[1:1] = [
            Section("Why they differ", (_tell_causes(document),)),
            Section("Order by order", tuple(_tell_orders(document))),
        ]
    if document.get("billing_cycles"):
        sections.insert(-1, Section("Billing cycles", (_tell_cycles(document),)))
    page = Handbook(
        mapping=document["mapping"],
        version=document["version"],
        title=f"Reconciliation of {document['month']}",
        lead=sentence(capital(verdict_of(document))),
        facts=(
            ("Mapping", say("{}", code(f"{document['mapping']} {document['version']}"))),
            ("Month", say(f"{document['month']}, days in {document['zone']}")),
            ("Read at", say(tell_moment(document["at"]))),
            ("Checksum (SHA-256)", say("{}", code(document["spec_sha256"]))),
        ),
        sections=tuple(sections),
        kind="Reconciliation",
    )
    return render_handbook_page(page)


def _tell_sides(document: ReconciliationDocument) -> Iterator[Block]:
    if not document["currencies"]:
        yield Paragraph(say("There is no sale in this month on any side."))
    for one in document["currencies"]:
        currency = one["currency"] or "no currency"
        yield Table(
            caption=f"{document['total'].capitalize()} in {currency}",
            columns=("Side", "Orders", "Total", "Against Mirakl"),
            rows=tuple(
                _tell_side(name, side, one["mirakl"])
                for name, side in zip(names_of(document), sides_of(one), strict=True)
            ),
            figures=frozenset({1, 2, 3}),
        )


def _tell_side(name: str, own: SideTotal, mirakl: SideTotal) -> Row:
    gap = Decimal(own["total"]) - Decimal(mirakl["total"])
    return Row(
        (
            capital(name),
            as_text(f"{own['orders']:,}"),
            as_text(group_thousands(own["total"])),
            as_text("" if own is mirakl else group_thousands(format(gap, "f"))),
        )
    )


def _tell_causes(document: ReconciliationDocument) -> Table:
    rows = [
        Row((capital(one["cause"]), as_text(str(one["orders"])), sentence(one["do"])))
        for one in document["causes"]
    ]
    return Table("Causes, the most frequent first", ("Cause", "Orders", "What to do"), tuple(rows))


def _tell_orders(document: ReconciliationDocument) -> Iterator[Table]:
    names = names_of(document)
    heads = tuple(name[:1].upper() + name[1:] for name in names)
    for currency in dict.fromkeys(one["currency"] for one in document["differences"]):
        found = [one for one in document["differences"] if one["currency"] == currency]
        yield Table(
            caption=f"Orders in {currency or 'no currency'} on which the sides disagree",
            columns=("Order", *heads, "Cause"),
            rows=tuple(_tell_order(one, len(names)) for one in found),
            figures=frozenset(range(1, len(names) + 1)),
        )


def _tell_order(one: DifferenceView, sides: int) -> Row:
    amounts = [as_text(group_thousands(amount) or "none") for amount in amounts_of(one)[:sides]]
    said = sentence(capital(tell_cause(one["cause"], one["said"])))
    return Row((as_text(one["order"]), *amounts, said))


def _tell_cycles(document: ReconciliationDocument) -> Table:
    rows: list[Row] = []
    for one in document.get("billing_cycles", []):
        rows.append(_tell_cycle(one, "told", one["told"], ""))
        if "booked" in one:
            verdict = "agrees" if one["agree"] else "DISAGREES"
            rows.append(_tell_cycle(one, "booked", one["booked"], verdict))
    columns = ("Cycle", "As", "Orders", "Refunds", "Transferred", "Outcome")
    caption = "Billing cycles of the month, and what their lines in the transaction log add up to"
    return Table(caption, columns, tuple(rows), figures=frozenset({2, 3, 4}))


def _tell_cycle(one: CycleView, told_as: str, sums: CycleSums, verdict: str) -> Row:
    amounts = (sums["orders"], sums["refunds"], sums["transferred"])
    cells = (f"{one['created'][:10]} {one['currency']}", told_as, *map(group_thousands, amounts))
    return Row(tuple(as_text(cell) for cell in (*cells, verdict)))


def _tell_reading(document: ReconciliationDocument) -> Bullets:
    return Bullets(tuple(as_text(one) for one in asides_of(document)))

"""The proven consent table as a person reads it, and for a pull request."""

from __future__ import annotations

from textwrap import wrap

from engine.proof.consent import ConsentDocument, RowView
from engine.report.csv import render_csv
from engine.report.findings import printable
from engine.report.markdown import table_row

_WIDTH = 100
_VALUES_SHOWN = 6


def render_consent_text(document: ConsentDocument) -> str:
    """Give the facts, the table, and what was proved."""
    title = f"{document['mapping']} {document['version']}: {document['channel']} consent"
    lines = [f"{title}, proved for all {document['cases']} cases", ""]
    for fact in document["facts"]:
        values = fact["values"]
        shown = ", ".join(values[:_VALUES_SHOWN])
        more = f" and {len(values) - _VALUES_SHOWN} more" if len(values) > _VALUES_SHOWN else ""
        lines.append(f"  {fact['fact']:<9} {fact['comes_from']}: {shown}{more}")
    for row in document["rows"]:
        lines += ["", *_row_lines(row)]
    lines += ["", "  proved"]
    for claim in document["proved"]:
        lines += wrap(claim, _WIDTH, initial_indent="    - ", subsequent_indent="      ")
    return "\n".join(printable(line) for line in lines) + "\n"


def _row_lines(row: RowView) -> list[str]:
    market = "may market" if row["may_market"] else "no marketing"
    cases = f"{row['cases']} case{'' if row['cases'] == 1 else 's'}"
    head = f"  {row['row']:>2}  {row['decision']}, {market}"
    when = " · ".join(f"{fact}: {cell}" for fact, cell in row["when"].items() if cell != "any")
    lines = [f"{head:<{_WIDTH - len(cases) - len(row['rule']) - 3}} {cases}  {row['rule']}"]
    for text in (when or "in every case", row["because"]):
        lines += wrap(text, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 8)
    return lines


def render_consent_markdown(document: ConsentDocument) -> str:
    """Give the table and what was proved."""
    facts = [fact["fact"] for fact in document["facts"]]
    head = ["row", *facts, "decision", "may market", "because"]
    title = f"{document['mapping']} {document['version']}: {document['channel']} consent"
    lines = [
        f"### {title}, {document['cases']} cases",
        "",
        "| " + " | ".join(head) + " |",
        "| " + " | ".join("---" for _ in head) + " |",
    ]
    for row in document["rows"]:
        cells = [str(row["row"]), *(row["when"][fact] for fact in facts), row["decision"]]
        lines.append(table_row([*cells, "yes" if row["may_market"] else "no", row["because"]]))
    lines += ["", *(f"- {claim}" for claim in document["proved"])]
    return "\n".join(lines) + "\n"


def render_consent_csv(document: ConsentDocument) -> str:
    """Give the table for a spreadsheet."""
    facts = [fact["fact"] for fact in document["facts"]]
    return render_csv(
        ("row", *facts, "decision", "may market", "because", "cases", "rule"),
        (
            (
                *(str(row["row"]), *(row["when"][fact] for fact in facts), row["decision"]),
                *("yes" if row["may_market"] else "no", row["because"]),
                *(str(row["cases"]), row["rule"]),
            )
            for row in document["rows"]
        ),
    )

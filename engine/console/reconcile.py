"""`miradot reconcile`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import show_report, talk

_FILE = click.Path(path_type=Path)


@click.command("reconcile")
@click.argument("mapping", required=False, type=_FILE)
@click.option("--brand", type=_FILE, metavar="FILE", help="Brand file with parameter values.")
@click.option("--month", required=True, metavar="YYYY-MM", help="Orders created in this month.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "csv", "html"]),
    default="text",
    help="How the result is printed.",
)
@click.option("--out", type=_FILE, metavar="FILE", help="Write it there instead of printing it.")
@click.pass_obj
def command(
    color: str, /, month: str, output_format: str, out: Path | None, **files: Path | None
) -> int:
    """Compare a month in Mirakl, our ledger and Dotdigital.

    Every order created in the month is read from Mirakl anew, counted by the mapping's own money
    section, and held against our ledger and Dotdigital's Insight records, to the penny. Each
    difference has a cause and what to do about it. Nothing is landed and nothing is sent.

    Where the key may read them, what Mirakl booked (TL02) is the fourth side, and its billing
    cycles (SBC11) are held against it. Exits 1 when the sides disagree.
    """
    with needs_sync():
        from engine.commands.reconcile import ReconcileRequest, tell_reconciliation
        from engine.commands.run import Refused
        from engine.commands.writing import write_whole
        from engine.report.reconciliation import render_reconciliation, verdict_of
        from engine.report.reconciliation_page import render_reconciliation_page

    request = ReconcileRequest(files["mapping"], files["brand"], month)
    try:
        document = tell_reconciliation(request)
    except Refused as refused:
        return tell_refused(refused.problems, color)
    if output_format == "html":
        text = render_reconciliation_page(document)
    else:
        text = render_reconciliation(document, output_format)
    if out is None:
        show_report(text, output_format)
    else:
        write_whole(out, text.encode())
        talk(f"wrote {out}: {verdict_of(document)}\n")
    return 0 if document["agree"] else 1

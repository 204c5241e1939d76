"""`miradot usability`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import show_report

_FILE = click.Path(path_type=Path)


@click.command("usability")
@click.argument("mapping", required=False, type=_FILE)
@click.option("--brand", type=_FILE, metavar="FILE", help="Brand file with parameter values.")
@click.option(
    "--since", required=True, metavar="TIME", help="What was sent since: 24h, 7d, 2w, or a day."
)
@click.option(
    "--floor",
    "floors",
    multiple=True,
    metavar="FIELD=PERCENT",
    help="Instead of the mapping's floors of a field: order_record.products[].brand=95.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How it is printed.",
)
@click.pass_obj
def command(
    color: str, /, since: str, floors: tuple[str, ...], output_format: str, **files: Path | None
) -> int:
    """Tell how usable what was delivered is.

    For each field of each call: how often it was filled, for whom, and when last; where one fell,
    since which order, and where in the order it comes from. For each programme: who is ready. Reads
    our own database only. Exits 1 when a field is below a floor that the mapping declares.
    """
    with needs_sync():
        from engine.commands.run import Refused
        from engine.commands.usability import UsabilityRequest, tell_usability
        from engine.report.usability import render_usability

    request = UsabilityRequest(files["mapping"], files["brand"], since, floors)
    try:
        document = tell_usability(request)
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_usability(document, output_format), output_format)
    return 0 if document["ok"] else 1

"""`miradot drift`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import show_report

_FILE = click.Path(path_type=Path)


@click.command("drift")
@click.argument("mapping", required=False, type=_FILE)
@click.option("--brand", type=_FILE, metavar="FILE", help="Brand file with parameter values.")
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    default=7,
    show_default=True,
    help="Look at orders that landed in so many days, the latest 1000 at most.",
)
@click.option(
    "--sample",
    type=click.IntRange(0, 1000),
    default=20,
    show_default=True,
    help="Compare so many contacts field by field; each costs a call.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the result is printed.",
)
@click.pass_obj
def command(color: str, /, days: int, sample: int, output_format: str, **files: Path | None) -> int:
    """Tell what changed on both sides under the mapping.

    Fields, codes, types and nulls in orders that the source lock does not know; data fields,
    collections, programmes, lists and statuses that are not as the mapping wants them; records and
    contacts that hold other values than we wrote; orphans on both sides. Each item names the lines
    of the mapping it touches, and what to do. Nothing is written. Exits 1 when something drifted.
    """
    with needs_sync():
        from engine.commands.drift import DriftRequest, tell_drift
        from engine.commands.run import Refused
        from engine.report.drift import render_drift

    try:
        document = tell_drift(DriftRequest(files["mapping"], files["brand"], days, sample))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_drift(document, output_format), output_format)
    return 0 if document["ok"] else 1

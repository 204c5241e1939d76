"""`miradot backfill`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from engine.console.extras import needs_sync
from engine.console.progress import telling
from engine.console.request import tell_refused
from engine.console.terminal import show_report

_FILE = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
_WORDS = {"reading": "windows read", "landing": "windows landed", "settling": "versions settled"}


@click.command("backfill")
@click.argument("mapping", required=False, type=_FILE)
@click.option("--brand", type=_FILE, metavar="FILE", help="Brand file; else the setting.")
@click.option("--from", "start", required=True, type=_DAY, metavar="DAY", help="First day (UTC).")
@click.option("--to", "end", required=True, type=_DAY, metavar="DAY", help="Last day, included.")
@click.option(
    "--window",
    "window_days",
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Days in an export, at most a year.",
)
@click.option("--dry-run", is_flag=True, help="Only say what it would take (the default).")
@click.option("--send", is_flag=True, help="Land and deliver it.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the result is printed.",
)
@click.pass_obj
def command(color: str, /, output_format: str, *, dry_run: bool, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Deliver the orders of past days.

    Live orders go first, and killed, it goes on where it was. Without --send it is a forecast:
    orders are read from Mirakl and planned, and nothing is kept.
    """
    with needs_sync():
        from engine.commands.backfill import BackfillRequest, backfill
        from engine.commands.run import Refused
        from engine.report.backfill import is_fine, render_backfill

    if dry_run and options["send"]:
        raise click.UsageError("--dry-run and --send exclude each other")
    days = {name: _as_day(options.pop(name)) for name in ("start", "end")}
    try:
        with telling(_WORDS) as tell:
            document = backfill(BackfillRequest(**days, **options), tell)
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_backfill(document, output_format), output_format)
    return 0 if is_fine(document) else 1


def _as_day(moment: datetime) -> Any:  # noqa: ANN401 - a date, for **
    return moment.date()

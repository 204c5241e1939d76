"""`miradot sync`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import show


@click.command("sync")
@click.argument("mapping", required=False, type=click.Path(path_type=Path))
@click.option(
    "--brand",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Brand file with parameter values.",
)
@click.option("--once", is_flag=True, help="Read and deliver once, then end.")
@click.option("--until-idle", is_flag=True, help="End when nothing waits any more.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the result is printed.",
)
@click.pass_obj
def command(color: str, /, output_format: str, *, once: bool, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Keep Mirakl and Dotdigital in step.

    Reads what changed in Mirakl and delivers it to Dotdigital, with everything that waits.

    Settings come from MIRADOT_ variables; `miradot status --settings` shows them.
    """
    with needs_sync():
        from engine.commands.run import Refused
        from engine.commands.sync import SyncRequest, sync
        from engine.report.sync import render_sync

    if not (once or options["until_idle"]):
        raise click.UsageError("say how long: --once or --until-idle")
    try:
        document = sync(SyncRequest(**options))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show(render_sync(document, output_format))
    outcomes = document["outcomes"]
    return 1 if outcomes["held"] or outcomes["rejected"] or document["note"] else 0

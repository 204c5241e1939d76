"""`miradot restored`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import show_report

_FILE = click.Path(path_type=Path)


@click.command("restored")
@click.option(
    "--erased", type=_FILE, metavar="FILE", help="Who was erased: what forget --list printed last."
)
@click.option("--nobody-erased", is_flag=True, help="Nobody was erased since the backup was made.")
@click.option("--mapping", type=_FILE, metavar="FILE", help="The mapping; else the setting.")
@click.option("--brand", type=_FILE, metavar="FILE", help="Brand file; else the setting.")
@click.option("--dry-run", is_flag=True, help="Only say what follows (the default).")
@click.option("--send", is_flag=True, help="Put it on record, before anything else runs.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the result is printed.",
)
@click.pass_obj
def command(color: str, /, output_format: str, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Say that the database was put back from a backup.

    What came after the backup is read and sent again, since that is harmless, but for what must
    not be repeated: that waits for people. Whoever was erased since goes again. Call it after
    every restore, before sync or serve run. Without --send it only says what follows.
    """
    with needs_sync():
        from engine.commands.restored import RestoredRequest, restored
        from engine.commands.run import Refused
        from engine.report.restored import is_settled, render_restored

    nobody, dry = options.pop("nobody_erased"), options.pop("dry_run")
    if dry and options["send"]:
        raise click.UsageError("--dry-run and --send exclude each other")
    if nobody == bool(options["erased"]) and (nobody or options["send"]):
        raise click.UsageError(
            "say who was erased since the backup: --erased FILE (what `miradot forget --list`"
            " printed last), or --nobody-erased"
        )
    try:
        document = restored(RestoredRequest(**options))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_restored(document, output_format), output_format)
    return 0 if is_settled(document) else 1

"""`miradot alerts`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import show_report

_FILE = click.Path(path_type=Path)


@click.command("alerts")
@click.argument("mapping", required=False, type=_FILE)
@click.option("--brand", type=_FILE, metavar="FILE", help="Brand file with parameter values.")
@click.option(
    "--send",
    is_flag=True,
    help="Judge once more and send what is due, as each cycle of sync does by itself.",
)
@click.option("--test", is_flag=True, help="Send a test to every route, and tell what came back.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How it is printed.",
)
@click.pass_obj
def command(
    color: str, /, *, send: bool, test: bool, output_format: str, **files: Path | None
) -> int:
    """Show how alerts stand, and who was told.

    Figures are read anew from our own database; what is raised was judged by the last cycle of
    sync, which tells each change once. Where notices go, and from when on, is set by MIRADOT_ALERT_
    variables. Exits 1 when an alert is raised, or a test was not taken.
    """
    with needs_sync():
        from engine.commands.alerts import AlertsRequest, tell_alerts
        from engine.commands.run import Refused
        from engine.report.alerts import render_alerts

    try:
        document = tell_alerts(AlertsRequest(files["mapping"], files["brand"], send, test))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_alerts(document, output_format), output_format)
    return 0 if document["ok"] else 1

"""`miradot status`."""

from __future__ import annotations

import click

from engine.console.terminal import show_report


@click.command("status")
@click.option("--settings", is_flag=True, help="Show each setting in force and where it came from.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How it is printed.",
)
def command(*, settings: bool, output_format: str) -> int:
    """Show how things stand.

    What was read, what waits, and what people have to decide. Exits 1 when something is late,
    stuck or failed, or nothing ever ran; open exceptions are no fault, they wait for people.
    """
    from engine.commands.status import tell_status
    from engine.report.status import render_status

    document = tell_status(settings=settings)
    show_report(render_status(document, output_format), output_format)
    health = document.get("health")
    return 1 if health is not None and not health["ok"] else 0

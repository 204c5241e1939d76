"""`miradot status`."""

from __future__ import annotations

import click

from engine.console.terminal import show


@click.command("status")
@click.option("--settings", is_flag=True, help="Show each setting in force and where it came from.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How it is printed.",
)
def command(*, settings: bool, output_format: str) -> int:
    """Show how things stand."""
    from engine.commands.status import tell_status
    from engine.report.status import render_status

    show(render_status(tell_status(settings=settings), output_format))
    return 0

"""`miradot plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.console.terminal import read_clock, show, talk, wants_colour

_FILE = click.Path(path_type=Path)


@click.command("plan")
@click.argument("mapping", required=False, type=_FILE)
@click.option("--base", required=True, help="A commit, COMMIT:PATH, or a file to compare with.")
@click.option("--samples", type=_FILE, help="Orders to replay, a file or folder; else samples/.")
@click.option(
    "--contacts", type=_FILE, help="Recorded answers about contacts; else contacts.json in samples."
)
@click.option("--brand", type=_FILE, help="Brand file with parameter values.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="One parameter, read as YAML."
)
@click.option("--now", help="The clock, ISO 8601 with a zone; without it, the present.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How the plan of the change is printed.",
)
@click.pass_obj
def command(color: str, /, now: str | None, output_format: str, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Show what a change of MAPPING does to customers, money and consent, before it is merged.

    Sample orders go through the mapping as it is and as it was at --base. Without MAPPING, every
    mapping under `mappings` that differs. A version that does not fit the change exits 1.
    """
    from engine.commands.plan import PlanRequest, has_errors, plan_change
    from engine.commands.run import Refused
    from engine.report.changes import render_changes
    from engine.report.formats import FORMATS, Findings

    try:
        document = plan_change(PlanRequest(**options, now=read_clock(now)))
    except Refused as refused:
        talk(FORMATS["text"](Findings(refused.problems, 1, wants_colour(color, sys.stderr))))
        return 1
    show(render_changes(document, output_format, colour=wants_colour(color, sys.stdout)))
    return 1 if has_errors(document) else 0

"""`miradot run`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.console.request import takes_records, tell_refused, tell_warnings
from engine.console.terminal import open_input, read_clock, wants_colour


@click.command("run")
@click.argument("mapping", type=click.Path(path_type=Path))
@takes_records
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "ndjson"]),
    default="text",
    help="How the plan is printed.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 although records are held.")
@click.pass_obj
def command(color: str, /, source: str, now: str | None, exit_zero: bool, **options: Any) -> int:  # noqa: ANN401, FBT001 - click passes options by name
    """Map orders and print the plan: the calls they become, and why. Nothing is sent.

    The input is one order, a page {"orders": [...]}, an array, or one order a line (NDJSON).
    """
    from engine.commands.run import Refused, RunRequest, prepare, run_records

    request = RunRequest(**options, now=read_clock(now), colour=wants_colour(color, sys.stdout))
    try:
        prepared = prepare(request)
    except Refused as refused:
        return tell_refused(refused.problems, color)
    tell_warnings(prepared.warnings)
    with open_input(source) as stream:
        tally = run_records(request, prepared, stream, sys.stdout.buffer)
    return 1 if tally.outcomes["held"] and not exit_zero else 0

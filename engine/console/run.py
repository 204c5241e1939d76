"""`miradot run`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.console.terminal import open_input, read_clock, talk, wants_colour


@click.command("run")
@click.argument("mapping", type=click.Path(path_type=Path))
@click.option("--input", "-i", "source", default="-", help="File of orders; - is standard input.")
@click.option(
    "--contacts",
    type=click.Path(path_type=Path),
    help="Dotdigital's answers about contacts; without it, every buyer is planned as unknown.",
)
@click.option("--brand", type=click.Path(path_type=Path), help="Brand file with parameter values.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="One parameter, read as YAML."
)
@click.option("--now", help="The clock, ISO 8601 with a zone; without it, the present.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "ndjson"]),
    default="text",
    help="How the plan is printed.",
)
@click.option("--show-personal-data", is_flag=True, help="Do not mask personal values.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 although records are held.")
@click.pass_obj
def command(color: str, /, source: str, now: str | None, exit_zero: bool, **options: Any) -> int:  # noqa: ANN401, FBT001 - click passes options by name
    """Map orders and print the plan: the calls they become, and why. Nothing is sent.

    The input is one order, a page {"orders": [...]}, an array, or one order a line (NDJSON).
    """
    from engine.commands.run import Refused, RunRequest, prepare, run_records
    from engine.report.formats import FORMATS, Findings

    request = RunRequest(**options, now=read_clock(now), colour=wants_colour(color, sys.stdout))
    try:
        prepared = prepare(request)
    except Refused as refused:
        colour = wants_colour(color, sys.stderr)
        talk(FORMATS["text"](Findings(refused.problems, 1, colour)))
        return 1
    if prepared.warnings:
        talk(FORMATS["concise"](Findings(prepared.warnings, 1)))
    with open_input(source) as stream:
        tally = run_records(request, prepared, stream, sys.stdout.buffer)
    return 1 if tally.outcomes["held"] and not exit_zero else 0

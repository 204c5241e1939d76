"""`miradot run`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.console.extras import needs_sync
from engine.console.progress import telling
from engine.console.request import takes_records, tell_refused, tell_warnings
from engine.console.terminal import open_input, read_clock, show_report, wants_colour

if TYPE_CHECKING:
    from engine.commands.run import RunRequest


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
@click.option("--send", is_flag=True, help="Deliver the records instead of only planning them.")
@click.pass_obj
def command(
    color: str,
    /,
    source: str,
    now: str | None,
    *,
    exit_zero: bool,
    send: bool,
    **options: Any,  # noqa: ANN401 - click passes options by name
) -> int:
    """Map orders and print the plan: the calls they become, and why.

    The input is one order, a page {"orders": [...]}, an array, or one order a line (NDJSON).
    Nothing is sent, unless with --send: then each record is delivered, on what Dotdigital says at
    that moment; settings come from MIRADOT_ variables.
    """
    from engine.commands.run import Refused, RunRequest, prepare, run_records

    if send:
        _refuse_pretence(now, options)
    request = RunRequest(**options, now=read_clock(now), colour=wants_colour(color, sys.stdout))
    try:
        if send:
            return _send(request, source, exit_zero=exit_zero)
        prepared = prepare(request)
    except Refused as refused:
        return tell_refused(refused.problems, color)
    tell_warnings(prepared.warnings)
    with open_input(source) as stream:
        tally = run_records(request, prepared, stream, sys.stdout.buffer)
    return 1 if tally.outcomes["held"] and not exit_zero else 0


def _refuse_pretence(now: str | None, options: dict[str, Any]) -> None:
    """Refuse what only a dry run can suppose; raises UsageError."""
    given = {
        "--contacts": options["contacts"] is not None,
        "--now": now is not None,
        "--show-personal-data": options["show_personal_data"],
    }
    for name, is_given in given.items():
        if is_given:
            raise click.UsageError(f"{name} is for a dry run: --send asks Dotdigital, now, masked")


def _send(request: RunRequest, source: str, *, exit_zero: bool) -> int:
    with needs_sync():
        from engine.commands.send import send
        from engine.report.send import is_fine, render_send

    with open_input(source) as stream, telling({"records": "records delivered"}) as tell:
        document = send(request, stream, lambda done: tell("records", done, 0))
    show_report(render_send(document, request.output_format), request.output_format)
    return 0 if exit_zero or is_fine(document) else 1

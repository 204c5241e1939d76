"""`miradot sync`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.console.extras import needs_sync
from engine.console.progress import telling
from engine.console.request import tell_refused
from engine.console.terminal import show_report

_LAST_PORT = 65_535


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
    "--adapter",
    type=click.Choice(["dbos", "inline"]),
    default="dbos",
    show_default=True,
    help="What starts the jobs of the service: a durable engine, or this process alone.",
)
@click.option(
    "--doorbell",
    metavar="HOST:PORT",
    help="Also hear POST /hooks/mirakl there; orders that are named are fetched at once.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the result is printed.",
)
@click.pass_obj
def command(color: str, /, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Keep Mirakl and Dotdigital in step.

    Reads what changed in Mirakl and delivers it to Dotdigital, with everything that waits: once,
    until nothing waits, or else as a service that ends on Ctrl-C or SIGTERM. With --once and
    --until-idle it exits 1 when an order was held or rejected, or Mirakl could not be read.

    Settings come from MIRADOT_ variables; `miradot status --settings` shows them.
    """
    with needs_sync():
        from engine.commands.run import Refused

    run = _sync if options.pop("once") or options["until_idle"] else _serve
    try:
        return run(options)
    except Refused as refused:
        return tell_refused(refused.problems, color)


def _sync(options: dict[str, Any]) -> int:
    from engine.commands.sync import SyncRequest, sync
    from engine.report.sync import render_sync

    if options["doorbell"]:
        raise click.UsageError("--doorbell is for the service: leave out --once and --until-idle")
    request = SyncRequest(options["mapping"], options["brand"], options["until_idle"])
    with telling({"people": "people dealt with"}) as tell:
        document = sync(request, lambda done: tell("people", done, 0))
    show_report(render_sync(document, options["output_format"]), options["output_format"])
    outcomes = document["outcomes"]
    return 1 if outcomes["held"] or outcomes["rejected"] or document["note"] else 0


def _serve(options: dict[str, Any]) -> int:
    with needs_sync():
        from engine.commands.service import ServiceRequest, run_service

    place = _read_place(options["doorbell"])
    run_service(ServiceRequest(options["mapping"], options["brand"], options["adapter"], place))
    return 0


def _read_place(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
        raise click.UsageError(f'--doorbell takes HOST:PORT, such as 127.0.0.1:8795, not "{text}"')
    return host.strip("[]"), int(port)

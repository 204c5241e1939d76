"""`miradot sandbox`."""

from __future__ import annotations

from time import monotonic

import click

from engine.console.terminal import read_clock, talk


@click.command("sandbox")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=8790,
    show_default=True,
    help="The port on 127.0.0.1.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed tells the same story.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Seconds that pass there in one second here; 0 stands still until told.",
)
@click.option(
    "--history",
    type=click.IntRange(0, 366),
    default=30,
    show_default=True,
    help="Days that have passed there when it starts.",
)
@click.option(
    "--now", metavar="TIME", help="The moment it starts at, ISO 8601 with a zone; else the present."
)
def command(port: int, seed: int, speed: float, history: int, now: str | None) -> int:
    """Serve a local Mirakl and Dotdigital, with made-up shoppers."""
    from engine.commands.sandbox import SandboxRequest, prepare_sandbox

    start = monotonic()
    request = SandboxRequest(
        port, seed, speed, history, read_clock(now), elapsed=lambda: monotonic() - start
    )
    server, told = prepare_sandbox(request)
    talk(told)
    server.run()
    return 0

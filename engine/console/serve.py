"""`miradot serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import talk

_LAST_PORT = 65_535


@click.command("serve")
@click.argument("mapping", required=False, type=click.Path(path_type=Path))
@click.option(
    "--brand",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Brand file with parameter values.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where it listens: this machine."
)
@click.option(
    "--port", default=8796, show_default=True, type=click.IntRange(1, _LAST_PORT), help="Its port."
)
@click.pass_obj
def command(color: str, /, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Serve the page on which people see and decide.

    How things stand, what ran, what waits for people, whose contact it is, what was sent for a
    person and why, and the handbook; each page also as .json, and figures at /metrics.

    Whoever opens it shows a token of MIRADOT_WEB_TOKENS, or was signed in by a proxy
    (MIRADOT_WEB_PROXY_USER). It speaks plain HTTP: what others are to reach belongs behind a
    server that speaks HTTPS, whose address MIRADOT_WEB_ADDRESS names.
    """
    with needs_sync():
        from engine.commands.run import Refused
        from engine.commands.serve import ServeRequest, serve_page

    request = ServeRequest(**options)
    try:
        serve_page(request, talk)
    except Refused as refused:
        return tell_refused(refused.problems, color)
    return 0

"""`miradot forget`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.console.extras import needs_sync
from engine.console.request import tell_refused
from engine.console.terminal import show, show_report

_FILE = click.Path(path_type=Path)
_KINDS = ("order", "email", "person", "customer", "contact")


@click.command("forget")
@click.option("--order", metavar="KEY", help="By an order of theirs.")
@click.option("--email", metavar="ADDRESS", help="By an address, their own or one of Mirakl's.")
@click.option("--person", metavar="KEY", help="By the person key.")
@click.option("--customer", metavar="ID", help="By Mirakl's customer id.")
@click.option("--contact", metavar="ID", help="By the number of their contact in Dotdigital.")
@click.option("--mapping", type=_FILE, metavar="FILE", help="The mapping; else the setting.")
@click.option("--brand", type=_FILE, metavar="FILE", help="Brand file; else the setting.")
@click.option("--dry-run", is_flag=True, help="Only say what there is of them (the default).")
@click.option("--send", is_flag=True, help="Erase them, here and in Dotdigital.")
@click.option("--list", "listing", is_flag=True, help="Print who was erased, as keyed hashes.")
@click.option("--note", default="", metavar="TEXT", help="Why, such as a ticket; it is kept.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the result is printed.",
)
@click.pass_obj
def command(color: str, /, output_format: str, *, dry_run: bool, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Erase a person, here and in Dotdigital.

    All that is known of them here goes, and their contact in Dotdigital with its records. Without
    --send nothing is done: it says what there is. Orders seen later do not bring them back.

    --list prints the keyed hashes of everybody who was erased. They name nobody; keep them apart
    from backups, and give them to `miradot restored` after one was put back.
    """
    with needs_sync():
        from engine.commands.forget import ForgetRequest, forget
        from engine.commands.run import Refused
        from engine.commands.tombstones import list_erased
        from engine.report.forget import is_whole, render_forget

    listing = options.pop("listing")
    given = {kind: options.pop(kind) for kind in _KINDS}
    named = {kind: value for kind, value in given.items() if value is not None}
    if listing and not named:
        show(list_erased())
        return 0
    if listing or len(named) != 1:
        raise click.UsageError("name the person by one of " + ", ".join(map("--{}".format, given)))
    if dry_run and options["send"]:
        raise click.UsageError("--dry-run and --send exclude each other")
    by: Any
    [(by, value)] = named.items()
    try:
        document = forget(ForgetRequest(by=by, value=value, **options))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_forget(document, output_format), output_format)
    return 0 if is_whole(document) else 1

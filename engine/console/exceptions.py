"""`miradot exceptions`: list, show, resolve, undo, replay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from engine.console.extras import needs_sync
from engine.console.group import Sentences
from engine.console.request import tell_refused
from engine.console.terminal import show_report

_FILE = click.Path(path_type=Path)
Command = TypeVar("Command", bound=Any)


def _takes_mapping(command: Command) -> Command:
    """Add the mapping and its brand file, for where the settings name others."""
    for name, about in (
        ("--brand", "Brand file with parameter values; else the setting."),
        ("--mapping", "The mapping that raised it; else the setting."),
    ):
        command = click.option(name, type=_FILE, metavar="FILE", help=about)(command)
    return command


def _prints(*forms: str) -> Callable[[Command], Command]:
    return click.option(
        "--output-format",
        type=click.Choice(forms),
        default="text",
        help="How the result is printed.",
    )


@click.group("exceptions", cls=Sentences)
def command() -> None:
    """See what waits for people, decide it, send orders again.

    Settings come from MIRADOT_ variables; `miradot status --settings` shows them.
    """


@command.command("list")
@click.option("--owner", default="", metavar="TEAM", help="Only what this team answers for.")
@click.option("--code", default="", metavar="CODE", help="Only this cause.")
@click.option("--order", default="", metavar="KEY", help="Only this order.")
@click.option(
    "--state",
    type=click.Choice(["open", "closed", "all"]),
    default="open",
    show_default=True,
    help="Whether they wait.",
)
@click.option("--rows", is_flag=True, help="Show each of them, not only the causes.")
@_prints("text", "json", "csv")
def list_command(output_format: str, *, rows: bool, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """List what waits for people, by cause.

    With --rows, and in a table, each of them has a row.
    """
    with needs_sync():
        from engine.commands.exceptions import ListRequest, list_all
        from engine.report.exceptions import render_exceptions

    request = ListRequest(**options, rows=rows or output_format == "csv")
    show_report(render_exceptions(list_all(request), output_format), output_format)
    return 0


@command.command("show")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@_takes_mapping
@click.option(
    "--show-personal-data", is_flag=True, help="Print personal values unmasked; this is logged."
)
@_prints("text", "json")
@click.pass_obj
def show_command(color: str, /, output_format: str, **options: Any) -> int:  # noqa: ANN401 - idem
    """Show one exception in full.

    What was read, whom it may be about, what would be sent now, what came back, the consent trail,
    and the ways to end it. Nobody is asked: it is told from our own records.
    """
    with needs_sync():
        from engine.commands.exception import ShowRequest, show_one
        from engine.commands.run import Refused
        from engine.report.exception import render_exception

    try:
        document, target = show_one(ShowRequest(**options))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_exception(document, output_format, target), output_format)
    return 0


@command.command("resolve")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@click.option("--note", required=True, metavar="TEXT", help="Why; it is kept with your name.")
@click.option("--by", metavar="NAME", help="Who decides; else the user of this machine.")
@click.option(
    "--contact",
    type=click.IntRange(min=1),
    metavar="ID",
    help="Whose order it is: this contact's, and so are later orders of the person.",
)
@click.option(
    "--recreate", is_flag=True, help="The contact is gone, and the person may be created again."
)
@click.option(
    "--happened/--did-not-happen",
    default=None,
    help="What became of a call nobody knows about; one that did not happen is sent once more.",
)
@_takes_mapping
@_prints("text", "json")
@click.pass_obj
def resolve_command(color: str, /, output_format: str, **options: Any) -> int:  # noqa: ANN401 - idem
    """Close an exception, with a decision or without.

    The next sync follows a decision, and so do later orders of the person.
    """
    with needs_sync():
        from engine.commands.resolve import ResolveRequest, resolve
        from engine.commands.run import Refused
        from engine.report.resolution import render_resolution

    try:
        document = resolve(ResolveRequest(**options))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_resolution(document, output_format), output_format)
    return 0


@command.command("undo")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@click.option("--note", required=True, metavar="TEXT", help="Why; it is kept with your name.")
@click.option("--by", metavar="NAME", help="Who decides; else the user of this machine.")
@_prints("text", "json")
def undo_command(output_format: str, **options: Any) -> int:  # noqa: ANN401 - idem
    """Take back a decision about a contact.

    The orders that were delivered on it are planned again.
    """
    with needs_sync():
        from engine.commands.resolve import UndoRequest, undo_resolution
        from engine.report.resolution import render_resolution

    show_report(
        render_resolution(undo_resolution(UndoRequest(**options)), output_format), output_format
    )
    return 0


@command.command("replay")
@click.argument("numbers", metavar="[ID]...", nargs=-1, type=click.IntRange(min=1))
@click.option("--code", default="", metavar="CODE", help="All open exceptions of this cause.")
@click.option("--order", default="", metavar="KEY", help="This order, whatever became of it.")
@click.option("--send/--dry-run", default=False, help="Send it; else only tell what would be sent.")
@_takes_mapping
@_prints("text", "json")
@click.pass_obj
def replay_command(color: str, /, output_format: str, **options: Any) -> int:  # noqa: ANN401 - idem
    """Send orders once more; without --send, only tell what that means.

    First it says what customers would see of it. Consent, erasure and ages are looked at again, and
    calls that must not be repeated are not.
    """
    with needs_sync():
        from engine.commands.replay import ReplayRequest, replay
        from engine.commands.run import Refused
        from engine.report.replay import render_replay

    try:
        document = replay(ReplayRequest(**options))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_replay(document, output_format), output_format)
    ended = {one.get("ended") for one in document["orders"]}
    return 1 if ended & {"held", "rejected", "waiting", "left as it is"} else 0

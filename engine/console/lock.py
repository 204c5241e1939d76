"""`miradot lock`: what is known of an account, kept beside the mappings."""

from __future__ import annotations

from pathlib import Path

import click

from engine.console.extras import needs_sync
from engine.console.group import Sentences
from engine.console.request import tell_refused
from engine.console.terminal import show, talk


@click.group("lock", cls=Sentences)
def command() -> None:
    """Keep a file of what your account holds."""


@command.command("refresh")
@click.argument(
    "file", required=False, default="dotdigital.account.yaml", type=click.Path(path_type=Path)
)
@click.option("--write", is_flag=True, help="Change the file; without it, it is only compared.")
@click.option(
    "--contacts",
    type=click.IntRange(min=0),
    default=10_000,
    show_default=True,
    metavar="NUMBER",
    help="Look at the e-mail status of so many contacts, 1,000 a call.",
)
@click.pass_obj
def refresh_command(color: str, /, file: Path, *, write: bool, contacts: int) -> int:
    """Hold an account lock against the account.

    Reads the data fields, Insight collections, programmes, lists, templates and the statuses that
    contacts have; nothing in the account is changed. Of settings only MIRADOT_DOTDIGITAL_ ones are
    needed. The difference is printed as a diff, and told in words; --write brings FILE up to date,
    its comments and formatting stay. FILE is dotdigital.account.yaml unless named. Exits 1 when
    the account is not as FILE says and nothing is written.
    """
    with needs_sync():
        from engine.commands.lock import RefreshRequest, refresh, write_refreshed
        from engine.commands.run import Refused

    try:
        refreshed = refresh(RefreshRequest(file, contacts))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show(refreshed.diff)
    talk(refreshed.talk)
    if not refreshed.differs:
        return 0
    if write:
        write_refreshed(file, refreshed)
        talk(f"wrote {file}\n")
        return 0
    talk("--write takes it over\n")
    return 1

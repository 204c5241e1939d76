"""`miradot migrate`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.console.terminal import show, talk, wants_colour


@click.command("migrate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--to", type=int, metavar="VERSION", help="Version of the language; else the newest.")
@click.option("--write", is_flag=True, help="Change the files; without it, they are only compared.")
@click.pass_obj
def command(color: str, paths: tuple[Path, ...], to: int | None, write: bool) -> int:  # noqa: FBT001 - click passes flags so
    """Bring mappings to a newer version of the language, and print the difference.

    PATHS are files or folders; without any, the folder `mappings`. Comments and formatting stay
    as they are. If one mapping cannot be migrated, none is written.
    """
    from engine.commands.migrate import migrate_paths, write_migrated

    colour = wants_colour(color, sys.stderr)
    migrated = migrate_paths(paths or (Path("mappings"),), to, colour=colour)
    show(migrated.diff)
    talk(migrated.talk)
    if migrated.failed:
        return 1
    if write:
        write_migrated(migrated)
    return 0

"""`miradot init`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.console.terminal import talk


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), metavar="[DIR]", default=Path())
@click.option("--name", default="marketplace", help="Name of the mapping and its folder.")
@click.option("--brand", default="example", help="Name of the brand, as its file is called.")
def command(folder: Path, name: str, brand: str) -> int:
    """Begin a repository of your own mappings in DIR, here without one.

    It holds the shipped orders mapping with its tests and samples, a brand file, the workflow and
    hooks that check them, and a README that says how to go on. No file is ever overwritten.
    """
    from importlib.metadata import version

    from engine.commands.init import init_repository
    from engine.scaffold.repository import Naming

    paths = init_repository(folder, Naming(name, brand, version("miradot")))
    click.echo("\n".join(paths))
    talk(f"{len(paths)} files written to {folder.resolve()}; go on with README.md\n")
    return 0

"""`miradot docs`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.console.terminal import talk, wants_colour


@click.command("docs")
@click.argument("mapping", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write NAME.md and NAME.html into this folder, instead of printing Markdown.",
)
@click.pass_obj
def command(color: str, mapping: Path, out: Path | None) -> int:
    """Write the handbook of a mapping, for all who work with it.

    Its money examples are worked out from the records that the mapping's own tests name.
    """
    from engine.commands.docs import save_handbook, write_handbook
    from engine.report.formats import FORMATS, Findings
    from engine.report.handbook_markdown import render_handbook_markdown

    written = write_handbook(mapping)
    if written.handbook is None:
        colour = wants_colour(color, sys.stderr)
        talk(FORMATS["text"](Findings(written.problems, 1, colour)))
        return 1
    if written.problems:
        talk(FORMATS["concise"](Findings(written.problems, 1)))
    if out is None:
        # As bytes, so that the file it is sent to holds the same on every system.
        sys.stdout.buffer.write(render_handbook_markdown(written.handbook).encode())
        return 0
    name = mapping.name.removesuffix(mapping.suffix)
    for path in save_handbook(written.handbook, name, out):
        talk(f"wrote {path}\n")
    return 0

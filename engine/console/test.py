"""`miradot test`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.console.terminal import show, talk, wants_colour


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    help="How results are printed.",
)
@click.pass_obj
def command(color: str, paths: tuple[Path, ...], output_format: str) -> int:
    """Run the mapping's own tests: cases in NAME.test.yaml beside it.

    PATHS are test files or folders; without any, the folder `mappings`. No test at all fails.
    """
    from engine.commands.trial import test_paths

    colour = wants_colour(color, sys.stdout)
    report = test_paths(paths or (Path("mappings"),), output_format, colour=colour)
    talk(report.talk)
    show(report.text)
    return 0 if report.passed else 1

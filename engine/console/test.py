"""`miradot test`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.console.terminal import show, talk, wants_colour
from engine.problem import Failure

_STEP = 50


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--coverage", is_flag=True, help="Say what the mapping means and no test shows.")
@click.option("--mutate", is_flag=True, help="Say which wrong edits no test would notice.")
@click.option(
    "--min",
    "minimum",
    type=click.FloatRange(0, 100),
    help="Fail when a mapping has less than this share (%) of what is measured.",
)
@click.option(
    "--update",
    is_flag=True,
    help="Print a diff (for patch -p0) by which tests expect what came; no file is changed.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    help="How results are printed.",
)
@click.pass_obj
def command(color: str, /, paths: tuple[Path, ...], minimum: float | None, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Run the mapping's own tests: cases in NAME.test.yaml beside it.

    PATHS are test files or folders; without any, the folder `mappings`. No test at all fails.
    """
    measured = options["coverage"] or options["mutate"]
    if minimum is not None and not measured:
        raise Failure(
            "--min says how much is enough of --coverage or --mutate, and neither is asked"
        )
    if options["update"] and (measured or options["output_format"] != "text"):
        raise Failure("--update prints a diff, so nothing else can be printed beside it")
    from engine.commands.trial import TestOptions, test_paths

    asked = TestOptions(**options, minimum=minimum or 0, colour=wants_colour(color, sys.stdout))
    report = test_paths(paths or (Path("mappings"),), asked, _tell_progress)
    talk(report.talk)
    show(report.text)
    return 0 if report.passed else 1


def _tell_progress(done: int, of: int) -> None:
    """Say now and then how many edits were tried."""
    if done == of or done % _STEP == 0:
        talk(f"{done} of {of} edits tried\n")

"""`miradot validate`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

from engine.console.terminal import local_clock, show, talk, wants_colour
from engine.problem import Failure

PROBLEM_FORMATS = ["auto", "text", "concise", "json", "github", "sarif", "markdown"]


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice([*PROBLEM_FORMATS, "csv"]),
    default="auto",
    envvar="MIRADOT_OUTPUT_FORMAT",
    help="How problems are printed; auto adds annotations on GitHub. csv is for --matrix and "
    "--consent only.",
)
@click.option(
    "--matrix",
    is_flag=True,
    help="Print what each field does when its inputs are missing or wrong.",
)
@click.option("--consent", is_flag=True, help="Print the consent table and what was proved of it.")
@click.option("--isolated", is_flag=True, help="Check strangers' files in a confined process.")
@click.option("--watch", is_flag=True, help="Check again when a file changes, until Ctrl-C.")
@click.pass_obj
def command(color: str, /, paths: tuple[Path, ...], output_format: str, **options: bool) -> int:
    """Check mappings and brand files: shape, then meaning.

    PATHS are files or folders; without any, the folder `mappings`.
    """
    from engine.commands.validate import validate_paths

    paths = paths or (Path("mappings"),)
    views = [name for name in ("matrix", "consent") if options[name]]
    if output_format == "csv" and not views:
        raise Failure("problems are not printed as csv, only --matrix and --consent are")
    form = "text" if output_format == "csv" else output_format
    isolated = options["isolated"]
    if isolated and views:
        raise Failure("--matrix and --consent read files that are trusted, so without --isolated")
    colour = wants_colour(color, sys.stdout)
    if options["watch"]:
        if views:
            raise Failure("--watch prints problems, not what --matrix and --consent show")
        _watch(
            paths, form, lambda: validate_paths(paths, form, colour=colour, isolated=isolated).text
        )
    report = validate_paths(paths, form, colour=colour, isolated=isolated)
    if views and not report.errors:
        from engine.commands.views import show_views

        click.echo(show_views(report.mappings, views, output_format), nl=False)
        return 0
    for note in report.notes:
        talk(note)
    show(report.text)
    return 1 if report.errors else 0


def _watch(paths: tuple[Path, ...], form: str, check: Callable[[], str]) -> NoReturn:
    from engine.commands.watch import Watch, watch_paths

    # What programs read is findings only.
    said = talk if form in ("json", "sarif") else show
    watch_paths(Watch(paths, check, show, said, clock=local_clock))

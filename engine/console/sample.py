"""`miradot sample`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from engine.console.group import Sentences
from engine.console.terminal import open_input, read_clock, talk, wants_colour


@click.group("sample", cls=Sentences)
def command() -> None:
    """Make samples that can be shared."""


@command.command("scrub")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file; one that ends in .ndjson gets one record a line.",
)
@click.option(
    "--seed", type=int, help="Make the same fiction again. Keep it secret: it tells the dates."
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    metavar="MAPPING",
    help="Keep what this mapping lists or calls not personal, and say what the records show of it.",
)
@click.option(
    "--minimise",
    type=click.Path(path_type=Path),
    metavar="MAPPING",
    help="As --mapping; then keep the fewest records that show as much.",
)
@click.option(
    "--now",
    metavar="TIME",
    help="The clock for age limits, ISO 8601 with a zone; else the present.",
)
@click.option(
    "--source",
    default="mirakl.order",
    metavar="NAME",
    show_default=True,
    help="Lock of the records, when no mapping names it.",
)
@click.pass_obj
def scrub(color: str, /, files: tuple[str, ...], out: Path | None, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Turn real orders into fictional ones of the same shape.

    FILES belong together: the same person, order or address becomes the same in all of them; - is
    standard input. Names, addresses, numbers, free texts and ids are replaced, dates moved
    together; amounts, states and codes stay. Members that Mirakl does not publish are left out.
    """
    from engine.commands.run import Refused
    from engine.commands.sample import ScrubRequest, make_key, scrub_records, write_records
    from engine.report.formats import FORMATS, Findings

    request = ScrubRequest(
        source=options["source"],
        mapping=options["minimise"] or options["mapping"],
        minimise=options["minimise"] is not None,
        key=make_key(options["seed"]),
        now=read_clock(options["now"]),
    )
    try:
        with ExitStack() as stack:
            streams = [(name, stack.enter_context(open_input(name))) for name in files]
            scrubbed = scrub_records(request, streams)
    except Refused as refused:
        talk(FORMATS["text"](Findings(refused.problems, 1, wants_colour(color, sys.stderr))))
        return 1
    sys.stdout.buffer.write(write_records(scrubbed, out, files))
    talk(scrubbed.talk)
    return 0

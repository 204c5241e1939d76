"""`miradot explain`: a diagnostic's page, or where one value of a plan came from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.console.request import takes_records, tell_refused, tell_warnings
from engine.console.terminal import open_input, read_clock, show, wants_colour
from engine.problem import Failure


@click.command("explain")
@click.argument("subject", metavar="CODE | MAPPING")
@click.option(
    "--field",
    "-f",
    help="The value to explain: order_record.order_total, consent.decision, money.net, a send, "
    "an exception.",
)
@takes_records
@click.option("--record", metavar="KEY", help="Which record, when the input holds several.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the explanation is printed.",
)
@click.pass_obj
def command(color: str, /, subject: str, field: str | None, **options: Any) -> int:  # noqa: ANN401 - click passes options by name
    """Explain a diagnostic, or where one value of a plan came from.

    With a CODE, such as MD302, print its page. With a MAPPING and --field, go from one value of one
    record's plan back to the parts of the record, and the lines of the mapping, that made it.
    """
    if field is not None:
        return _explain_field(color, Path(subject), field, options)
    if Path(subject).is_file():
        raise Failure("explaining a mapping needs --field, such as --field money.net")
    from engine.commands.explain import page_text

    click.echo(page_text(subject), nl=False)
    return 0


def _explain_field(color: str, mapping: Path, field: str, options: dict[str, Any]) -> int:
    from engine.commands.explain import ExplainRequest, explain_field
    from engine.commands.run import Refused, RunRequest, prepare_spec

    source, record, now = options.pop("source"), options.pop("record"), options.pop("now")
    run = RunRequest(
        mapping=mapping, **options, now=read_clock(now), colour=wants_colour(color, sys.stdout)
    )
    try:
        checked, warnings = prepare_spec(run)
    except Refused as refused:
        return tell_refused(refused.problems, color)
    tell_warnings(warnings)
    with open_input(source) as stream:
        show(explain_field(ExplainRequest(run, field, record), checked, stream))
    return 0

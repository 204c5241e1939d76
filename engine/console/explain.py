"""`miradot explain`."""

from __future__ import annotations

import click

from engine.problem import Failure


@click.command("explain")
@click.argument("code")
def command(code: str) -> int:
    """Print the page of a diagnostic CODE, such as MD302."""
    from textwrap import fill, indent

    from engine.codes import CODES
    from engine.nearest import suggest

    page = CODES.get(code.upper())
    if page is None:
        raise Failure(f'no diagnostic "{code}"{suggest(code.upper(), CODES)}')
    prose = fill(page.prose, 100, break_long_words=False, break_on_hyphens=False)
    click.echo(f"{code.upper()}  {page.title}\n\n{prose}")
    for said, example in (("Fails", page.fails), ("Passes", page.passes)):
        click.echo(f"\n{said}\n\n{indent(example.text, '    ')}", nl=False)
    return 0

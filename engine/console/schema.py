"""`miradot schema`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.problem import Failure


@click.command("schema")
@click.argument("name", required=False)
@click.option(
    "--write",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write every schema to this folder.",
)
def command(name: str | None, write: Path | None) -> int:
    """Print a published JSON Schema by NAME, or list them."""
    from engine.commands.schema import list_schemas, schema_text, write_schemas

    if name is not None and write is not None:
        raise Failure("--write writes every schema, so it takes no NAME")
    if write is not None:
        write_schemas(write)
    elif name is None:
        click.echo("\n".join(list_schemas()))
    else:
        click.echo(schema_text(name), nl=False)
    return 0

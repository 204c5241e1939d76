"""Whether a command that stands in a file of deployment is one of miradot, spelt right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cli import cli
from engine.settings.files import is_secret
from engine.settings.model import Settings
from engine.settings.variables import file_variable, variable

FIELDS = Settings.model_fields
KNOWN = {variable(name) for name in FIELDS} | {
    file_variable(name) for name, field in FIELDS.items() if is_secret(field)
}
"""Every variable that miradot reads."""


def parse(words: Sequence[str]) -> dict[str, Any]:
    """Give what a command was asked for; raises click's error for one that miradot does not take.

    It is parsed as if typed, and not run.
    """
    name, *arguments = words
    context = click.Context(cli)
    command = cli.get_command(context, name)
    if command is None:
        raise click.UsageError(f"no command {name}")
    if isinstance(command, click.Group):
        inner, *arguments = arguments
        command = command.get_command(context, inner)
        if command is None:
            raise click.UsageError(f"no command {name} {inner}")
    with command.make_context(name, list(arguments)) as parsed:
        return dict(parsed.params)


def unknown_settings(names: Sequence[str]) -> list[str]:
    """Give those of some variables that look like settings of miradot and are none."""
    return [one for one in names if one.startswith("MIRADOT_") and one not in KNOWN]

"""Commands that hold others: each is told in a whole sentence, however narrow the terminal."""

from __future__ import annotations

import click

_LONGEST = 400


class Sentences(click.Group):
    """A group whose help wraps the sentences of its commands where click would cut them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every command with its sentence."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, one.get_short_help_str(_LONGEST)) for name, one in commands if one]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

"""The miradot command line: finds the command that was called, and decides the exit code.

Exit codes: 0 fine · 1 problems found, or records held · 2 wrong call or settings ·
3 unexpected, one line and a log path · 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module

import click

from engine.console.terminal import talk
from engine.problem import Failure

# Every command, in the order in which people meet them; each is a file in engine/console.
COMMANDS = (
    "validate",
    "run",
    "test",
    "plan",
    "explain",
    "docs",
    "init",
    "sample",
    "migrate",
    "sandbox",
    "schema",
)
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """The commands, each declared in a file that is imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the names of all commands, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - idem
        """Give a command by its name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"engine.console.{cmd_name}").command
        return command


@click.command(cls=Commands, context_settings=_CONTEXT)
@click.version_option(package_name="miradot", prog_name="miradot")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the output; auto follows the terminal and NO_COLOR.",
)
@click.pass_context
def cli(context: click.Context, color: str) -> None:
    """Turn Mirakl orders into Dotdigital calls by mappings that are proved before they run."""
    context.obj = color


def main() -> None:
    """Run the command line; the only place where an unexpected failure is caught."""
    sys.exit(_exit_code(lambda: cli.main(standalone_mode=False)))


def _exit_code(command: Callable[[], object]) -> int:
    try:
        code = command()
    except (KeyboardInterrupt, click.exceptions.Abort):
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except Failure as failure:
        talk(f"miradot: {failure}\n")
        return 2
    except BrokenPipeError:
        # The reader went away; what was printed until then was wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one handler of the unexpected
        talk(f"miradot: unexpected {type(error).__name__}; the log is {_write_log(error)}\n")
        return 3
    return code if isinstance(code, int) else 0


def _write_log(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="miradot-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        # Frames only: messages and values may hold personal data.
        log.write("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n")
    return log.name


if __name__ == "__main__":
    main()

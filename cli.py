"""The miradot command line: finds the command that was called, and decides the exit code.

Exit codes: 0 fine · 1 problems found, or records held · 2 wrong call or settings ·
3 unexpected, one line and a log path · 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module

import click

from engine.console.group import Sentences
from engine.console.terminal import fit_terminal, talk
from engine.nearest import nearest
from engine.problem import Failure

# Every command, in the order in which people meet them; each is a file in engine/console.
COMMANDS = (
    "validate",
    "run",
    "test",
    "plan",
    "explain",
    "audit",
    "docs",
    "init",
    "sample",
    "migrate",
    "lock",
    "sandbox",
    "sync",
    "backfill",
    "exceptions",
    "forget",
    "restored",
    "status",
    "alerts",
    "usability",
    "serve",
    "reconcile",
    "drift",
    "schema",
)
# No room on the disk, beyond a quota, or in a file.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(Sentences):
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; UsageError, with the nearest name, when none is."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            near = nearest(args[0], COMMANDS)
            meant = f" Did you mean '{near}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{meant}", ctx)
        return super().resolve_command(ctx, args)


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
    fit_terminal()


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
    except OSError as error:
        return _end_output(error)
    except Exception as error:  # noqa: BLE001 - the one handler of the unexpected
        return _tell_unexpected(error)
    return code if isinstance(code, int) else 0


def _end_output(error: OSError) -> int:
    gone = isinstance(error, BrokenPipeError)
    if not gone and error.errno not in _FULL:
        return _tell_unexpected(error)
    # What could not be written now cannot be written at the end either.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if gone:
        # The reader went away; what was printed until then was wanted.
        return 0
    talk(f"miradot: cannot write the output: {error.strerror}\n")
    return 2


def _tell_unexpected(error: Exception) -> int:
    try:
        told = f"the log is {_write_log(error)}"
    except OSError as refused:
        # A container may have nothing that can be written.
        told = f"no log could be written ({refused.strerror})"
    talk(f"miradot: unexpected {type(error).__name__}; {told}\n")
    return 3


def _write_log(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="miradot-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        # Frames only: messages and values may hold personal data.
        log.write("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n")
    return log.name


if __name__ == "__main__":
    main()

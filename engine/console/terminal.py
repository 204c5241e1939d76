"""What commands share at the terminal: talk, colour, the clock, and standard input."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from engine.problem import Failure


def talk(text: str) -> None:
    """Print what is said to people only, on stderr."""
    click.echo(text, err=True, nl=False)


def show(text: str) -> None:
    """Print a command's output on stdout; whether it holds colours was decided before."""
    click.echo(text, nl=False, color=True)


def show_report(text: str, form: str) -> None:
    """Print a report on stdout; one for people is folded to fit the terminal they read it at."""
    if form == "text" and _is_terminal(sys.stdout):
        from engine.report.width import fold_lines

        text = fold_lines(text)
    show(text)


def fit_terminal() -> None:
    """Let reports be made as wide as the terminal, where there is one."""
    if _is_terminal(sys.stdout):
        from engine.report.width import fit_reports

        fit_reports(shutil.get_terminal_size().columns)


def _is_terminal(stream: object) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)())


def wants_colour(choice: str, stream: object) -> bool:
    """Say whether to colour: `always`, `never`, or `auto` by terminal and NO_COLOR/FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _is_terminal(stream) and os.environ.get("TERM") != "dumb"


def read_clock(text: str | None) -> datetime:
    """Give the moment that `--now` names, or the present; Failure when it names none."""
    if text is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        now = None
    if now is None or now.tzinfo is None:
        raise Failure(
            f'--now takes ISO 8601 with a zone, such as 2026-03-01T09:00:00Z, not "{text}"'
        )
    return now.astimezone(UTC)


def local_clock() -> datetime:
    """Give the present in this machine's zone, for people who watch."""
    return datetime.now(UTC).astimezone()


def open_input(source: str) -> AbstractContextManager[BinaryIO]:
    """Open a file for reading bytes, `-` being stdin; Failure when it cannot be read."""
    if source != "-":
        from engine.commands.files import open_file

        return open_file(Path(source))
    if sys.stdin is None:
        raise Failure("standard input is closed: name a file")
    if sys.stdin.isatty():
        talk("reading standard input until Ctrl-D; to read a file, name it\n")
    return nullcontext(sys.stdin.buffer)

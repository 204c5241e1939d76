"""What commands that map records share: their options, and how a refused mapping is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from engine.console.terminal import talk, wants_colour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.problem import Problem

Command = TypeVar("Command", bound=Callable[..., object])

_OPTIONS = (
    click.option(
        "--input", "-i", "source", default="-", help="File of orders; - is standard input."
    ),
    click.option(
        "--contacts",
        type=click.Path(path_type=Path),
        help="Dotdigital's answers about contacts; without it, every buyer is planned as unknown.",
    ),
    click.option(
        "--brand", type=click.Path(path_type=Path), help="Brand file with parameter values."
    ),
    click.option(
        "--param",
        "params",
        multiple=True,
        metavar="NAME=VALUE",
        help="One parameter, read as YAML.",
    ),
    click.option("--now", help="The clock, ISO 8601 with a zone; without it, the present."),
    click.option("--show-personal-data", is_flag=True, help="Do not mask personal values."),
)


def takes_records(command: Command) -> Command:
    """Give a command the options that say which records are mapped, and by what."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def tell_refused(problems: Iterable[Problem], color: str) -> int:
    """Tell on stderr why a mapping or brand file cannot be used, and give the exit code."""
    from engine.report.formats import FORMATS, Findings

    talk(FORMATS["text"](Findings(tuple(problems), 1, wants_colour(color, sys.stderr))))
    return 1


def tell_warnings(problems: Iterable[Problem]) -> None:
    """Tell a mapping's warnings on stderr, one a line."""
    from engine.report.formats import FORMATS, Findings

    told = tuple(problems)
    if told:
        talk(FORMATS["concise"](Findings(told, 1)))

"""The handbook for operators is run: every command on its pages, with what it prints.

Each page has a made-up world of its own, in which time stands still but for what the page says:
`<!-- there: … -->` lets something happen in it, `<!-- table: … -->` stands before a table that
code tells. `python -m tests.operators` runs the commands and rewrites what they print.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.operators.events import EVENTS
from tests.operators.tables import TABLES
from tests.operators.world import open_world
from tests.rehearsal import ROOT

PAGES = ROOT / "docs/operators"
_STEP = re.compile(
    r"<!-- there: (?P<event>[a-z ]+) -->"
    r"|<!-- table: (?P<table>[a-z ]+) -->\n(?:\|[^\n]*\n)*"
    r"|```console\n(?P<body>.*?)```",
    re.DOTALL,
)


def render(text: str) -> str:
    """Give a page with what its commands print today."""
    if "```console" not in text:
        return _STEP.sub(_tell, text)
    with open_world() as world:

        def step(found: re.Match[str]) -> str:
            if found["body"] is not None:
                return _run(found["body"], world.run)
            if found["event"]:
                EVENTS[found["event"]](world)
            return _tell(found)

        return _STEP.sub(step, text)


def _tell(found: re.Match[str]) -> str:
    """Give a table anew; anything else as it stands."""
    if not found["table"]:
        return found[0]
    return "\n".join([found[0].partition("\n")[0], *TABLES[found["table"]](), ""])


def _run(body: str, run: Callable[[str], list[str]]) -> str:
    lines: list[str] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            lines += [line, *run(line.removeprefix("$ "))]
    return "```console\n" + "\n".join(lines) + "\n```"

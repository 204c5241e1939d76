"""How far a long command is: a bar at a terminal, a line now and then elsewhere; on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.console.terminal import talk

Tell = Callable[[str, int, int], None]
"""Told a stage, how many of it are done, and of how many, 0 where nobody knows."""

_STEP = 100


@contextmanager
def telling(words: Mapping[str, str]) -> Iterator[Tell]:
    """Give what shows how far each stage is; `words` say what is done in it."""
    if not sys.stderr.isatty():
        yield _tell_lines(words)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    wide = max(map(len, words.values()))
    count = TextColumn("{task.completed}{task.fields[of]}")
    columns = (TextColumn(f"{{task.description:<{wide}}}"), BarColumn(20), count)
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(words[stage], total=total or None, of="")
            of = f"/{total}" if total else ""
            bars.update(tasks[stage], completed=done, total=total or None, of=of)

        yield tell


def _tell_lines(words: Mapping[str, str]) -> Tell:
    last: dict[str, tuple[int, int]] = {}

    def tell(stage: str, done: int, total: int) -> None:
        is_new = last.get(stage) != (done, total) and (total or not done % _STEP)
        if is_new and (done or total):
            last[stage] = (done, total)
            of = f" of {total}" if total else ""
            talk(f"{done}{of} {words[stage]}\n")

    return tell

"""`miradot validate`: every mapping and brand file under the paths given."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from engine.checked import CheckedSpec
from engine.commands.checks import Checker, check_files
from engine.commands.files import read_files
from engine.problem import Failure, sort_problems
from engine.report.formats import FORMATS, Findings, resolve_format


@dataclass(frozen=True, slots=True)
class Report:
    """What validating printed, how many errors it found, and the mappings without any.

    `mappings` is empty when they were checked in other processes; `notes` say what these could not
    be confined by.
    """

    text: str
    errors: int
    mappings: tuple[CheckedSpec, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)


def validate_paths(
    paths: Iterable[Path], output_format: str, *, colour: bool, isolated: bool = False
) -> Report:
    """Check every file, `isolated` in a process that can harm nobody.

    Raises Failure when a path is missing, cannot be read, or holds no mapping.
    """
    given = list(paths)
    files = read_files(given)
    if not files:
        raise Failure(f"no mapping under {', '.join(str(path) for path in given)}")
    checker, notes = Checker(), set[str]()
    run = checker.run
    if isolated:
        from engine.commands.isolation.parent import run_isolated  # noqa: PLC0415 - when asked for

        run = partial(run_isolated, notes=notes)
    findings = Findings(tuple(sort_problems(check_files(files, run))), len(files), colour)
    render = FORMATS[resolve_format(output_format, os.environ)]
    return Report(
        text=render(findings),
        errors=findings.errors,
        mappings=checker.mappings,
        notes=tuple(sorted(notes)),
    )

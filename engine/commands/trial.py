"""`miradot test`: every test file under the paths given, run against its mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.commands.files import find_files
from engine.problem import Failure, Problem, sort_problems
from engine.report.findings import Findings
from engine.report.text import render_text
from engine.report.trials import (
    FileResults,
    render_trials_json,
    render_trials_junit,
    render_trials_text,
)
from engine.trials.files import Ground, read_trials
from engine.trials.running import check_trials, run_trials

_FORMATS: Mapping[str, Callable[[Sequence[FileResults]], str]] = {
    "json": render_trials_json,
    "junit": render_trials_junit,
}


@dataclass(frozen=True, slots=True)
class TestReport:
    """What testing printed, and whether everything passed; `talk` is for people only."""

    text: str
    talk: str
    passed: bool


def test_paths(paths: Iterable[Path], output_format: str, *, colour: bool) -> TestReport:
    """Run every test file; raises Failure when there is none, or a case cannot be run at all."""
    given = list(paths)
    files = list(find_files(given, tests=True))
    if not files:
        told = ", ".join(str(path) for path in given)
        raise Failure(f"no test file (NAME.test.yaml) under {told}: what is not tested fails")
    results: list[FileResults] = []
    problems: list[Problem] = []
    for path in files:
        trials, found = read_trials(path)
        problems += found
        if trials is not None:
            ground = Ground(trials)
            named = check_trials(ground)
            problems += named
            if not named:
                results.append(FileResults(trials, list(run_trials(ground))))
    render = _FORMATS.get(output_format)
    text = render(results) if render else render_trials_text(results, colour=colour)
    broken = any(one.severity == "error" for one in problems)
    findings = Findings(tuple(sort_problems(problems)), len(files), colour)
    return TestReport(
        text=text,
        talk=render_text(findings) if problems else "",
        passed=not broken and not any(file.failed for file in results),
    )

"""`miradot test`: every test file under the paths given, run against its mapping, and measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.check import check_document
from engine.commands.checks import is_brand
from engine.commands.files import find_files, read_files
from engine.coverage.measuring import Coverage, measure_coverage
from engine.mutation.trying import Mutation, Progress, try_mutants
from engine.problem import Failure, Problem, sort_problems
from engine.report.coverage import view_coverage
from engine.report.findings import Findings, printable
from engine.report.mutation import view_mutation
from engine.report.text import render_text
from engine.report.trials import (
    FileResults,
    TrialsReport,
    render_trials_json,
    render_trials_junit,
    render_trials_text,
)
from engine.text import read_document
from engine.trials.files import Ground, read_trials
from engine.trials.proposing import propose
from engine.trials.running import check_trials, prepare_case, run_trials

_FORMATS: Mapping[str, Callable[[TrialsReport], str]] = {
    "json": render_trials_json,
    "junit": render_trials_junit,
}


@dataclass(frozen=True, slots=True)
class TestOptions:
    """What is asked of a test run; `minimum` is the least share of what is measured."""

    output_format: str = "text"
    coverage: bool = False
    mutate: bool = False
    minimum: float = 0
    update: bool = False
    colour: bool = False


@dataclass(frozen=True, slots=True)
class TestReport:
    """What testing printed, and whether all is well; `talk` is for people only."""

    text: str
    talk: str
    passed: bool


@dataclass(frozen=True, slots=True)
class _Tested:
    """One test file that could be run."""

    ground: Ground
    results: FileResults


def test_paths(paths: Iterable[Path], options: TestOptions, progress: Progress) -> TestReport:
    """Run every test file; raises Failure when there is none, or a case cannot be run at all.

    `progress` is told how many edits of a mapping were tried, of how many.
    """
    given = list(paths)
    files = list(find_files(given, tests=True))
    if not files:
        told = ", ".join(str(path) for path in given)
        raise Failure(f"no test file (NAME.test.yaml) under {told}: what is not tested fails")
    tested, problems = _run_files(files)
    measured = _by_mapping(given, tested) if options.coverage or options.mutate else {}
    coverage = [_cover(path, own) for path, own in measured.items()] if options.coverage else None
    mutation = (
        [_mutate(path, own, progress) for path, own in measured.items()] if options.mutate else None
    )
    report = TrialsReport(
        [one.results for one in tested],
        None if coverage is None else [view_coverage(one) for one in coverage],
        None if mutation is None else [view_mutation(one) for one in mutation],
    )
    broken = any(one.severity == "error" for one in problems)
    enough = not any(
        one.is_below(options.minimum) for one in [*(coverage or ()), *(mutation or ())]
    )
    text, talk = _propose(tested) if options.update else (_render(report, options), "")
    findings = Findings(tuple(sort_problems(problems)), len(files), options.colour)
    return TestReport(
        text=text,
        talk=talk + (render_text(findings) if problems else ""),
        passed=not broken and enough and not any(one.results.failed for one in tested),
    )


def _run_files(files: Sequence[Path]) -> tuple[list[_Tested], list[Problem]]:
    tested: list[_Tested] = []
    problems: list[Problem] = []
    for path in files:
        trials, found = read_trials(path)
        problems += found
        if trials is not None:
            ground = Ground(trials)
            named = check_trials(ground)
            problems += named
            if not named:
                tested.append(_Tested(ground, FileResults(trials, list(run_trials(ground)))))
    return tested, problems


def _render(report: TrialsReport, options: TestOptions) -> str:
    render = _FORMATS.get(options.output_format)
    return render(report) if render else render_trials_text(report, colour=options.colour)


def _by_mapping(given: Sequence[Path], tested: Sequence[_Tested]) -> dict[Path, list[_Tested]]:
    """Give each mapping with its test files; one in a folder given, without any, has none."""
    found: dict[Path, list[_Tested]] = {}
    for one in tested:
        found.setdefault(one.ground.mapping_path, []).append(one)
    known = {path.resolve() for path in found}
    folders = [path for path in given if path.is_dir()]
    for file in read_files(folders):
        document, _ = read_document(file.raw, file.path)
        if document is None or is_brand(document) or Path(file.path).resolve() in known:
            continue
        found[Path(file.path)] = []
    return found


def _cover(path: Path, tested: Sequence[_Tested]) -> Coverage:
    results = [result for one in tested for result in one.results.results]
    if tested:
        return measure_coverage(tested[0].ground.checked, results)
    document, _ = read_document(path.read_bytes(), str(path))
    checked = None if document is None else check_document(document, {}).spec
    if checked is None:
        raise Failure(f"{path} has errors: run miradot validate")
    return measure_coverage(checked, results)


def _mutate(path: Path, tested: Sequence[_Tested], progress: Progress) -> Mutation:
    if not tested:
        raise Failure(f"{path} has no tests: nobody would notice a wrong edit")
    if any(one.results.failed for one in tested):
        raise Failure(f"tests of {path} fail: wrong edits are tried on tests that pass")
    cases = [
        prepare_case(one.ground, name, case)
        for one in tested
        for name, case in one.ground.trials.spec.cases.items()
    ]
    return try_mutants(tested[0].ground.checked, cases, progress)


def _propose(tested: Sequence[_Tested]) -> tuple[str, str]:
    """Give the diffs that would make the tests expect what came, and what no diff can settle."""
    diffs, left = [], []
    for one in tested:
        document = one.ground.trials.document
        proposal = propose(document, one.results.results)
        diffs.append(proposal.diff)
        for difference in proposal.left:
            place = document.place_of_key(difference.pointer)
            told = ".".join(str(step) for step in difference.pointer[2:])
            left.append(f"{place}: {printable(told)} is for you to decide\n")
    return "".join(diffs), "".join(left) or ("" if any(diffs) else "nothing to propose\n")

"""Test results as a person reads them, as JSON, and as JUnit XML for a build server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePath
from typing import Annotated, Literal, NotRequired
from xml.etree import ElementTree as ET

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.coverage import CoverageView, coverage_lines
from engine.report.findings import encodable, printable
from engine.report.json_text import write_json
from engine.report.mutation import MutationView, mutation_lines
from engine.trials.files import Trials
from engine.trials.matching import Difference
from engine.trials.running import Result
from engine.yaml12.scalars import read_plain

_CLOSED = ConfigDict(extra="forbid")
_COLOURS = {"failed": "31", "fine": "32", "bold": "1", "dim": "2"}


@dataclass(frozen=True, slots=True)
class FileResults:
    """One test file and what became of its cases."""

    trials: Trials
    results: Sequence[Result]

    @property
    def failed(self) -> int:
        """How many cases failed."""
        return sum(not one.passed for one in self.results)


@with_config(_CLOSED)
class DifferenceView(TypedDict):
    """One thing that is not as expected."""

    expectation: Annotated[str, Field(description="Which expectation, such as expect.money.net.")]
    line: Annotated[int, Field(ge=1, description="Its line in the test file.")]
    wanted: object
    got: object


@with_config(_CLOSED)
class CaseView(TypedDict):
    """One case."""

    name: str
    file: str
    line: Annotated[int, Field(ge=1)]
    passed: bool
    differences: list[DifferenceView]


@with_config(_CLOSED)
class TrialsDocument(TypedDict):
    """Every case of every file."""

    schema: Literal["miradot/trials.v1"]
    cases: list[CaseView]
    passed: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    coverage: NotRequired[Annotated[list[CoverageView], Field(description="With --coverage.")]]
    mutation: NotRequired[Annotated[list[MutationView], Field(description="With --mutate.")]]


@dataclass(frozen=True, slots=True)
class TrialsReport:
    """All that testing found; `coverage` and `mutation` are None where nobody asked for them."""

    files: Sequence[FileResults]
    coverage: Sequence[CoverageView] | None = None
    mutation: Sequence[MutationView] | None = None


def trials_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("trials.v1", TypeAdapter(TrialsDocument))


def render_trials_text(report: TrialsReport, *, colour: bool) -> str:
    """Give the cases that failed with their differences, then the figures."""
    files = report.files
    lines: list[str] = []
    for file in files:
        for result in file.results:
            if not result.passed:
                lines += [*_failure_lines(file, result, colour=colour), ""]
    for file in files:
        count, failed = len(file.results), file.failed
        told = _paint(f"{failed} failed", "failed", colour) if failed else "all passed"
        lines.append(f"{file.trials.path}  {count} case{'' if count == 1 else 's'}, {told}")
    for covered in report.coverage or ():
        lines += ["", *coverage_lines(covered)]
    for tried in report.mutation or ():
        lines += ["", *mutation_lines(tried)]
    return "\n".join(lines) + "\n"


def _failure_lines(file: FileResults, result: Result, *, colour: bool) -> Iterator[str]:
    word = _paint("failed", "failed", colour)
    place = file.trials.document.place_of_key(result.pointer)
    yield f"{place}  {word}  {_paint(printable(result.name), 'bold', colour)}"
    for one in result.differences:
        line = _line(file, one)
        yield f"    {_told(one, result)}  {PurePath(place.path).name}:{line}"
        yield from _value_lines(one)


def _value_lines(one: Difference) -> Iterator[str]:
    """Give both values, one below the other; of two lists, element by element, what differs."""
    if not (isinstance(one.wanted, list) and isinstance(one.got, list)):
        yield f"        wanted  {show(one.wanted)}"
        yield f"        got     {show(one.got)}"
        return
    wanted, got = [*map(show, one.wanted)], [*map(show, one.got)]
    yield "        wanted (-) and got (+)"
    for word, start, end, first, last in SequenceMatcher(None, wanted, got).get_opcodes():
        if word == "equal":
            yield from (f"            {text}" for text in wanted[start:end])
        else:
            yield from (f"          - {text}" for text in wanted[start:end])
            yield from (f"          + {text}" for text in got[first:last])


def show(value: object) -> str:
    """Give a value on one line; blanks at the ends of a text, or beside each other, are visible.

    A text that could be taken for a number or a truth value stands in quotes.
    """
    if not isinstance(value, str):
        return printable(orjson.dumps(value).decode())
    words = value.split(" ")
    plain = all(words) and value and _is_text(value)
    return printable(value if plain else f'"{value.replace(" ", "·")}"')


def _is_text(value: str) -> bool:
    try:
        return isinstance(read_plain(value), str)
    except ValueError:
        return False


def _told(one: Difference, result: Result) -> str:
    """Name an expectation as it stands in the file: `expect.calls.order_record.body.currency`."""
    text = ""
    for step in one.pointer[len(result.pointer) :]:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return printable(text.removeprefix("."))


def _line(file: FileResults, one: Difference) -> int:
    pointer = one.pointer
    document = file.trials.document
    while pointer not in document.values and pointer not in document.keys:
        pointer = pointer[:-1]
    return document.place_of_key(pointer).line


def _paint(text: str, style: str, colour: bool) -> str:  # noqa: FBT001 - a plain switch
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if colour else text


def render_trials_json(report: TrialsReport) -> str:
    """Give the results as one document."""
    files = report.files
    cases: list[CaseView] = [
        {
            "name": encodable(result.name),
            "file": encodable(str(file.trials.path)),
            "line": file.trials.document.place_of_key(result.pointer).line,
            "passed": result.passed,
            "differences": [
                {
                    "expectation": _told(one, result),
                    "line": _line(file, one),
                    "wanted": one.wanted,
                    "got": one.got,
                }
                for one in result.differences
            ],
        }
        for file in files
        for result in file.results
    ]
    failed = sum(file.failed for file in files)
    document: TrialsDocument = {
        "schema": "miradot/trials.v1",
        "cases": cases,
        "passed": len(cases) - failed,
        "failed": failed,
    }
    if report.coverage is not None:
        document["coverage"] = [*report.coverage]
    if report.mutation is not None:
        document["mutation"] = [*report.mutation]
    return write_json(document)


def render_trials_junit(report: TrialsReport) -> str:
    """Give the results as JUnit XML, one suite per file."""
    files = report.files
    root = ET.Element("testsuites")
    for file in files:
        suite = ET.SubElement(
            root,
            "testsuite",
            name=printable(str(file.trials.path)),
            tests=str(len(file.results)),
            failures=str(file.failed),
        )
        for result in file.results:
            case = ET.SubElement(
                suite,
                "testcase",
                name=printable(result.name),
                classname=printable(file.trials.path.stem),
            )
            if not result.passed:
                failure = ET.SubElement(case, "failure", message="not as expected")
                failure.text = "\n".join(_failure_lines(file, result, colour=False))
    for covered in report.coverage or ():
        _add_measure(root, "coverage", covered["mapping"], coverage_lines(covered))
    for tried in report.mutation or ():
        _add_measure(root, "mutation", tried["mapping"], mutation_lines(tried))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_measure(root: ET.Element, kind: str, mapping: str, lines: Iterable[str]) -> None:
    """Add what was measured as a suite that cannot fail: whether it is enough, `--min` decides."""
    suite = ET.SubElement(root, "testsuite", name=kind, tests="1", failures="0")
    case = ET.SubElement(suite, "testcase", name=printable(mapping), classname=kind)
    ET.SubElement(case, "system-out").text = "\n".join(lines)

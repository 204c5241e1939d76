"""Coverage of meaning as a person reads it, and as part of the document of results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import floor
from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from engine.coverage.measuring import Coverage
from engine.report.findings import encodable, printable

_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class GoalView(TypedDict):
    """One thing that a mapping can mean and no test brings about."""

    kind: Annotated[str, Field(description="What kind of thing, such as consent rows.")]
    line: Annotated[int, Field(ge=1, description="Its line in the mapping.")]
    told: Annotated[str, Field(description="What is to be brought about, in words.")]


@with_config(_CLOSED)
class KindView(TypedDict):
    """The figures of one kind."""

    kind: str
    goals: Annotated[int, Field(ge=0)]
    reached: Annotated[int, Field(ge=0)]


@with_config(_CLOSED)
class CoverageView(TypedDict):
    """What the tests of one mapping bring about."""

    mapping: Annotated[str, Field(description="The mapping's file.")]
    goals: Annotated[int, Field(ge=0)]
    reached: Annotated[int, Field(ge=0)]
    percent: Annotated[float, Field(ge=0, le=100, description="Rounded down to one digit.")]
    kinds: list[KindView]
    missed: list[GoalView]


def view_coverage(coverage: Coverage) -> CoverageView:
    """Give the coverage of one mapping as data."""
    document = coverage.checked.document
    goals = Counter(goal.kind for goal in coverage.goals)
    missed = Counter(goal.kind for goal in coverage.missed)
    return {
        "mapping": encodable(document.path),
        "goals": len(coverage.goals),
        "reached": coverage.reached,
        "percent": percent(coverage.reached, len(coverage.goals)),
        "kinds": [
            {"kind": kind, "goals": count, "reached": count - missed[kind]}
            for kind, count in goals.items()
        ],
        "missed": [
            {
                "kind": goal.kind,
                "line": document.place_of_key(goal.pointer).line,
                "told": goal.told,
            }
            for goal in sorted(coverage.missed, key=lambda one: document.place_of_key(one.pointer))
        ],
    }


def coverage_lines(view: CoverageView) -> Iterator[str]:
    """Give the coverage of one mapping in lines: the figures, then what is not tested."""
    path = printable(view["mapping"])
    share = f"{view['percent']:g} %"
    yield f"{path}  {share} of what it means is tested, {view['reached']} of {view['goals']}"
    width = max(len(one["kind"]) for one in view["kinds"])
    for one in view["kinds"]:
        yield f"    {one['kind']:{width}}  {one['reached']:3} of {one['goals']}"
    if view["missed"]:
        yield "  not tested"
    for goal in view["missed"]:
        yield f"    {path}:{goal['line']}  {printable(goal['told'])}"


def percent(part: int, whole: int) -> float:
    """Give a share in per cent, rounded down to one digit: only all of it is 100."""
    return floor(part * 1000 / whole) / 10 if whole else 100.0

"""Mutation as a person reads it, and as part of the document of results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from engine.mutation.trying import Mutation
from engine.report.coverage import percent
from engine.report.findings import encodable, printable

_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class SurvivorView(TypedDict):
    """One wrong edit that no test notices."""

    line: Annotated[int, Field(ge=1, description="The line of the mapping that was edited.")]
    change: Annotated[str, Field(description="What was changed, in words.")]
    test: Annotated[str, Field(description="The test that would notice it.")]


@with_config(_CLOSED)
class MutationView(TypedDict):
    """What became of the edits of one mapping."""

    mapping: Annotated[str, Field(description="The mapping's file.")]
    killed: Annotated[int, Field(ge=0, description="Edits that make a test fail.")]
    survived: Annotated[int, Field(ge=0, description="Edits that no test notices.")]
    percent: Annotated[float, Field(ge=0, le=100, description="Killed, of killed and survived.")]
    refused: Annotated[int, Field(ge=0, description="Edits that the checker does not let pass.")]
    same: Annotated[int, Field(ge=0, description="Edits that compile to the same function.")]
    survivors: list[SurvivorView]


def view_mutation(mutation: Mutation) -> MutationView:
    """Give what became of the edits of one mapping as data."""
    document = mutation.checked.document
    killed, survived = mutation.count("killed"), mutation.count("survived")
    return {
        "mapping": encodable(document.path),
        "killed": killed,
        "survived": survived,
        "percent": percent(killed, killed + survived),
        "refused": mutation.count("refused"),
        "same": mutation.count("same"),
        "survivors": [
            {
                "line": document.place_of_key(one.pointer).line,
                "change": one.change,
                "test": one.test,
            }
            for one in mutation.survivors
        ],
    }


def mutation_lines(view: MutationView) -> Iterator[str]:
    """Give the figures of one mapping, then each edit that no test notices."""
    path = printable(view["mapping"])
    tried = view["killed"] + view["survived"]
    share = f"{view['percent']:g} %"
    yield f"{path}  {share} of wrong edits are noticed, {view['killed']} of {tried}"
    refused, same = view["refused"], view["same"]
    yield f"    refused by the checker {refused} · without effect on any plan {same}"
    if view["survivors"]:
        yield "  not noticed"
    for one in view["survivors"]:
        yield f"    {path}:{one['line']}  {printable(one['change'])}"
        yield f"        would be: {printable(one['test'])}"

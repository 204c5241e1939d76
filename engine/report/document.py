"""Problems as one JSON document, the shape of `schemas/problems.v1.schema.json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.problem import Problem
from engine.published import publish
from engine.report.findings import Findings, encodable
from engine.report.json_text import write_json

_CLOSED = ConfigDict(extra="forbid")
_Line = Annotated[int, Field(ge=1, description="Line; the first is 1.")]
_Column = Annotated[int, Field(ge=1, description="Column in code points; the first is 1.")]
_EndColumn = Annotated[int, Field(ge=1, description="First column after the stretch.")]


@with_config(_CLOSED)
class ProblemView(TypedDict):
    """One problem; lines and columns count from 1, the end is exclusive."""

    code: Annotated[str, Field(description="Permanent code, such as MD302.")]
    severity: Annotated[
        Literal["error", "warning"], Field(description="An error refuses the file.")
    ]
    message: Annotated[str, Field(description="What is wrong.")]
    path: Annotated[str, Field(description="The file.")]
    line: _Line
    column: _Column
    end_line: _Line
    end_column: _EndColumn
    effect: Annotated[str, Field(description="What would happen if it ran; may be empty.")]
    example: Annotated[str, Field(description="A record that shows it; may be empty.")]
    help: Annotated[str, Field(description="The way out; may be empty.")]


@with_config(_CLOSED)
class ProblemFigures(TypedDict):
    """The figures of a check."""

    files: Annotated[int, Field(ge=0, description="How many files were looked at.")]
    errors: Annotated[int, Field(ge=0, description="How many problems are errors.")]
    warnings: Annotated[int, Field(ge=0, description="How many problems are warnings.")]


@with_config(_CLOSED)
class ProblemDocument(TypedDict):
    """Everything a check found."""

    schema: Literal["miradot/problems.v1"]
    problems: list[ProblemView]
    summary: ProblemFigures


def render_document(findings: Findings) -> str:
    """Give the document."""
    document: ProblemDocument = {
        "schema": "miradot/problems.v1",
        "problems": [_view(problem) for problem in findings.problems],
        "summary": {
            "files": findings.checked,
            "errors": findings.errors,
            "warnings": findings.warnings,
        },
    }
    return write_json(document)


def _view(problem: Problem) -> ProblemView:
    place = problem.place
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": encodable(problem.message),
        "path": encodable(place.path),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "effect": encodable(problem.effect),
        "example": encodable(problem.example),
        "help": encodable(problem.help),
    }


def problems_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("problems.v1", TypeAdapter(ProblemDocument))

"""Problems as one JSON document, the shape of `schemas/problems.v1.schema.json`."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.report.findings import Findings

_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class ProblemView(TypedDict):
    """One problem; lines and columns count from 1, the end is exclusive."""

    code: Annotated[str, Field(description="Permanent code, such as MD302.")]
    severity: Literal["error", "warning"]
    message: Annotated[str, Field(description="What is wrong.")]
    path: Annotated[str, Field(description="The file.")]
    line: int
    column: int
    end_line: int
    end_column: int
    effect: Annotated[str, Field(description="What would happen if it ran; may be empty.")]
    help: Annotated[str, Field(description="The way out; may be empty.")]


@with_config(_CLOSED)
class ProblemFigures(TypedDict):
    """The figures of a check."""

    files: int
    errors: int
    warnings: int


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
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity,
                "message": problem.message,
                "path": problem.place.path,
                "line": problem.place.line,
                "column": problem.place.column,
                "end_line": problem.place.end_line,
                "end_column": problem.place.end_column,
                "effect": problem.effect,
                "help": problem.help,
            }
            for problem in findings.problems
        ],
        "summary": {
            "files": findings.checked,
            "errors": findings.errors,
            "warnings": findings.warnings,
        },
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"


def problems_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://miradot.dev/schemas/problems.v1.schema.json",
        **TypeAdapter(ProblemDocument).json_schema(),
    }

"""What passes between the two processes: JSON, read by the parent as it reads any stranger's."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.codes import CODES
from engine.commands.checks import Result, Task
from engine.commands.files import SourceFile
from engine.problem import LONGEST_TEXT, Place, Problem
from engine.yaml12.characters import MAX_BYTES

READY = b"ready"
READY_WITH_NETWORK = b"ready, in the network"
OUT_OF_MEMORY = 77
CPU_SECONDS = 5
MEMORY_MEGABYTES = 512
MOST_BYTES = 16 << 20

_Count = Annotated[int, Field(ge=1, le=2 * MAX_BYTES)]
_Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
_Line = Annotated[str, Field(max_length=MAX_BYTES)]
_Name = Annotated[str, Field(pattern=r"\A[a-z0-9-]{0,60}\z")]


class _Closed(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _WireProblem(_Closed):
    """A problem; `file` and `source` are places in the task's files and the result's lines."""

    code: str
    severity: Literal["error", "warning"]
    file: Literal[0, 1]
    line: _Count
    column: _Count
    end_line: _Count
    end_column: _Count
    message: _Text
    effect: _Text
    help: _Text
    example: _Text
    source: Annotated[int, Field(ge=0)]


class _WireResult(_Closed):
    mapping: _Name
    brand_of: _Name
    lines: list[_Line]
    problems: list[_WireProblem]


def encode_tasks(tasks: Sequence[Task]) -> bytes:
    """Write tasks: each file once, then which of them belong to each task."""
    files = list(dict.fromkeys(file for task in tasks for file in _files_of(task)))
    shown = [[file.path, base64.b64encode(file.raw).decode()] for file in files]
    wanted = [[files.index(file) for file in _files_of(task)] for task in tasks]
    return json.dumps({"files": shown, "tasks": wanted}).encode()


def decode_tasks(raw: bytes) -> Iterator[Task]:
    """Read tasks; they come from the parent, which is trusted."""
    request = json.loads(raw)
    files = [SourceFile(path, base64.b64decode(text)) for path, text in request["files"]]
    for indexes in request["tasks"]:
        yield Task(*(files[index] for index in indexes))


def encode_result(task: Task, result: Result) -> bytes:
    """Write a result as one line; a source line that many problems share is written once."""
    paths = [file.path for file in _files_of(task)]
    lines = {line: index for index, line in enumerate(dict.fromkeys(_sources(result)))}
    problems = [
        {
            "code": one.code,
            "severity": one.severity,
            "file": paths.index(one.place.path),
            "line": one.place.line,
            "column": one.place.column,
            "end_line": one.place.end_line,
            "end_column": one.place.end_column,
            "message": one.message,
            "effect": one.effect,
            "help": one.help,
            "example": one.example,
            "source": lines[one.source],
        }
        for one in result.problems
    ]
    answer = {
        "mapping": result.mapping,
        "brand_of": result.brand_of,
        "lines": list(lines),
        "problems": problems,
    }
    return json.dumps(answer).encode() + b"\n"


def decode_result(raw: bytes, task: Task) -> Result:
    """Read a result; ValueError when it is not exactly what `encode_result` writes."""
    try:
        answer = _WireResult.model_validate_json(raw)
    except ValidationError as error:
        raise ValueError("no result") from error
    problems = tuple(_read_problem(one, answer.lines, task) for one in answer.problems)
    return Result(problems, answer.mapping, answer.brand_of)


def _read_problem(one: _WireProblem, lines: list[str], task: Task) -> Problem:
    files = _files_of(task)
    if one.code not in CODES or one.file >= len(files) or one.source >= len(lines):
        raise ValueError("no problem of this task")
    place = Place(files[one.file].path, one.line, one.column, one.end_line, one.end_column)
    return Problem(
        one.code,
        one.message,
        place,
        severity=one.severity,
        effect=one.effect,
        help=one.help,
        example=one.example,
        source=lines[one.source],
    )


def _files_of(task: Task) -> list[SourceFile]:
    return [task.file] if task.mapping is None else [task.file, task.mapping]


def _sources(result: Result) -> Iterator[str]:
    return (problem.source for problem in result.problems)

"""The matrix as a person reads it, and as a table for a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

from engine.proof.matrix import CaseView, MatrixDocument, MatrixRow
from engine.report.csv import render_csv
from engine.report.findings import printable
from engine.report.markdown import table_row

_WIDTH = 100


def render_matrix_text(document: MatrixDocument) -> str:
    """Give, for each value, the fields it goes to and what they do without each of its inputs."""
    lines = [
        f"{document['mapping']} {document['version']}: what each field does without its inputs",
        "(in brackets: what the source lock rules out; it is answered all the same)",
    ]
    for (value, _), rows in _by_value(document["rows"]).items():
        fields = _fields_of(rows)
        lines += ["", *wrap(f"{fields} <- {value}", _WIDTH, subsequent_indent="    ")]
        lines += _effect_lines(rows)
    return "\n".join(printable(line) for line in lines) + "\n"


def _by_value(rows: list[MatrixRow]) -> dict[tuple[str, str], list[MatrixRow]]:
    """Group the rows by what the fields are made of, as long as they do the same without it."""
    values: dict[tuple[str, str], list[MatrixRow]] = {}
    for (_, _, value), group in groupby(rows, _field_of):
        own = list(group)
        effects = repr([(row["name"], [case["effect"] for case in row["cases"]]) for row in own])
        values.setdefault((value, effects), []).extend(own)
    return values


def _fields_of(rows: list[MatrixRow]) -> str:
    fields: dict[str, dict[str, None]] = {}
    for row in rows:
        fields.setdefault(row["part"], {})[row["field"]] = None
    return "; ".join(f"{part}: {', '.join(names)}" for part, names in fields.items())


def _field_of(row: MatrixRow) -> tuple[str, str, str]:
    return row["part"], row["field"], row["value"]


def _effect_lines(rows: list[MatrixRow]) -> Iterator[str]:
    """Give each effect, the cases that have it, and the inputs they are cases of."""
    effects: dict[str, dict[str, dict[str, None]]] = {}
    for row in rows:
        for effect, cases in _by_effect(row["cases"]):
            effects.setdefault(effect, {}).setdefault(cases, {})[row["input"]] = None
    for effect, by_cases in effects.items():
        for cases, inputs in by_cases.items():
            yield from wrap(
                f"{effect}: {', '.join(inputs)} when {cases}",
                _WIDTH,
                initial_indent=" " * 4,
                subsequent_indent=" " * 8,
                break_long_words=False,
                break_on_hyphens=False,
            )


def _by_effect(cases: list[CaseView]) -> Iterator[tuple[str, str]]:
    """Give each effect with the cases that have it; those ruled out in brackets."""
    for effect in dict.fromkeys(case["effect"] for case in cases):
        same = [case for case in cases if case["effect"] == effect]
        possible = ", ".join(case["label"] for case in same if case["possible"])
        ruled_out = ", ".join(case["label"] for case in same if not case["possible"])
        yield effect, f"{possible} ({ruled_out})".strip() if ruled_out else possible


def render_matrix_markdown(document: MatrixDocument) -> str:
    """Give one table: a line per field and input, a column per case."""
    lines = [
        f"### {document['mapping']} {document['version']}: field by case",
        "",
        "| send | field | input | absent | null | blank | wrong type or unknown code |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in document["rows"]:
        told = {case["case"]: _told(case) for case in row["cases"]}
        cells = [row["part"], row["field"], row["input"]]
        cells += [told.get(case, "") for case in ("absent", "null", "blank", "unknown")]
        lines.append(table_row(cells))
    return "\n".join(lines) + "\n"


def render_matrix_csv(document: MatrixDocument) -> str:
    """Give the table for a spreadsheet: a line per field, input and case."""
    head = ("part", "field", "value", "input", "rule", "case", "possible", "answer", "effect")
    return render_csv(
        head,
        (
            (
                *(row["part"], row["field"], row["value"], row["input"], row["rule"]),
                *(case["label"], "yes" if case["possible"] else "no"),
                *(case["answer"], case["effect"]),
            )
            for row in document["rows"]
            for case in row["cases"]
        ),
    )


def _told(case: CaseView) -> str:
    return case["effect"] if case["possible"] else f"({case['effect']})"

"""The matrix: for each target field, every way its inputs can be empty and what then happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.checked import CheckedSpec
from engine.inputs import CASES, Answer, Case, Input, ListInput, parse_answer
from engine.proof.influence import Influence
from engine.proof.targets import TargetField, list_targets
from engine.published import publish

_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class CaseView(TypedDict):
    """One way in which an input can be empty or unreadable."""

    case: Literal["absent", "null", "blank", "unknown"]
    label: Annotated[str, Field(description="The case in the words of people, such as wrong type")]
    possible: Annotated[bool, Field(description="False when the source lock rules it out.")]
    answer: Annotated[str, Field(description="The answer as the mapping writes it.")]
    effect: Annotated[str, Field(description="What happens to the field, in plain words.")]


@with_config(_CLOSED)
class MatrixRow(TypedDict):
    """One input of one target field."""

    part: Annotated[str, Field(description="The send, or the section that decides about all.")]
    field: Annotated[str, Field(description="The field of the target, or what is decided.")]
    value: Annotated[str, Field(description="The names it is made of.")]
    input: Annotated[str, Field(description="Where the input stands in the payload.")]
    name: Annotated[str, Field(description="The name of the input in the mapping.")]
    rule: Annotated[str, Field(description="The line of the mapping that reads the input.")]
    cases: list[CaseView]


@with_config(_CLOSED)
class MatrixDocument(TypedDict):
    """Every field of a mapping by every case of its inputs."""

    schema: Literal["miradot/matrix.v1"]
    mapping: str
    version: str
    rows: list[MatrixRow]


def build_matrix(checked: CheckedSpec) -> MatrixDocument:
    """Give the matrix of a checked mapping: a row per field and input, in reading order."""
    influence = Influence(checked)
    rows: list[MatrixRow] = []
    for target in list_targets(checked):
        rows += (_row(checked, target, name) for name in influence.of(*target.names))
    return {
        "schema": "miradot/matrix.v1",
        "mapping": checked.spec.mapping,
        "version": checked.spec.version,
        "rows": rows,
    }


def matrix_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("matrix.v1", TypeAdapter(MatrixDocument))


def payload_place(checked: CheckedSpec, one: Input | ListInput) -> str:
    """Give where an input stands, as people write it: `order_lines[].refunds[].amount`."""
    outer = one.level if isinstance(one, Input) else one.level[:-1]
    lists = checked.inputs.lists
    parts = [lists[".".join(outer[: depth + 1])].path.text + "[]" for depth in range(len(outer))]
    if one.path is not None:
        return ".".join([*parts, one.path.text])
    custom = one.custom_list.list if isinstance(one, Input) and one.custom_list else ""
    code = one.custom_code if isinstance(one, Input) else ""
    return ".".join([*parts, f"{custom}[{code}]"])


def _row(checked: CheckedSpec, target: TargetField, name: str) -> MatrixRow:
    one = checked.inputs.reads.get(name) or checked.inputs.lists[name]
    return {
        "part": target.part,
        "field": target.name,
        "value": ", ".join(target.names),
        "input": payload_place(checked, one),
        "name": name,
        "rule": checked.line_of(one.pointer),
        "cases": list(_cases(checked, target, one)),
    }


def _cases(checked: CheckedSpec, target: TargetField, one: Input | ListInput) -> Iterator[CaseView]:
    for case in CASES:
        answer = one.answers.get(case)
        if answer is not None:
            yield {
                "case": case,
                "label": label_of(case, one),
                "possible": case in one.possible,
                "answer": f"{answer.kind} {answer.word}".rstrip(),
                "effect": _effect(checked, target, one, answer),
            }


def label_of(case: Case, one: Input | ListInput) -> str:
    """Give a case in the words of people, such as `empty list`."""
    if isinstance(one, ListInput):
        return {"blank": "empty list", "unknown": "wrong type"}.get(case, case)
    if case != "unknown":
        return case
    return "unknown code" if one.read.type in ("code", "choice", "currency") else "wrong type"


def _effect(
    checked: CheckedSpec, target: TargetField, one: Input | ListInput, answer: Answer
) -> str:
    if answer.kind == "use":
        return f'taken as "{answer.word}"'
    if answer.kind == "fail":
        rule = checked.spec.exceptions[answer.word]
        if rule.level != "note":
            return f"held as {answer.word}"
        return f"noted: {answer.word}; {_without(checked, target, one)}"
    if answer.kind == "clear" and target.is_value and target.names == (one.name,):
        return "the field is emptied"
    return _without(checked, target, one)


def _without(checked: CheckedSpec, target: TargetField, one: Input | ListInput) -> str:
    """Say what a field does without an input that is skipped."""
    if isinstance(one, ListInput):
        return "no elements"
    found = _without_person(checked, one) or _without_part(checked, target)
    if found:
        return found
    if one.name in checked.optional_evidence():
        return "no proof of consent, so nobody is subscribed by it"
    if target.part == "sentence":
        return "said as (not known)"
    return "left out" if target.is_value else "the condition sees it as missing"


def _without_person(checked: CheckedSpec, one: Input) -> str:
    """Say what follows when the person or an address is not there."""
    identity = checked.spec.identity
    if identity is not None and one.name == identity.person.from_:
        return f"held as {identity.no_person}"
    if identity is not None and one.name in identity.address:
        held = f"held as {identity.no_address}"
        only = len(identity.address) == 1
        return held if only else f"the next address counts; without any, {held}"
    return ""


def _without_part(checked: CheckedSpec, target: TargetField) -> str:
    """Say what a text of the target does when a name in it is not there."""
    for text in (checked.spec.text.get(name) for name in target.names):
        if text is not None:
            said = _outcome(checked, text.missing)
            return said if text.join is None else f"not joined; if nothing is, {said}"
    return ""


def _outcome(checked: CheckedSpec, text: str) -> str:
    answer = parse_answer(text)
    if answer.kind == "use":
        return f'taken as "{answer.word}"'
    if answer.kind == "fail" and checked.spec.exceptions[answer.word].level != "note":
        return f"held as {answer.word}"
    return "the field is emptied" if answer.kind == "clear" else "left out"

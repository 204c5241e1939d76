"""Mutants of answers: what stands behind `missing`, `unknown` and their like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.checked import CheckedSpec
from engine.inputs import Case, Input, ListInput, cases_answered, parse_answer
from engine.mutation.mutant import Mutant, replacing
from engine.proof.matrix import label_of, payload_place
from engine.spec.read import Outcomes
from engine.text import Pointer

# What `use` may stand in with, by type; a type that is not here takes no made-up value.
_STAND_INS: Mapping[str, str] = {
    "text": "something",
    "id": "something",
    "integer": "7",
    # Before the currency is known there is no other amount.
    "money": "0.00",
    "boolean": "true",
}


def mutate_outcomes(
    checked: CheckedSpec, one: Input | ListInput, outcomes: Outcomes
) -> Iterator[Mutant]:
    """Turn each answer of a read or list into others.

    Only where the source lock lets one of its cases happen: for the rest no record tells.
    """
    kind = one.read.type if isinstance(one, Input) else None
    for key, cases in cases_answered(outcomes).items():
        possible = [case for case in cases if case in one.possible]
        if not possible:
            continue
        where = f"{payload_place(checked, one)} is {_tell(possible, one)}"
        yield from mutate_answer(
            checked, (*one.pointer, key), getattr(outcomes, key), (kind or "", where)
        )


def mutate_answer(
    checked: CheckedSpec, pointer: Pointer, said: str, what: tuple[str, str]
) -> Iterator[Mutant]:
    """Turn one answer into others; `what` is the type of the value and the case it answers."""
    kind, where = what
    given = parse_answer(said)
    test = f"a record in which {where}, expecting {_expected(given.kind, given.word)}"
    others = ["skip"] if given.kind != "skip" else [f"fail {next(iter(checked.spec.exceptions))}"]
    stand_in = _stand_in(checked, kind, pointer)
    if stand_in is not None and stand_in != given.word:
        others.append(f"use {stand_in}")
    for other in others:
        yield replacing(pointer, other, f"when {where}: {other} instead of {said}", test)


def _stand_in(checked: CheckedSpec, kind: str, pointer: Pointer) -> str | None:
    if kind in ("code", "choice"):
        name = ".".join(str(step) for step in pointer[:-1] if step not in ("read", "each"))
        values = checked.names[name].values or ()
        return values[0] if values else None
    return _STAND_INS.get(kind)


def _expected(kind: str, word: str) -> str:
    if kind == "fail":
        return f"the exception {word}"
    return f"{word} in its place" if kind == "use" else "that the rest is sent without it"


def _tell(cases: list[Case], one: Input | ListInput) -> str:
    return " or ".join(label_of(case, one) for case in sorted(cases))

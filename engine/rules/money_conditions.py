"""Conditions of totals: what they ask stands around every amount they decide on, and is sure."""

from __future__ import annotations

from engine.inputs import Input
from engine.names import READ, Named
from engine.rules.conditions import check_condition
from engine.rules.subject import Subject
from engine.spec.condition import Bound, Cell, Condition
from engine.text import Pointer

_SURE = ("code", "choice", "boolean")


def check_where(subject: Subject, where: Condition, parts: list[Named], pointer: Pointer) -> None:
    """Check the condition of a total, as seen from each of its parts."""
    for reference, cell in where.items():
        one = subject.inputs.reads.get(reference)
        if one is not None and _stands_around(subject, one, parts, (*pointer, reference)):
            check_condition(subject, {reference: cell}, pointer, one.level, stage=READ)
            if cell not in ("given", "missing"):
                _check_sure(subject, one, cell, (*pointer, reference))
        elif one is None and subject.name(reference, (*pointer, reference)) is not None:
            message = f'"{reference}" is not read from the record'
            _report(subject, (*pointer, reference), message)


def _stands_around(subject: Subject, one: Input, parts: list[Named], pointer: Pointer) -> bool:
    subject.used.add(one.name)
    outside = [part for part in parts if part.level[: len(one.level)] != one.level]
    if outside:
        subject.problems.report(
            "MD427",
            pointer,
            f'"{one.name}" stands in {".".join(one.level)}, where "{outside[0].name}" does not',
            effect="nobody could say which element decides",
            help="ask what stands around the amount, or add up the deeper amounts apart",
        )
    return not outside


def _check_sure(subject: Subject, one: Input, cell: Cell, pointer: Pointer) -> None:
    named = subject.names[one.name]
    if one.name in subject.doubted:
        return
    if named.optional:
        _report(subject, pointer, f'"{one.name}" may be missing, and would then decide unseen')
    elif isinstance(cell, Bound):
        return
    elif one.read.type not in _SURE or (one.lock_codes and one.read.type != "code"):
        wanted = "code" if one.lock_codes else "code, choice or boolean"
        _report(subject, pointer, f'"{one.name}" is read as {one.read.type}, not as {wanted}')


def _report(subject: Subject, pointer: Pointer, message: str) -> None:
    subject.problems.report(
        "MD428",
        pointer,
        message,
        effect="nothing could be proved of what counts and what does not",
        help="ask a code, choice or boolean that is read, and always there",
    )

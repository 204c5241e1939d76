"""Inputs: every `read` and `each` of a mapping, as resolved against the source lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from engine.expressions.paths import Path
from engine.lock import Address, CustomFields
from engine.runtime.amounts import minor_units
from engine.spec.money import Money
from engine.spec.read import Each, Outcomes, Read, ValueType
from engine.text import Pointer

Case = Literal["absent", "null", "blank", "unknown"]
CASES: tuple[Case, ...] = ("absent", "null", "blank", "unknown")
Level = tuple[str, ...]
# A JSON number or truth value is never blank: an empty text in its place is of another type.
NUMBERS = frozenset({"money", "integer", "boolean"})


def level_of(name: str) -> Level:
    """Give the level a dotted name stands at: `lines.net` is one per line."""
    return tuple(name.split(".")[:-1])


@dataclass(frozen=True, slots=True)
class Answer:
    """What the mapping answers to one case: `fail` with a code, `skip`, `clear`, `use` a value."""

    kind: Literal["fail", "skip", "clear", "use", "once"]
    word: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One read. `name` is dotted from the record (`lines.refunds.amount`).

    `possible` are the cases that the source lock does not rule out; `identifies` is what the lock
    says that the value is the key of, such as `person`; `moves` says that the lock knows the value
    to change with every change of the record, and `given` that it is when the customer acted.
    """

    name: str
    level: Level
    read: Read
    pointer: Pointer
    path: Path | None
    custom_list: CustomFields | None
    custom_code: str
    answers: Mapping[Case, Answer]
    possible: frozenset[Case]
    codes: tuple[str, ...]
    lock_codes: tuple[str, ...]
    choices: Mapping[str, str]
    personal: bool
    lock_type: str
    identifies: str
    address: Address
    moves: bool
    given: bool


@dataclass(frozen=True, slots=True)
class ListInput:
    """One list that is walked; `level` ends with its own name."""

    name: str
    level: Level
    each: Each
    pointer: Pointer
    path: Path
    answers: Mapping[Case, Answer]
    possible: frozenset[Case]
    repeated: Answer | None
    conflicting: Answer | None
    address: Address


@dataclass(frozen=True, slots=True)
class Inputs:
    """All inputs of a mapping, by dotted name, in reading order."""

    reads: Mapping[str, Input]
    lists: Mapping[str, ListInput]

    def reads_at(self, level: Level) -> Iterator[Input]:
        """Give the reads taken from one element of `level`, in order."""
        return (one for one in self.reads.values() if one.level == level)

    def currency(self, money: Money | None) -> Input | None:
        """Give the read of the currency that all amounts are in: named by `money`, or the first."""
        if money is not None:
            return self.reads.get(money.currency)
        return next((one for one in self.reads_at(()) if one.read.type == "currency"), None)

    def lists_in(self, level: Level) -> Iterator[ListInput]:
        """Give the lists that stand directly in an element of `level`."""
        return (one for one in self.lists.values() if one.level[:-1] == level)


def parse_answer(text: str) -> Answer:
    """Turn an outcome as written (`fail CODE`, `use VALUE`…) into an answer."""
    kind, _, word = text.partition(" ")
    return Answer(cast("Literal['fail', 'skip', 'clear', 'use', 'once']", kind), word)


def used_value(word: str, kind: ValueType | None) -> object:
    """Give the value of `use WORD` for a type; ValueError or KeyError when it does not fit."""
    if kind == "integer":
        return int(word)
    if kind == "money":
        return minor_units(word, 1)
    if kind == "boolean":
        return {"true": True, "false": False}[word]
    return word


def answers_of(outcomes: Outcomes, *, can_be_blank: bool) -> dict[Case, Answer]:
    """Give the answer to each case; a case that nothing answers is left out."""
    answers: dict[Case, Answer] = {}
    for case in CASES:
        if case == "blank" and not can_be_blank:
            continue
        said = getattr(outcomes, case)
        if said is None and case != "unknown":
            said = outcomes.missing
        if said is None:
            said = outcomes.otherwise
        if said is not None:
            answers[case] = parse_answer(said)
    return answers


def answer_key(outcomes: Outcomes, case: Case) -> str:
    """Give the key under which a case is answered: its own, `missing` or `otherwise`."""
    if getattr(outcomes, case) is not None:
        return case
    return "missing" if case != "unknown" and outcomes.missing is not None else "otherwise"


def cases_answered(outcomes: Outcomes) -> dict[str, frozenset[Case]]:
    """Give, for each answer that is written down, the cases that it is the one for."""
    covered: dict[str, set[Case]] = {
        key: set() for key in (*CASES, "missing", "otherwise") if getattr(outcomes, key) is not None
    }
    for case in CASES:
        key = answer_key(outcomes, case)
        if key in covered:
            covered[key].add(case)
    return {key: frozenset(cases) for key, cases in covered.items()}

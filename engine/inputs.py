"""Inputs: every `read` and `each` of a mapping, resolved against the source lock.

A read becomes an `Input` (compiled path, answers to all four cases, codes, personal mark), a list
becomes a `ListInput`. The checker reports here what stands in the way of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from engine.expressions.paths import Path, PathError, compile_path
from engine.expressions.schema_walk import Selected, walk_path
from engine.lock import CustomFields, SourceLock
from engine.params import Params
from engine.problems import ProblemList
from engine.runtime.amounts import minor_units
from engine.spec.mapping import MappingSpec
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

    `possible` are the cases that the source lock does not rule out.
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


@dataclass(frozen=True, slots=True)
class Inputs:
    """All inputs of a mapping, by dotted name, in reading order."""

    reads: Mapping[str, Input]
    lists: Mapping[str, ListInput]

    def reads_at(self, level: Level) -> Iterator[Input]:
        """Give the reads taken from one element of `level`, in order."""
        return (one for one in self.reads.values() if one.level == level)

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


@dataclass(slots=True)
class _Resolver:
    """Walks `read` and `each` once, from the outside in."""

    spec: MappingSpec
    source: SourceLock
    params: Params
    problems: ProblemList
    reads: dict[str, Input] = field(default_factory=dict)
    lists: dict[str, ListInput] = field(default_factory=dict)

    def walk(self, level: Level, pointer: Pointer, holder: MappingSpec | Each, at: object) -> None:
        """Resolve the reads and lists of one element; `at` is its schema (None when unknown)."""
        for name, read in holder.read.items():
            self._add_read(level, (*pointer, "read", name), read, at)
        for name, each in holder.each.items():
            self._add_list((*level, name), (*pointer, "each", name), each, at)

    def _add_read(self, level: Level, pointer: Pointer, read: Read, at: object) -> None:
        name = ".".join((*level, str(pointer[-1])))
        path, selected = None, None
        custom_list, custom_code = None, ""
        if (read.path is None) == (read.custom_field is None):
            self.problems.report(
                "MD405", pointer, "a read needs either path or custom_field", at_key=True
            )
            return
        if read.path is not None:
            path, selected = self._resolve_path(read.path, (*pointer, "path"), at)
            if path is None:
                return
        else:
            custom_list, custom_code = self._resolve_custom(level, pointer, read)
            if custom_list is None:
                return
        self.reads[name] = Input(
            name=name,
            level=level,
            read=read,
            pointer=pointer,
            path=path,
            custom_list=custom_list,
            custom_code=custom_code,
            answers=answers_of(read, can_be_blank=read.type not in NUMBERS),
            possible=_possible(selected, can_be_blank=read.type not in NUMBERS),
            codes=tuple(read.codes or _marks(selected, "x-codes")),
            lock_codes=_marks(selected, "x-codes"),
            choices=self._choices(pointer, read),
            personal=_is_personal(read, selected),
            lock_type="custom" if custom_list else str(_mark(selected, "x-type") or ""),
        )

    def _add_list(self, level: Level, pointer: Pointer, each: Each, at: object) -> None:
        path, selected = self._resolve_path(each.path, (*pointer, "path"), at)
        if path is None:
            return
        self.lists[".".join(level)] = ListInput(
            name=".".join(level),
            level=level,
            each=each,
            pointer=pointer,
            path=path,
            answers=answers_of(each, can_be_blank=True),
            possible=_possible(selected, can_be_blank=True),
            repeated=parse_answer(each.repeated) if each.repeated else None,
            conflicting=parse_answer(each.conflicting) if each.conflicting else None,
        )
        node = selected.node if selected is not None else None
        items = node.get("items") if node is not None else None
        if node is not None and items is None:
            self.problems.report(
                "MD408", (*pointer, "path"), f'"{each.path}" is not a list in {self.source.name}'
            )
        self.walk(level, pointer, each, items)

    def _resolve_path(
        self, text: str, pointer: Pointer, at: object
    ) -> tuple[Path | None, Selected | None]:
        selected: Selected | None = None
        if isinstance(at, Mapping):
            selected, findings = walk_path(text, at, self.source.schema)
            for found in findings:
                self.problems.report(
                    found.code,
                    pointer,
                    found.message,
                    help=found.help,
                    effect=found.effect,
                    span=(found.start, found.end),
                    severity=found.severity,
                )
            if any(found.severity == "error" for found in findings):
                return None, None
        try:
            return compile_path(text), selected
        except PathError as error:
            self.problems.report("MD301", pointer, str(error), span=(error.start, error.end))
            return None, None

    def _resolve_custom(
        self, level: Level, pointer: Pointer, read: Read
    ) -> tuple[CustomFields | None, str]:
        where = ".".join(self.lists[".".join(level[: i + 1])].path.text for i in range(len(level)))
        custom = self.source.custom_fields.get(where)
        if custom is None:
            self.problems.report(
                "MD408", (*pointer, "custom_field"), f"{self.source.name} has no custom fields here"
            )
            return None, ""
        code = str(read.custom_field)
        if code.startswith("$"):
            value = self.params.values.get(code[1:])
            if not isinstance(value, str):
                return custom, code
            return custom, value
        return custom, code

    def _choices(self, pointer: Pointer, read: Read) -> dict[str, str]:
        words: dict[str, str] = {}
        for word, texts in (read.choices or {}).items():
            given = self.params.values.get(texts[1:]) if isinstance(texts, str) else texts
            for text in given if isinstance(given, list) else []:
                if words.setdefault(text, word) != word:
                    self.problems.report(
                        "MD409",
                        (*pointer, "choices", word),
                        f'the text "{text}" means both {words[text]} and {word}',
                    )
        return words


def resolve_inputs(
    spec: MappingSpec, source: SourceLock, params: Params, problems: ProblemList
) -> Inputs:
    """Resolve every read and list; what cannot be resolved is reported and left out."""
    resolver = _Resolver(spec, source, params, problems)
    resolver.walk((), (), spec, source.schema)
    return Inputs(reads=resolver.reads, lists=resolver.lists)


def _possible(selected: Selected | None, *, can_be_blank: bool) -> frozenset[Case]:
    """Give the cases the lock does not rule out; of a custom field it says nothing."""
    ruled_out: set[Case] = set() if can_be_blank else {"blank"}
    if selected is not None and not selected.may_be_absent:
        ruled_out.add("absent")
    if selected is not None and not selected.may_be_null:
        ruled_out.add("null")
    return frozenset(CASES) - ruled_out


def _is_personal(read: Read, selected: Selected | None) -> bool:
    """Say whether a value is masked: what the lock marks always, custom fields unless said."""
    marked = selected is not None and selected.personal
    return marked or (read.personal if read.personal is not None else selected is None)


def _mark(selected: Selected | None, mark: str) -> object:
    return selected.node.get(mark) if selected is not None and selected.node is not None else None


def _marks(selected: Selected | None, mark: str) -> tuple[str, ...]:
    value = _mark(selected, mark)
    return tuple(value) if isinstance(value, Mapping) else ()

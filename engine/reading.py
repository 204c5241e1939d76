"""Reading a mapping's inputs: each `read` and `each` is resolved against the source lock.

A read becomes an `Input` (compiled path, answers to all four cases, codes, personal mark), a list
becomes a `ListInput`. The checker reports here what stands in the way of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.expressions.paths import Path, PathError, compile_path
from engine.expressions.schema_walk import Selected, walk_path
from engine.inputs import (
    CASES,
    NUMBERS,
    Case,
    Input,
    Inputs,
    Level,
    ListInput,
    answers_of,
    parse_answer,
)
from engine.lock import CustomFields, SourceLock
from engine.params import Params
from engine.problems import ProblemList
from engine.spec.mapping import MappingSpec
from engine.spec.read import Each, Read
from engine.text import Pointer


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
            possible=_possible(selected, path, can_be_blank=read.type not in NUMBERS),
            codes=tuple(read.codes or _marks(selected, "x-codes")),
            lock_codes=_marks(selected, "x-codes"),
            choices=self._choices(pointer, read),
            personal=_is_personal(read, selected),
            lock_type="custom" if custom_list else str(_mark(selected, "x-type") or ""),
            identifies=str(_mark(selected, "x-identifies") or ""),
            address=self._address(level, path),
            moves=_mark(selected, "x-moves") is True,
            given=_mark(selected, "x-given") is True,
        )

    def _add_list(self, level: Level, pointer: Pointer, each: Each, at: object) -> None:
        path, selected = self._resolve_path(each.path, (*pointer, "path"), at)
        if path is None:
            return
        node = selected.node if selected is not None else None
        items = node.get("items") if node is not None else None
        if node is not None and items is None:
            self.problems.report(
                "MD408", (*pointer, "path"), f'"{each.path}" is not a list in {self.source.name}'
            )
            return
        self.lists[".".join(level)] = ListInput(
            name=".".join(level),
            level=level,
            each=each,
            pointer=pointer,
            path=path,
            answers=answers_of(each, can_be_blank=True),
            possible=_possible(selected, path, can_be_blank=True),
            repeated=parse_answer(each.repeated) if each.repeated else None,
            conflicting=parse_answer(each.conflicting) if each.conflicting else None,
            address=self._address(level[:-1], path),
        )
        self.walk(level, pointer, each, items)

    def _address(self, level: Level, path: Path | None) -> tuple[str, ...]:
        outer = self.lists[".".join(level)].address if level else ()
        plain = path is not None and path.steps and (outer or not level)
        return (*outer, *path.steps) if plain and path is not None and path.steps else ()

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


def _possible(
    selected: Selected | None, path: Path | None, *, can_be_blank: bool
) -> frozenset[Case]:
    """Give the cases the lock does not rule out; of a custom field it says nothing.

    Where a path does more than name members, JMESPath finds nothing for a null as well: absent.
    """
    ruled_out: set[Case] = set() if can_be_blank else {"blank"}
    if path is not None and path.steps is None:
        may_be_missing = selected is None or selected.may_be_missing
        return frozenset(CASES) - ruled_out - ({"null"} if may_be_missing else {"null", "absent"})
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

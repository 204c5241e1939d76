"""What every rule looks at, and the questions rules share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.inputs import Inputs, Level
from engine.lock import SourceLock, TargetLock
from engine.names import Named
from engine.nearest import suggest
from engine.params import Params
from engine.problems import ProblemList
from engine.spec.mapping import MappingSpec
from engine.spec.read import Each
from engine.text import Pointer


@dataclass(slots=True)
class Subject:
    """A mapping whose inputs are resolved.

    `used` gathers the names that something refers to, `used_codes` the places that raise each
    exception; `consent_table` gives the row that hits in each case.
    """

    spec: MappingSpec
    source: SourceLock
    target: TargetLock
    params: Params
    inputs: Inputs
    names: Mapping[str, Named]
    problems: ProblemList
    used: set[str] = field(default_factory=set)
    used_codes: dict[str, list[Pointer]] = field(default_factory=dict)
    used_params: set[str] = field(default_factory=set)
    consent_table: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def name(self, reference: str, pointer: Pointer) -> Named | None:
        """Give the name a reference means and mark it used; an unknown one is reported."""
        if reference.startswith("$"):
            if isinstance(self.param(reference, pointer), list):
                self.problems.report(
                    "MD411", pointer, f'"{reference}" is a list of texts, here one value is needed'
                )
            return self.names.get(reference)
        if reference.startswith("param."):
            self.param(f"${reference.removeprefix('param.')}", pointer)
        self.used.add(reference)
        named = self.names.get(reference)
        if named is None and not self._is_declared(reference):
            self.problems.report(
                "MD410", pointer, f'no name "{reference}"{suggest(reference, self.names)}'
            )
        return named

    def _is_declared(self, reference: str) -> bool:
        """Whether a read is there, though it could not be resolved: that was told where it is."""
        holder: MappingSpec | Each | None = self.spec
        *lists, name = reference.split(".")
        for one in lists:
            holder = holder.each.get(one) if holder is not None else None
        return holder is not None and name in holder.read

    def param(self, reference: str, pointer: Pointer) -> object:
        """Give the value of `$name` and mark it used; an unknown one is reported."""
        name = reference[1:]
        self.used_params.add(name)
        if name not in self.spec.params:
            self.problems.report(
                "MD403", pointer, f'no parameter "{name}"{suggest(name, self.spec.params)}'
            )
            return None
        return self.params.values.get(name)

    def exception(self, code: str, pointer: Pointer) -> None:
        """Mark an exception code used; an undeclared one is reported."""
        self.used_codes.setdefault(code, []).append(pointer)
        if code not in self.spec.exceptions:
            self.problems.report(
                "MD412",
                pointer,
                f'no exception "{code}"{suggest(code, self.spec.exceptions)}',
                help="declare it under exceptions: level, owner, sentence, retry",
            )

    def holds(self, code: str, pointer: Pointer) -> None:
        """Mark an exception that must stop the record; one that is only a note is reported."""
        self.exception(code, pointer)
        self.stops(code, pointer)

    def stops(self, code: str, pointer: Pointer) -> None:
        """Report an exception, marked elsewhere, with which the record would go on."""
        rule = self.spec.exceptions.get(code)
        if rule is not None and rule.level == "note":
            self.problems.report(
                "MD477",
                pointer,
                f'"{code}" is only a note and would not hold anything',
                help=f"give {code} the level hold or review, or name another exception here",
            )

    def at_record_level(self, named: Named, pointer: Pointer) -> bool:
        """Whether a name stands once per record; one per element is reported."""
        if named.level:
            self.problems.report(
                "MD411",
                pointer,
                f'"{named.name}" is one value per element of {".".join(named.level)}, '
                "here one value per record is needed",
            )
        return not named.level

    def known_by(self, stage: int, named: Named, pointer: Pointer) -> bool:
        """Whether a name is known when this part is worked out; a later one is reported."""
        if named.stage > stage:
            self.problems.report(
                "MD473", pointer, f'"{named.name}" is not known yet when this is worked out'
            )
        return named.stage <= stage

    def within(self, named: Named, level: Level, pointer: Pointer) -> bool:
        """Whether a name can be seen from an element of `level`; another one is reported."""
        seen = level[: len(named.level)] == named.level
        if not seen:
            self.problems.report(
                "MD411",
                pointer,
                f'"{named.name}" belongs to elements of {".".join(named.level)} '
                "and cannot be seen here",
            )
        return seen


def listed(words: Iterable[str]) -> str:
    """Give words as `a, b or c`."""
    all_words = list(words)
    if len(all_words) < 2:  # noqa: PLR2004 - one word needs no "or"
        return "".join(all_words)
    return f"{', '.join(all_words[:-1])} or {all_words[-1]}"

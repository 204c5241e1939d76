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
    """A mapping whose inputs are resolved; `used` gathers the names that something refers to."""

    spec: MappingSpec
    source: SourceLock
    target: TargetLock
    params: Params
    inputs: Inputs
    names: Mapping[str, Named]
    problems: ProblemList
    used: set[str] = field(default_factory=set)
    used_codes: set[str] = field(default_factory=set)
    used_params: set[str] = field(default_factory=set)

    def name(self, reference: str, pointer: Pointer) -> Named | None:
        """Give the name a reference means and mark it used; an unknown one is reported."""
        if reference.startswith("$"):
            self.param(reference, pointer)
            return self.names.get(reference)
        if reference.startswith("param."):
            self.param(f"${reference.removeprefix('param.')}", pointer)
        self.used.add(reference)
        named = self.names.get(reference)
        if named is None and not self.is_declared(reference):
            self.problems.report(
                "MD410", pointer, f'no name "{reference}"{suggest(reference, self.names)}'
            )
        return named

    def is_declared(self, reference: str) -> bool:
        """Whether a read, list or figure is there, though it was not resolved: that is told there.

        What rests on it is not judged, so that one mistake gives one problem.
        """
        holder: MappingSpec | Each | None = self.spec
        *lists, name = reference.split(".")
        if lists == ["lifetime"]:
            return self.spec.lifetime is not None and name in self.spec.lifetime.figures
        for one in lists:
            holder = holder.each.get(one) if holder is not None else None
        return holder is not None and (name in holder.read or name in holder.each)

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
        self.used_codes.add(code)
        if code not in self.spec.exceptions:
            self.problems.report(
                "MD412",
                pointer,
                f'no exception "{code}"{suggest(code, self.spec.exceptions)}',
                help="declare it under exceptions: level, owner, sentence, retry",
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

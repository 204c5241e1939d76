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
from engine.spec.places import WORDS
from engine.spec.read import Each
from engine.text import Pointer


@dataclass(slots=True)
class Subject:
    """A mapping whose inputs are resolved.

    `used` gathers the names that something refers to, `used_codes` the places that raise each
    exception; `unfit` the places that are refused, and `doubted` the names: nothing more is said
    of what rests on them; `unjudged` names that were passed over, since something is told where
    they are read. `consent_table` gives the row that hits in each case.
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
    unfit: set[Pointer] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    unjudged: dict[str, Pointer] = field(default_factory=dict)
    consent_table: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def name(self, reference: str, pointer: Pointer) -> Named | None:
        """Give the name a reference means and mark it used; an unknown one is reported."""
        if reference.startswith("$"):
            return self.names.get(reference) if pointer not in self.unfit else None
        if reference.startswith("param."):
            return self._param_in_text(reference, pointer)
        self.used.add(reference)
        if reference in self.doubted:
            return None
        named = self.names.get(reference)
        if named is None and self.is_declared(reference):
            self.unjudged.setdefault(reference, pointer)
        elif named is None:
            self.refuse_name(reference, pointer)
        return named

    def refuse_name(self, reference: str, pointer: Pointer) -> None:
        """Report a reference to no value: to nothing, or to a list as a whole."""
        message = f'no name "{reference}"{suggest(reference, self.names)}'
        if self.is_list(reference):
            message = f'"{reference}" is a list, here one value is needed'
        self.problems.report("MD410", pointer, message)

    def is_declared(self, reference: str) -> bool:
        """Whether a read or figure is there, though it was not resolved: that is told there.

        What rests on it is not judged, so that one mistake gives one problem.
        """
        *lists, name = reference.split(".")
        if reference == "consent.evidence":
            # Where a call takes evidence along that is not declared, that is told there.
            return any(send.evidence for send in self.spec.send.values())
        if lists == ["lifetime"]:
            return self.spec.lifetime is not None and name in self.spec.lifetime.figures
        holder = self._list(lists)
        return holder is not None and name in holder.read

    def is_list(self, name: str) -> bool:
        """Whether a list of that dotted name is walked."""
        return self._list(name.split(".")) is not None

    def _list(self, names: Iterable[str]) -> MappingSpec | Each | None:
        holder: MappingSpec | Each | None = self.spec
        for one in names:
            holder = holder.each.get(one) if holder is not None else None
        return holder

    def doubt(self, name: str) -> None:
        """Let nothing more be said of a name that is refused: it would only follow from that."""
        self.doubted.add(name)

    def param(self, reference: str, pointer: Pointer) -> object:
        """Give the value of `$name`; None where it is refused, which `check_params` tells."""
        return self.params.values.get(reference[1:]) if pointer not in self.unfit else None

    def refuse_param(self, name: str, pointer: Pointer, types: Iterable[str]) -> None:
        """Report a parameter of a type that does not fit where it is referred to."""
        fitting = [f"${one}" for one, param in self.spec.params.items() if param.type in types]
        self.unfit.add(pointer)
        self.problems.report(
            "MD481",
            pointer,
            f'the parameter "{name}" is of the type {self.spec.params[name].type}, '
            f"what fits here is {listed(types)}",
            help=f"of these there are {', '.join(fitting)}" if fitting else "",
        )

    def _param_in_text(self, reference: str, pointer: Pointer) -> Named | None:
        """Give the parameter that `param.name` means; it stands for one text or number."""
        name, declared = reference.removeprefix("param."), self.spec.params
        self.used_params.add(name)
        if name not in declared:
            self.problems.report(
                "MD403", pointer, f'no parameter "{name}"{suggest(name, declared)}'
            )
        elif declared[name].type not in WORDS:
            self.refuse_param(name, pointer, WORDS)
        else:
            return self.names.get(reference)
        return None

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

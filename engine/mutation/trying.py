"""Trying: every mutant of a mapping checked, compiled, and sent through cases until one fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from pydantic import ValidationError

from engine.check import check_spec
from engine.checked import CheckedSpec
from engine.compiler.source import Source
from engine.mapping import probe_mapping
from engine.mutation.decisions import mutate_decisions
from engine.mutation.inputs import mutate_inputs
from engine.mutation.likeness import emit_for_likeness, is_alike
from engine.mutation.money import mutate_money
from engine.mutation.mutant import Mutant
from engine.mutation.sends import mutate_sends
from engine.params import ParamError
from engine.problems import ProblemList
from engine.shape import as_spec
from engine.spec.mapping import MappingSpec
from engine.spec.params import ParamValue
from engine.text import Document
from engine.trials.running import Prepared, run_case

Fate = Literal["refused", "same", "killed", "survived"]
Given = Mapping[str, ParamValue]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of every mutant of one mapping.

    `refused`: the checker does not let it pass. `same`: it compiles to the same function. The rest
    was tried: `killed` by a case, or `survived`.
    """

    checked: CheckedSpec
    fates: tuple[tuple[Mutant, Fate], ...]

    def count(self, fate: Fate) -> int:
        """Say how many mutants met this fate."""
        return sum(one == fate for _, one in self.fates)

    @property
    def survivors(self) -> list[Mutant]:
        """The mutants that no case noticed."""
        return [mutant for mutant, fate in self.fates if fate == "survived"]

    def is_below(self, percent: float) -> bool:
        """Say whether less than this share of the mutants that can be noticed was killed."""
        killed = self.count("killed")
        return killed * 100 < percent * (killed + self.count("survived"))


def list_mutants(checked: CheckedSpec) -> list[Mutant]:
    """Give every mutant of a mapping, in the order of its parts; always the same ones."""
    return [
        *mutate_inputs(checked),
        *mutate_money(checked),
        *mutate_decisions(checked),
        *mutate_sends(checked),
    ]


def try_mutants(checked: CheckedSpec, cases: Sequence[Prepared], progress: Progress) -> Mutation:
    """Try every mutant on cases that pass; `progress` is told how many are done, of how many."""
    mutants = list_mutants(checked)
    bench = _Bench(checked.document, _group(cases))
    fates: list[tuple[Mutant, Fate]] = []
    for mutant in mutants:
        fates.append((mutant, bench.try_mutant(mutant)))
        progress(len(fates), len(mutants))
    return Mutation(checked, tuple(fates))


def _group(cases: Sequence[Prepared]) -> list[tuple[Given, list[Prepared]]]:
    """Give the cases by their parameters, those of most cases first."""
    by_params = sorted(cases, key=_params_of)
    groups = [list(group) for _, group in groupby(by_params, key=_params_of)]
    groups.sort(key=len, reverse=True)
    return [(group[0].params, group) for group in groups]


def _params_of(case: Prepared) -> str:
    return repr(sorted(case.params.items()))


@dataclass(slots=True)
class _Bench:
    """What is the same for all mutants: the cases, and the function each group of them knows."""

    document: Document
    groups: list[tuple[Given, list[Prepared]]]
    _sources: dict[int, Source] = field(default_factory=dict)

    def try_mutant(self, mutant: Mutant) -> Fate:
        """Say what becomes of a mutant; the first case that fails decides."""
        document = mutant.apply(self.document)
        fate: Fate = "same"
        for index, (given, cases) in enumerate(self.groups):
            checked = _check(document, given)
            if checked is None:
                return "refused"
            if is_alike(self._source(index), emit_for_likeness(checked)):
                continue
            if self._is_noticed(checked, cases):
                return "killed"
            fate = "survived"
        return fate

    def _source(self, index: int) -> Source:
        if index not in self._sources:
            checked = _check(self.document, self.groups[index][0])
            if checked is None:
                raise AssertionError(self.document.path)
            self._sources[index] = emit_for_likeness(checked)
        return self._sources[index]

    def _is_noticed(self, checked: CheckedSpec, cases: list[Prepared]) -> bool:
        """Run the cases until one fails; it comes first next time, since it looks closely."""
        mapping = probe_mapping(checked)
        for index, case in enumerate(cases):
            if not run_case(case, mapping).passed:
                cases.insert(0, cases.pop(index))
                return True
        return False


def _check(document: Document, given: Given) -> CheckedSpec | None:
    """Check a mutant as `validate` does; the models know the same shape as the schema, faster."""
    try:
        return check_spec(as_spec(document, MappingSpec), given, ProblemList(document)).spec
    except (ValidationError, ParamError):
        return None

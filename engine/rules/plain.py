"""Plain reads: what money, keys and consent rest on is read where it stands in the record.

A filter, a literal or a function could invent a value, and the lock's marks would be lost on it.
This is looked at before all other rules: what is refused here is to them as if it was not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.inputs import Input, Inputs, ListInput
from engine.problems import ProblemList
from engine.rules.money_figures import REFUNDED
from engine.rules.money_lock import read_money_lock
from engine.spec.consent import Consent
from engine.spec.identity import Identity
from engine.spec.mapping import MappingSpec
from engine.spec.money import Money
from engine.text import Pointer

_EFFECT = "a value that no record holds could pass for one, and the lock's marks on it are lost"
_HELP = (
    "name the member itself; lists are walked by each, elements left out by where, "
    "and gaps answered by missing"
)


def keep_plain(spec: MappingSpec, inputs: Inputs, problems: ProblemList) -> Inputs:
    """Report what must be read by a plain path and is not; give the inputs without it."""
    refused = set(_refused_lists(inputs, problems))
    lists = {name: one for name, one in inputs.lists.items() if not _within(one, refused)}
    roles = dict(_roles(spec, inputs))
    reads = {}
    for name, one in inputs.reads.items():
        if _within(one, refused):
            continue
        if name in roles and not _is_plain(one):
            message = f'"{name}" is {roles[name]}, so its path may only name members'
            _report(problems, (*one.pointer, "path"), message)
        else:
            reads[name] = one
    return Inputs(reads=reads, lists=lists)


def _refused_lists(inputs: Inputs, problems: ProblemList) -> Iterator[str]:
    """Give the lists that hold amounts, at any depth, and are not read where they stand."""
    levels = {one.level for one in inputs.reads.values() if one.read.type == "money"}
    for name, one in inputs.lists.items():
        holds_money = any(level[: len(one.level)] == one.level for level in levels)
        if holds_money and one.path.steps is None:
            message = f'"{name}" holds amounts, so its path may only name members'
            _report(problems, (*one.pointer, "path"), message)
            yield name


def _within(one: Input | ListInput, lists: set[str]) -> bool:
    return any(".".join(one.level[: depth + 1]) in lists for depth in range(len(one.level)))


def _is_plain(one: Input) -> bool:
    return one.path is None or one.path.steps is not None


def _report(problems: ProblemList, pointer: Pointer, message: str) -> None:
    problems.report("MD316", pointer, message, effect=_EFFECT, help=_HELP)


def _roles(spec: MappingSpec, inputs: Inputs) -> Iterator[tuple[str, str]]:
    """Give, for each name that must be read plainly, what it is; the last one told stands."""
    if spec.consent is not None:
        yield from _consent_roles(spec.consent)
    if spec.money is not None:
        yield from _money_roles(spec.money)
    if spec.identity is not None:
        yield from _identity_roles(spec.identity)
    for one in inputs.lists.values():
        if one.each.key is not None:
            yield f"{one.name}.{one.each.key}", "the key of a list"
    for name in filter(None, (spec.record.key, spec.record.version)):
        yield name, "the record's key or version"
    refunds = _lists_of_refunds(spec, inputs)
    for name, read in inputs.reads.items():
        if read.read.type == "code" and ".".join(read.level) in refunds:
            yield name, "the state of a refund"
        if read.read.type in ("money", "currency"):
            yield name, f"read as {read.read.type}"


def _lists_of_refunds(spec: MappingSpec, inputs: Inputs) -> frozenset[str]:
    moments = read_money_lock(spec.source).lists
    lists = inputs.lists.items()
    return frozenset(name for name, one in lists if moments.get(one.address) == REFUNDED)


def _consent_roles(consent: Consent) -> Iterator[tuple[str, str]]:
    for part in consent.evidence.values():
        if isinstance(part, str):
            yield part, "part of an opt-in's proof"
    for reference in consent.facts.values():
        yield reference, "a fact of the consent table"


def _money_roles(money: Money) -> Iterator[tuple[str, str]]:
    for total in money.totals.values():
        for reference in total.where or {}:
            yield reference, "what a total depends on"


def _identity_roles(identity: Identity) -> Iterator[tuple[str, str]]:
    yield identity.person.from_, "the person's id"
    for name in identity.address:
        yield name, "an address"

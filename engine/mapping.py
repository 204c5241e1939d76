"""A compiled mapping: one pure function from a record to its plan."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Members
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from engine.checked import CheckedSpec
from engine.compiler.context import variable
from engine.compiler.function import Apply, Probe, compile_function, compile_probe
from engine.contacts import ContactForm, Contacts
from engine.plan import Record
from engine.runtime.amounts import decimal_text
from engine.runtime.values import CLEAR, Taken

CLEARED = "(cleared)"
OTHER_VALUE = "(another value)"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping ready to run.

    `apply` gives the same plan for the same record, contacts and clock, byte for byte, in any
    process; it does no I/O and raises nothing for any JSON object. Where the mapping was compiled
    `masked`, personal values in the plan are masked; everything else is the same.
    """

    name: str
    version: str
    sha256: str
    envelope: str
    examples: frozenset[str]
    target: str
    contact_form: ContactForm
    _apply: Apply

    def apply(self, record: Members[str, object], contacts: Contacts, now: datetime) -> Record:
        """Give the plan of one record; `now` is an aware datetime."""
        return self._apply(record, contacts, now)


def compile_mapping(checked: CheckedSpec, *, masked: bool) -> Mapping:
    """Compile a checked spec, once, into a mapping."""
    return Mapping(
        name=checked.spec.mapping,
        version=checked.spec.version,
        sha256=checked.sha256,
        envelope=checked.source.envelope,
        examples=checked.params.examples,
        contact_form=contact_form(checked),
        target=checked.target.title,
        _apply=compile_function(checked, masked=masked),
    )


def contact_form(checked: CheckedSpec) -> ContactForm:
    """Give how a mapping wants contacts read."""
    identity = checked.spec.identity
    return ContactForm(
        target=checked.target,
        person_field=identity.person_field if identity is not None else "",
        members=_share_members(checked),
        digits=checked.source.digits,
    )


@dataclass(frozen=True, slots=True)
class Probed:
    """A plan and the values known when it ended, by name, of those that stand once per record.

    Amounts are decimal text; what is missing is left out. `taken` are the ways it went: pointers
    into the mapping, each with the case, code or branch that came up there.
    """

    plan: Record
    values: Members[str, object]
    taken: frozenset[Taken]

    def share(self, members: Iterable[str]) -> dict[str, object]:
        """Give what the record adds to its person's figures, as later records must be told."""
        return {
            "counts": self.values.get("record.counts") == "yes",
            "currency": (self.plan["money"] or {}).get("currency", ""),
            **{name: self.values.get(name) for name in members},
        }


@dataclass(frozen=True, slots=True)
class ProbedMapping:
    """A mapping that also gives its values; slower, for tests and explanations."""

    checked: CheckedSpec
    given: frozenset[Taken]
    _probe: Probe
    _shown: tuple[tuple[str, str, bool], ...]
    """What is told of a record: its name, the variable that holds it, whether it is money."""

    def apply(self, record: Members[str, object], contacts: Contacts, now: datetime) -> Probed:
        """Give the plan of one record, with its values."""
        found: dict[str, object] = {}
        plan = self._probe(record, contacts, now, found)
        scale = found.get("scale")
        values: dict[str, object] = {}
        for name, place, is_money in self._shown:
            value = found.get(place)
            if value is None:
                continue
            if is_money and isinstance(value, int) and isinstance(scale, int):
                values[name] = decimal_text(value, scale)
            else:
                values[name] = CLEARED if value is CLEAR else value
        return Probed(plan, values, self.given | cast("set[Taken]", found["taken"]))


def probe_mapping(checked: CheckedSpec) -> ProbedMapping:
    """Compile a checked spec so that its values can be looked at."""
    shown = tuple(
        (name, variable(name), named.type == "money")
        for name, named in checked.names.items()
        if not named.level and not name.startswith(("$", "param."))
    )
    return ProbedMapping(checked, _given_params(checked), compile_probe(checked), shown)


def _given_params(checked: CheckedSpec) -> frozenset[Taken]:
    """Give what can be told of the parameters' values: a choice, or another than the default."""
    taken: set[Taken] = set()
    for name, param in checked.spec.params.items():
        value = checked.params.values[name]
        if param.type == "choice":
            taken.add((("params", name), str(value)))
        usual = param.example if param.default is None else param.default
        if value != usual:
            taken.add((("params", name), OTHER_VALUE))
    return frozenset(taken)


def _share_members(checked: CheckedSpec) -> dict[str, str]:
    """Give what a record's share in the lifetime figures holds, with its type."""
    lifetime = checked.spec.lifetime
    figures = lifetime.figures.values() if lifetime is not None else ()
    return {one.of: checked.names[one.of].type for one in figures if one.of is not None}

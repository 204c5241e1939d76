"""A compiled mapping: one pure function from a record to its plan."""

from __future__ import annotations

from collections.abc import Mapping as Members
from dataclasses import dataclass
from datetime import datetime

from engine.checked import CheckedSpec
from engine.compiler.function import Apply, compile_function
from engine.contacts import ContactForm, Contacts
from engine.plan import Record


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
    identity = checked.spec.identity
    return Mapping(
        name=checked.spec.mapping,
        version=checked.spec.version,
        sha256=checked.sha256,
        envelope=checked.source.envelope,
        examples=checked.params.examples,
        contact_form=ContactForm(
            target=checked.target,
            person_field=identity.person_field if identity is not None else "",
            members=_share_members(checked),
        ),
        target=checked.target.title,
        _apply=compile_function(checked, masked=masked),
    )


def _share_members(checked: CheckedSpec) -> dict[str, str]:
    """Give what a record's share in the lifetime figures holds, with its type."""
    lifetime = checked.spec.lifetime
    figures = lifetime.figures.values() if lifetime is not None else ()
    return {one.of: checked.names[one.of].type for one in figures if one.of is not None}

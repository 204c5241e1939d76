"""A trace: everything the compiled function knew of one record, element by element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from engine.checked import CheckedSpec
from engine.compiler.conditions import cell_test, unmet
from engine.compiler.context import Context, variable
from engine.compiler.function import Probe, compile_probe
from engine.compiler.source import Source
from engine.contacts import Contact, Contacts
from engine.inputs import Level
from engine.plan import Record
from engine.runtime.amounts import decimal_text, minor_units
from engine.runtime.values import CLEAR, Raised
from engine.spec.condition import Cell

Indexes = tuple[int, ...]
"""Which element of each list around a value: `(0, 1)` is the second refund of the first line."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a mapping is applied to: a record, what is known of contacts, and the moment."""

    record: Mapping[str, object]
    contacts: Contacts
    now: datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """The plan of one record and the values behind it; amounts are in minor units.

    `elements` holds the values of each list element that was counted, `answered` what the mapping
    answered where an input was missing or unreadable, by the input's name and place.
    """

    checked: CheckedSpec
    situation: Situation
    plan: Record
    found: Mapping[str, object]
    elements: Mapping[tuple[Level, Indexes], Mapping[str, object]]
    answered: Mapping[tuple[str, str], object]

    def value(self, name: str, indexes: Indexes = ()) -> object:
        """Give the value of a name, None when it is missing or was not reached."""
        level = self.checked.names[name].level
        if not level:
            return self.found.get(variable(name))
        return self.elements.get((level, indexes[: len(level)]), {}).get(name)

    def elements_in(self, level: Level, outer: Indexes = ()) -> Iterator[Indexes]:
        """Give the counted elements of a list, in the order of the record, inside an element."""
        return (
            indexes
            for one, indexes in self.elements
            if one == level and indexes[: len(outer)] == outer
        )

    def minor(self, name: str, indexes: Indexes = ()) -> int:
        """Give an amount in minor units, 0 when it is not known."""
        value = self.value(name, indexes)
        return value if isinstance(value, int) else 0

    @property
    def scale(self) -> int:
        """How many minor units make one unit of the record's currency."""
        scale = self.found.get("scale")
        return scale if isinstance(scale, int) else 100

    def decimal(self, minor: int) -> str:
        """Give minor units as decimal text with the currency's digits."""
        return decimal_text(minor, self.scale)

    @property
    def contact(self) -> Contact | None:
        """The contact that the record led to."""
        contact = self.found.get("contact")
        return contact if isinstance(contact, Contact) else None

    @property
    def raised(self) -> list[Raised]:
        """The exceptions raised, with their places."""
        return cast("list[Raised]", self.found.get("raised", []))

    def unmet_part(self, name: str, cell: Cell, indexes: Indexes) -> str:
        """Say why one part of a condition does not hold for an element; nothing when it does.

        The test is the compiled function's own.
        """
        context = Context(self.checked, Source(), masked=False)
        test = cell_test(context, name, cell)
        reach = {
            "__builtins__": {},
            "CLEAR": CLEAR,
            "minor_units": minor_units,
            "scale": self.scale,
            **context.source.constants,
        }
        # Made of the checker's names by the compiler, as the function itself.
        holds = eval(test, reach, {variable(name): self.value(name, indexes)})  # noqa: S307
        return "" if holds else unmet(context, name, cell)


@dataclass(frozen=True, slots=True)
class Tracer:
    """Traces records through one mapping."""

    checked: CheckedSpec
    _probe: Probe

    def trace(self, situation: Situation) -> Trace:
        """Give the trace of one record."""
        found: dict[str, object] = {}
        plan = self._probe(situation.record, situation.contacts, situation.now, found)
        return Trace(
            self.checked,
            situation,
            plan,
            found,
            cast("Mapping[tuple[Level, Indexes], Mapping[str, object]]", found["walked"]),
            cast("Mapping[tuple[str, str], object]", found["answered"]),
        )


def make_tracer(checked: CheckedSpec) -> Tracer:
    """Compile a checked spec so that records can be traced through it."""
    return Tracer(checked, compile_probe(checked))

"""Effects: the differences of all records by subject, counted, with their causes and examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from engine.changes.observed import HEADINGS, Observation, Subject
from engine.changes.version import Bump

Severity = Literal["breaking", "changes", "harmless"]
MOST_EXAMPLES = 3
# So that millions of records need no more memory; beyond it, "at least" is said.
MOST_PEOPLE = 50_000
# How many records of one effect are traced to their lines one by one.
MOST_TRACED = 200

_NEEDS: Mapping[str, Mapping[str, Bump]] = {
    "consent": {"widened": "major", "narrowed": "minor", "changed": "minor", "proof": "minor"},
    "money": {"figure": "major", "sent": "major", "currency": "major", "hidden": "minor"},
    "identity": {"person": "major", "address": "major", "contact": "major"},
    "fields": {"removed": "major", "cleared": "major"},
    "calls": {"removed": "major", "made_again": "major", "elsewhere": "major"},
    "outcomes": {"planned → held": "major", "planned → unchanged": "major"},
    "wording": {"words": "patch"},
}
_SEVERITIES: Mapping[Bump, Severity] = {
    "major": "breaking",
    "minor": "changes",
    "patch": "harmless",
    "none": "harmless",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One record's own difference, personal values masked."""

    record: str
    before: object
    after: object


@dataclass(slots=True)
class Effect:
    """One subject over all records: `amounts` in major units by currency, `cases` of the table."""

    subject: Subject
    records: int = 0
    cases: int = 0
    people: set[int] = field(default_factory=set)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    causes: set[int] = field(default_factory=set)
    examples: list[Example] = field(default_factory=list)

    @property
    def needs(self) -> Bump:
        """The version bump that this effect asks for."""
        level = self.subject.detail.partition(" ")[0]
        if self.subject.heading == "exceptions" and level == "note":
            return "patch"
        return _NEEDS.get(self.subject.heading, {}).get(self.subject.kind, "minor")

    @property
    def severity(self) -> Severity:
        """How much it matters to whoever relies on the mapping."""
        return _SEVERITIES[self.needs]

    def wants_example(self, key: str) -> bool:
        """Whether the record of a key is worth showing as well."""
        shown = [one.record for one in self.examples]
        return len(shown) < MOST_EXAMPLES and key not in shown

    @property
    def is_about_people(self) -> bool:
        """Whether people are counted, beside records."""
        return self.subject.heading in ("consent", "identity")

    @property
    def wants_trace(self) -> bool:
        """Whether the lines behind one more record are looked up."""
        return self.records <= MOST_TRACED

    def add(self, seen: Observation, person: str | None) -> None:
        """Count one record."""
        self.records += 1
        if person is not None and self.is_about_people and len(self.people) < MOST_PEOPLE:
            self.people.add(int(person[:15], 16))
        if seen.delta is not None:
            known = self.amounts.get(seen.currency, Decimal(0))
            self.amounts[seen.currency] = known + seen.delta


@dataclass(slots=True)
class Effects:
    """All effects of a change, and how often each outcome came."""

    found: dict[Subject, Effect] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)

    def of(self, subject: Subject) -> Effect:
        """Give the effect of a subject, a new one when it is the first time."""
        if subject not in self.found:
            self.found[subject] = Effect(subject)
        return self.found[subject]

    def in_order(self) -> Iterator[Effect]:
        """Give the effects by heading, the gravest and most frequent first."""
        order: Iterable[Effect] = sorted(
            self.found.values(),
            key=lambda one: (
                HEADINGS.index(one.subject.heading),
                ("breaking", "changes", "harmless").index(one.severity),
                -one.records,
            ),
        )
        yield from order

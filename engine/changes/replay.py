"""Replaying records through two versions of a mapping, one record at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from engine.changes.bodies import SendFields
from engine.changes.causes import Case, Causes, Side
from engine.changes.cost import Cost
from engine.changes.edits import Edit
from engine.changes.effects import Effect, Effects, Example
from engine.changes.observed import Comparison, Observation, Subject
from engine.changes.tables import compare_tables
from engine.checked import CheckedSpec
from engine.contacts import Contacts
from engine.mapping import Mapping as CompiledMapping
from engine.mapping import compile_mapping
from engine.plan import Record
from engine.sources.records import Item, Unreadable


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a mapping, and the answers about contacts as it reads them."""

    checked: CheckedSpec
    contacts: Contacts


@dataclass(slots=True)
class Replay:
    """What replaying found; `unreadable` counts what is no record at all."""

    effects: Effects
    cost: Cost
    records: int = 0
    unreadable: int = 0
    shown: set[int] = field(default_factory=set)


def replay_records(
    old: Version, new: Version, edits: Sequence[Edit], records: Iterable[Item], now: datetime
) -> Replay:
    """Give what becomes of the records; neither they nor their plans are kept."""
    done = Replay(Effects(), Cost(new.checked.target))
    _add_tables(old.checked, new.checked, edits, done.effects)
    both = _Pair(old, new, edits, now)
    for item in records:
        if isinstance(item, Unreadable):
            done.unreadable += 1
            continue
        done.records += 1
        both.take(item[1], done)
    done.shown = {index for one in done.effects.found.values() for index in one.causes}
    words = [index for index, edit in enumerate(edits) if edit.is_wording]
    if words:
        done.effects.of(Subject("wording", "words", "")).causes.update(words)
    return done


def _add_tables(
    old: CheckedSpec, new: CheckedSpec, edits: Sequence[Edit], effects: Effects
) -> None:
    """Add what the consent tables themselves say, of cases that no record may show."""
    for change in compare_tables(old, new):
        effect = effects.of(Subject("consent", change.kind, "", "table"))
        effect.cases = change.cases
        for index, edit in enumerate(edits):
            sides = ((edit.old, change.old_rows), (edit.new, change.new_rows))
            if any(at and at[:2] == ("consent", "rows") and at[2] in rows for at, rows in sides):
                effect.causes.add(index)


class _Pair:
    """Both versions, compiled: unmasked to compare, masked to show."""

    def __init__(self, old: Version, new: Version, edits: Sequence[Edit], now: datetime) -> None:
        self._now = now
        self._versions = (old, new)
        self._exact = [compile_mapping(one.checked, masked=False) for one in self._versions]
        self._comparison = Comparison(SendFields(old.checked, new.checked))
        sides = [Side(one.checked, one.contacts, now) for one in self._versions]
        self._causes = Causes(sides[0], sides[1], edits)

    @cached_property
    def _masked_mappings(self) -> list[CompiledMapping]:
        return [compile_mapping(one.checked, masked=True) for one in self._versions]

    def take(self, record: Mapping[str, object], done: Replay) -> None:
        """Replay one record and count what differs."""
        old, new = (
            mapping.apply(record, version.contacts, self._now)
            for mapping, version in zip(self._exact, self._versions, strict=True)
        )
        done.cost.count(0, old)
        done.cost.count(1, new)
        done.effects.records[f"{old['outcome']} → {new['outcome']}"] += 1
        seen = list(self._comparison.compare(old, new))
        if not seen:
            return
        person = _person(new) or _person(old)
        key = str(new["key"] or old["key"] or "(no key)")
        case = Case(record, (_row(old), _row(new)))
        wanting: dict[Subject, Effect] = {}
        for one in seen:
            effect = done.effects.of(one.subject)
            effect.add(one, person)
            if effect.wants_trace:
                effect.causes |= self._causes.of(one, case)
            if effect.wants_example(key):
                wanting[one.subject] = effect
        if wanting:
            self._show(record, key, wanting)

    def _show(self, record: Mapping[str, object], key: str, effects: dict[Subject, Effect]) -> None:
        old, new = (
            mapping.apply(record, version.contacts, self._now)
            for mapping, version in zip(self._masked_mappings, self._versions, strict=True)
        )
        masked: dict[Subject, Observation] = {
            one.subject: one for one in self._comparison.compare(old, new)
        }
        for subject, effect in effects.items():
            one = masked.get(subject)
            # What differs only in what is masked away is still named.
            shown = ("(masked)", "(masked)") if one is None else (one.before, one.after)
            effect.examples.append(Example(key, *shown))


def _person(record: Record) -> str | None:
    return record["identity"]["person"] if record["identity"] is not None else None


def _row(record: Record) -> int | None:
    return record["consent"]["row"] - 1 if record["consent"] is not None else None

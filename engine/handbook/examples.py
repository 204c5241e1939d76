"""Worked examples: samples whose amounts are followed from what the source says to the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from engine.checked import CheckedSpec
from engine.contacts import UNASKED
from engine.inputs import Level, ListInput
from engine.mapping import Probed, probe_mapping
from engine.proof.influence import Influence
from engine.runtime.people import mask
from engine.spec.money import terms_of

_MOST = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One amount as the source says it: where it stands, the read, the state beside it."""

    where: str
    name: str
    state: str
    amount: str


@dataclass(frozen=True, slots=True)
class Example:
    """One sample: its key (masked if it is personal), its amounts as read and as worked out."""

    number: int
    key: str
    currency: str
    items: tuple[Item, ...]
    amounts: Mapping[str, str]


def work_out(
    checked: CheckedSpec, records: Sequence[Mapping[str, object]], now: datetime
) -> tuple[Example, ...]:
    """Give as few samples as show every reported amount that any of them has; held ones are not."""
    money = checked.spec.money
    if money is None:
        return ()
    probe = probe_mapping(checked)
    probed = [(record, probe.apply(record, UNASKED, now)) for record in records]
    whole = [(record, one) for record, one in probed if one.plan["outcome"] != "held"]
    chosen = _choose([one for _, one in whole], money.report)
    return tuple(_follow(checked, number, *whole[index]) for number, index in enumerate(chosen, 1))


def _choose(probed: Sequence[Probed], report: Sequence[str]) -> list[int]:
    """Take, again and again, the sample that shows most amounts not yet shown; ties: the first."""
    shown = [_shows(one, report) for one in probed]
    chosen: list[int] = []
    seen: frozenset[tuple[str, str]] = frozenset()
    while shown and len(chosen) < _MOST:
        best = max(range(len(shown)), key=lambda index: (len(shown[index] - seen), -index))
        if not shown[best] - seen:
            break
        chosen.append(best)
        seen |= shown[best]
    return chosen


def _shows(one: Probed, report: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Give the amounts that are not zero, and the pairs of amounts that are not the same."""
    amounts = {name: str(one.values[name]) for name in report if Decimal(str(one.values[name]))}
    single = {(name, "") for name in amounts}
    differ = {
        (first, second)
        for first, amount in amounts.items()
        for second, other in amounts.items()
        if first < second and amount != other
    }
    return frozenset(single | differ)


def _follow(
    checked: CheckedSpec, number: int, record: Mapping[str, object], probed: Probed
) -> Example:
    money = checked.spec.money
    report = money.report if money is not None else []
    calcs = (str(money.totals[name].calc or "") for name in report) if money is not None else ()
    parts = [part for calc in calcs for _, part in terms_of(calc)]
    wanted = frozenset(Influence(checked).of(*report))
    key = probed.values[checked.spec.record.key]
    personal = checked.names[checked.spec.record.key].personal
    scale = str(probed.values[report[0]]) if report else "0.00"
    return Example(
        number=number,
        key=str(mask(key) if personal else key),
        currency=str((probed.plan["money"] or {})["currency"]),
        items=tuple(_Walk(checked, wanted, scale).items((), record, "")),
        amounts={name: str(probed.values[name]) for name in dict.fromkeys([*report, *parts])},
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """Walks one record as the mapping does; `scale` is an amount with the currency's digits."""

    checked: CheckedSpec
    wanted: frozenset[str]
    scale: str
    seen: set[tuple[str, str]] = field(default_factory=set)

    def items(self, level: Level, element: object, where: str) -> Iterator[Item]:
        """Give the amounts of one element that are not zero, then those of its lists."""
        reads = list(self.checked.inputs.reads_at(level))
        codes = (one for one in reads if one.read.type == "code" and one.path and level)
        state = next((str(one.path.select(element)) for one in codes if one.path), "")
        for one in reads:
            if one.read.type != "money" or one.path is None or one.name not in self.wanted:
                continue
            amount = one.path.select(element)
            if isinstance(amount, int | float) and amount:
                told = str(Decimal(str(amount)).quantize(Decimal(self.scale)))
                yield Item(where or "whole record", one.name, state, told)
        for each in self.checked.inputs.lists_in(level):
            for number, inner in enumerate(self._elements(each, element), 1):
                place = f"{_singular(each.name.rpartition('.')[2])} {number}"
                yield from self.items(each.level, inner, f"{where}, {place}".removeprefix(", "))

    def _elements(self, each: ListInput, element: object) -> Iterator[object]:
        """Give the elements of a list; one that comes twice under a key counts once."""
        found = each.path.select(element)
        elements = found if isinstance(found, list) else []
        once = each.repeated is not None and each.repeated.kind == "once"
        key = self.checked.inputs.reads.get(f"{each.name}.{each.each.key}") if once else None
        for one in elements:
            mark = (each.name, str(key.path.select(one)) if key and key.path else "")
            if not once or mark not in self.seen:
                self.seen.add(mark)
                yield one


def _singular(name: str) -> str:
    words = name.replace("_", " ")
    return words[:-2] if words.endswith("xes") else words.removesuffix("s")

"""The journey of a record through the mapping, as a picture tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from engine.checked import CheckedSpec
from engine.handbook.blocks import enumerate_words, plain
from engine.handbook.calls import human
from engine.handbook.flow import Flow, Outlet, Step
from engine.handbook.sources import noun_of, vendor_of
from engine.inputs import parse_answer
from engine.spec.mapping import MappingSpec
from engine.spec.read import Each


def draw_journey(checked: CheckedSpec) -> Flow:
    """Give the flow of a mapping."""
    noun, vendor, target = noun_of(checked), vendor_of(checked), checked.target.title
    steps = tuple(_steps(checked))
    outlets = tuple(
        Outlet(human(name), send.about, f"call-{name.replace('_', '-')}")
        for name, send in checked.spec.send.items()
    )
    told = (
        f"Each {noun} comes from {vendor}, goes through {len(steps)} steps, at each of which it "
        f"may be held for a person, and becomes calls to {target}: "
        f"{plain(enumerate_words(one.title for one in outlets))}."
    )
    return Flow(
        source=f"{vendor} {noun}",
        source_detail=f"as {checked.source.name} {checked.source.version} describes it",
        steps=steps,
        target=target,
        outlets=outlets,
        told=told,
    )


def _steps(checked: CheckedSpec) -> Iterator[Step]:
    spec = checked.spec
    count = len(checked.inputs.reads)
    yield Step("Read", f"{count} values, each with its type", _holding(spec, _read_codes(spec)))
    if spec.money is not None:
        codes = [one.otherwise for one in spec.money.must_hold]
        yield Step("Add up", f"{len(spec.money.totals)} exact amounts", _holding(spec, codes))
    if spec.identity is not None:
        own = spec.identity
        codes = [own.no_person, own.no_address, own.keys_disagree]
        yield Step("Whose is it?", "person and address", _holding(spec, codes))
    if spec.consent is not None:
        codes = [spec.consent.unknown_status]
        codes += [one.do[5:] for one in spec.consent.rows if one.do.startswith("hold ")]
        detail = f"{len(spec.consent.rows)} rows, one of which decides"
        yield Step("May we market?", detail, _holding(spec, codes))
    if spec.lifetime is not None:
        codes = [spec.lifetime.mixed_currency]
        yield Step("All their records", "figures over a person's records", _holding(spec, codes))


def _holding(spec: MappingSpec, codes: Iterable[str]) -> tuple[str, ...]:
    """Give who may have to look, and for how many reasons."""
    rules = [spec.exceptions[code] for code in dict.fromkeys(codes)]
    owners = Counter(rule.owner for rule in rules if rule.level != "note")
    return tuple(
        f"{owner.replace('-', ' ')}, {count} reason{'' if count == 1 else 's'}"
        for owner, count in owners.items()
    )


def _read_codes(holder: MappingSpec | Each) -> Iterator[str]:
    """Give the exceptions that reading may raise, in reading order."""
    outcomes = [*holder.read.values(), *holder.each.values()]
    for one in outcomes:
        said = [one.absent, one.null, one.blank, one.unknown, one.missing, one.otherwise]
        said += [one.repeated, one.conflicting] if isinstance(one, Each) else []
        answers = (parse_answer(text) for text in said if text is not None)
        yield from (answer.word for answer in answers if answer.kind == "fail")
    for each in holder.each.values():
        yield from _read_codes(each)

"""Mutants of who it is and what may be done: identity, consent, texts, figures over a lifetime."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.mutation.answers import mutate_answer
from engine.mutation.conditions import mutate_condition
from engine.mutation.mutant import Mutant, dropping, replacing
from engine.mutation.words import find_like, swap_code
from engine.proof.reach import can_figure_miss, can_lack_address, can_lack_person, can_text_miss
from engine.spec.consent import Consent, ConsentRow
from engine.spec.text import Text
from engine.text import Pointer


def mutate_decisions(checked: CheckedSpec) -> Iterator[Mutant]:
    """Give every mutant of these parts. Sentences are for people: changing one changes no plan."""
    yield from _mutate_identity(checked)
    yield from _mutate_consent(checked)
    for name, text in checked.spec.text.items():
        yield from _mutate_text(checked, name, text)
    yield from _mutate_lifetime(checked)


def _mutate_identity(checked: CheckedSpec) -> Iterator[Mutant]:
    identity = checked.spec.identity
    if identity is None:
        return
    at: Pointer = ("identity",)
    keyed = "a buyer whose person key is known, expecting person"
    other = find_like(checked, identity.person.from_)
    if other is not None:
        change = f"the person is told by {other} instead of {identity.person.from_}"
        yield replacing((*at, "person", "from"), other, change, keyed)
    yield replacing((*at, "person", "scope"), "elsewhere", "the person's scope is another", keyed)
    if len(identity.address) > 1:
        turned = [*reversed(identity.address)]
        test = "a record with two addresses, expecting which of them counts"
        yield replacing((*at, "address"), turned, f"the address is first {turned[0]}", test)
        for index, name in enumerate(identity.address):
            alone = f"a record in which {name} is the only address"
            yield dropping((*at, "address", index), f"{name} is no address of the buyer", alone)
    yield from _mutate_relay(identity.relay.masked_shapes, (*at, "relay"))
    raised = [("keys_disagree", "a contact of the same address under another person")]
    raised += [("no_person", "a record without a person")] if can_lack_person(checked) else []
    raised += [("no_address", "a record without an address")] if can_lack_address(checked) else []
    for part, test in raised:
        yield from swap_code(checked, (*at, part), getattr(identity, part), test)


def _mutate_relay(masked: bool, at: Pointer) -> Iterator[Mutant]:  # noqa: FBT001 - as it is read
    test = "a buyer with a relay address, expecting address.kind"
    yield replacing((*at, "domains"), ["relay.example.com"], "other domains are relays", test)
    change = "a masked address counts as " + ("real" if masked else "a relay")
    test = "an address such as anon+1f@example.com, expecting address.kind"
    yield replacing((*at, "masked_shapes"), not masked, change, test)


def _mutate_consent(checked: CheckedSpec) -> Iterator[Mutant]:
    consent = checked.spec.consent
    if consent is None:
        return
    for index, row in enumerate(consent.rows):
        yield from _mutate_row(checked, consent, index, row)
    at: Pointer = ("consent",)
    for part, said in consent.evidence.items():
        test = f"a buyer who is subscribed, expecting the {part} of the consent record"
        yield dropping((*at, "evidence", part), f"the proof of consent needs no {part}", test)
        other = find_like(checked, said) if isinstance(said, str) and said[0] != "$" else None
        if other is not None:
            change = f"the {part} of the proof is {other} instead of {said}"
            yield replacing((*at, "evidence", part), other, change, test)
    for fact, answers in consent.opt_in.items():
        others = [
            one for one in checked.names[consent.facts[fact]].values or () if one not in answers
        ]
        test = "a buyer who did not agree, expecting the row and that marketing is not reached"
        for other in others[:1]:
            change = f"{fact} {other} gives consent instead of {', '.join(answers)}"
            yield replacing((*at, "opt_in", fact), [other], change, test)
    test = "a contact under a status that the target lock does not have"
    yield from swap_code(checked, (*at, "unknown_status"), consent.unknown_status, test)


def _mutate_row(
    checked: CheckedSpec, consent: Consent, index: int, row: ConsentRow
) -> Iterator[Mutant]:
    at: Pointer = ("consent", "rows", index)
    test = f"a buyer for whom row {index + 1} decides, expecting its decision and who is reached"
    what = f"row {index + 1}"
    yield dropping(at, f"{what} is dropped", test)
    held = f"hold {next(iter(checked.spec.exceptions))}"
    for other in ("add_subscribed", "add_unsubscribed", "leave", held):
        if other != row.do and other.partition(" ")[0] != row.do.partition(" ")[0]:
            yield replacing((*at, "do"), other, f"{what} decides {other} instead of {row.do}", test)
    told = "may not be" if row.may_market else "may be"
    change = f"{what}: such a buyer {told} marketed to"
    yield replacing((*at, "may_market"), not row.may_market, change, test)
    for fact in consent.facts:
        cell = row.if_[fact]
        if isinstance(cell, list):
            where: Pointer = (*at, "if", fact)
            yield replacing(where, "any", f"{what} asks nothing of {fact}", test)
            for place, value in enumerate(cell if len(cell) > 1 else []):
                change = f"{what} no longer covers {fact} {value}"
                yield dropping((*where, place), change, f"a buyer whose {fact} is {value}")


def _mutate_text(checked: CheckedSpec, name: str, text: Text) -> Iterator[Mutant]:
    at: Pointer = ("text", name)
    test = f"a case that expects values.{name} in full"
    if text.template is not None:
        yield replacing((*at, "template"), f"{text.template}!", f"{name} ends in a mark", test)
    if text.join is not None:
        other = find_like(checked, text.join)
        if other is not None:
            change = f"{name} joins {other} instead of {text.join}"
            yield replacing((*at, "join"), other, change, test)
        twice = f"a record with two elements, expecting values.{name}"
        yield replacing((*at, "separator"), " | ", f"{name} is joined by bars", twice)
        change = f"{name} names each value {'every time' if text.distinct else 'once'}"
        same = f"a record with two elements of one {text.join}, expecting values.{name}"
        yield replacing((*at, "distinct"), not text.distinct, change, same)
    # An answer that cannot come up is no part of what the mapping means.
    if can_text_miss(checked, name):
        what = ("text", f"{name} has nothing to say")
        yield from mutate_answer(checked, (*at, "missing"), text.missing, what)


def _mutate_lifetime(checked: CheckedSpec) -> Iterator[Mutant]:
    lifetime = checked.spec.lifetime
    if lifetime is None:
        return
    yield from mutate_condition(("lifetime", "only"), lifetime.only, "counting in lifetime")
    at: Pointer = ("lifetime", "mixed_currency")
    test = "two records of one buyer in different currencies"
    yield from swap_code(checked, at, lifetime.mixed_currency, test)
    turned = {"earliest": "latest", "latest": "earliest"}
    for name, figure in lifetime.figures.items():
        at = ("lifetime", "figures", name)
        test = f"two records of one buyer, expecting lifetime.{name}"
        if figure.kind in turned:
            other = turned[figure.kind]
            yield replacing((*at, "kind"), other, f"lifetime.{name} is the {other}", test)
        like = find_like(checked, figure.of) if figure.of is not None else None
        if like is not None:
            change = f"lifetime.{name} is made of {like} instead of {figure.of}"
            yield replacing((*at, "of"), like, change, test)
        if not can_figure_miss(figure):
            continue
        kind = checked.names[f"lifetime.{name}"].type
        what = (str(kind), f"no record counts for lifetime.{name}")
        yield from mutate_answer(checked, (*at, "missing"), figure.missing, what)

"""Conditions in words: when a call is made, what a total adds up, what a row decides."""

from __future__ import annotations

from collections.abc import Mapping

from engine.checked import CheckedSpec
from engine.handbook.blocks import Sayable, Text, as_text, code, enumerate_words, say
from engine.handbook.sources import noun_of
from engine.spec.condition import Bound, Cell, Condition, NoneOf, When, alternatives_of

# What the language's own facts say, by name and value; `{}` is the record or the target.
_FACTS: Mapping[tuple[str, str], str] = {
    ("consent.decision", "add_subscribed"): "the buyer is to be added as subscribed",
    ("consent.decision", "add_unsubscribed"): "the buyer is to be added as unsubscribed",
    ("consent.decision", "leave"): "the contact's status is left as it is",
    ("consent.may_market", "yes"): "the person may be marketed to",
    ("consent.may_market", "no"): "the person may not be marketed to",
    ("consent.evidence", "whole"): "the proof of consent is whole",
    ("consent.evidence", "partial"): "a part of the proof of consent is missing",
    ("address.kind", "real"): "the address is the person's own",
    ("address.kind", "relay"): "the address is a relay",
    ("record.counts", "yes"): "the {noun} counts as a sale",
    ("record.counts", "no"): "the {noun} does not count as a sale",
    ("record.earlier", "sent"): "something of this {noun} was sent before",
    ("record.earlier", "none"): "nothing of this {noun} was sent before",
}
_ADDED = {"add_subscribed", "add_unsubscribed"}
_BOUNDS = (
    ("above", "above"),
    ("at_least", "at least"),
    ("below", "below"),
    ("at_most", "at most"),
)


def tell_when(checked: CheckedSpec, when: When | None) -> tuple[Text, ...]:
    """Give each alternative of a condition, of which one must hold; none: always."""
    return tuple(tell_condition(checked, one) for one in alternatives_of(when))


def tell_condition(checked: CheckedSpec, condition: Condition) -> Text:
    """Say a condition, all parts of which must hold."""
    return enumerate_words(_tell_cell(checked, name, cell) for name, cell in condition.items())


def _tell_cell(checked: CheckedSpec, name: str, cell: Cell) -> Text:
    subject = _subject(checked, name)
    if isinstance(cell, Bound):
        bounds = [f"{word} {getattr(cell, key)}" for key, word in _BOUNDS if getattr(cell, key)]
        return say("{} is {}", subject, enumerate_words(bounds))
    if isinstance(cell, NoneOf):
        return say("{} is none of {}", subject, _words(checked, cell.none_of))
    if cell in ("given", "missing"):
        return say("{} is there" if cell == "given" else "{} is missing", subject)
    facts = [_FACTS.get((name, word)) for word in cell] if isinstance(cell, list) else [None]
    if name == "consent.decision" and set(cell) == _ADDED:
        return say("the buyer is to be added")
    if all(facts):
        told = [str(fact).format(noun=noun_of(checked)) for fact in facts]
        return enumerate_words(told, "or")
    return say("{} is {}", subject, _words(checked, cell if isinstance(cell, list) else str(cell)))


def _subject(checked: CheckedSpec, name: str) -> Sayable:
    if name == "contact.status":
        return f"{checked.target.title}'s status of the contact"
    return say("{}", code(name))


def _words(checked: CheckedSpec, said: list[str] | str) -> Text:
    """Give the values; a parameter stands for those it has now."""
    if isinstance(said, list):
        return enumerate_words((code(word) for word in said), "or")
    held = checked.params.values.get(said[1:])
    texts = held if isinstance(held, list) else [str(held)]
    listed = enumerate_words((code(str(word)) for word in texts), "or")
    return say("one of {} ({})", code(said), as_text(listed))

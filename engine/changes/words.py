"""Effects in sentences, as the people who live with a mapping speak."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.changes.effects import MOST_PEOPLE, Effect


def sentence(effect: Effect, noun: str) -> str:
    """Give an effect as one sentence; `noun` is what a record is, such as order."""
    say = _SENTENCES.get((effect.subject.heading, effect.subject.kind))
    if effect.cases:
        return _of_table(effect)
    if say is None:
        say = _SENTENCES[(effect.subject.heading, "")]
    return say(effect, noun)


def count_of(number: int, noun: str) -> str:
    """Give a number with its noun: `1 order`, `2,000 orders`."""
    many = {"person": "people"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else many}"


def _people(effect: Effect) -> str:
    told = count_of(len(effect.people), "person")
    return f"at least {told}" if len(effect.people) >= MOST_PEOPLE else told


def _of_table(effect: Effect) -> str:
    verb = "allows more in" if effect.subject.kind == "widened" else "allows less in"
    seen = "" if effect.records else ", whether or not a sample shows one"
    return f"the decision table {verb} {count_of(effect.cases, 'case')}{seen}"


def _widened(effect: Effect, noun: str) -> str:
    return _consent(effect, noun, "more may be done with")


def _narrowed(effect: Effect, noun: str) -> str:
    return _consent(effect, noun, "less may be done with")


def _consent(effect: Effect, noun: str, what: str) -> str:
    orders = count_of(effect.records, noun)
    return f"{what} {_people(effect)} ({orders}): {effect.subject.name}"


def _proof(effect: Effect, noun: str) -> str:
    orders = count_of(effect.records, noun)
    return f"the proof of an opt-in is another in {orders}: {effect.subject.name}"


def _figure(effect: Effect, noun: str) -> str:
    return f"{effect.subject.name} is another amount in {count_of(effect.records, noun)}"


def _sent(effect: Effect, noun: str) -> str:
    orders = count_of(effect.records, noun)
    return f"{effect.subject.name}, as it is sent, is another amount in {orders}"


def _hidden(effect: Effect, _noun: str) -> str:
    return f"plans no longer show {effect.subject.name}"


def _shown(effect: Effect, _noun: str) -> str:
    return f"plans show {effect.subject.name} as well"


def _currency(effect: Effect, noun: str) -> str:
    return f"{count_of(effect.records, noun)} {_verb(effect, 'is', 'are')} in another currency"


def _identity(effect: Effect, noun: str) -> str:
    orders = count_of(effect.records, noun)
    what = {
        "person": f"{_verb(effect, 'belongs', 'belong')} to another person key",
        "address": f"{_verb(effect, 'goes', 'go')} to another address",
        "contact": f"{_verb(effect, 'leads', 'lead')} to another contact",
        "kind": f"{_verb(effect, 'has', 'have')} an address of another kind: {effect.subject.name}",
    }
    return f"{orders} {what[effect.subject.kind]}"


def _field(effect: Effect, noun: str) -> str:
    verb = {
        "created": "is filled",
        "removed": "is left out",
        "cleared": "is emptied",
        "changed": "has another value",
    }[effect.subject.kind]
    return f"{effect.subject.name} {verb} in {count_of(effect.records, noun)}"


def _call(effect: Effect, noun: str) -> str:
    orders = count_of(effect.records, noun)
    name = effect.subject.name
    return {
        "added": f"{name} is made for {orders} more",
        "removed": f"{name} is no longer made for {orders}",
        "made_again": f"{name} counts as another call for {orders}, so it may be made twice",
        "elsewhere": f"{name} goes to another path for {orders}",
        "operation": f"{name} is another operation for {orders}",
        "reordered": f"calls are made in another order for {orders}",
    }[effect.subject.kind]


def _exception(effect: Effect, noun: str) -> str:
    orders = count_of(effect.records, noun)
    verb = {
        "new": "comes up for",
        "gone": "no longer comes up for",
        "altered": "is dealt with in another way for",
    }[effect.subject.kind]
    return f"{effect.subject.name} ({effect.subject.detail}) {verb} {orders}"


def _outcome(effect: Effect, noun: str) -> str:
    old, new = effect.subject.kind.split(" → ")
    go = _verb(effect, "goes", "go")
    return f"{count_of(effect.records, noun)} {go} from {old} to {new}"


def _wording(effect: Effect, _noun: str) -> str:
    return f"{count_of(len(effect.causes), 'text')} that only people read {_these(effect)}"


def _these(effect: Effect) -> str:
    return "is another" if len(effect.causes) == 1 else "are others"


def _verb(effect: Effect, one: str, many: str) -> str:
    return one if effect.records == 1 else many


_SENTENCES: Mapping[tuple[str, str], Callable[[Effect, str], str]] = {
    ("consent", "widened"): _widened,
    ("consent", "narrowed"): _narrowed,
    ("consent", "changed"): lambda effect, noun: _consent(effect, noun, "another decision for"),
    ("consent", "proof"): _proof,
    ("money", "figure"): _figure,
    ("money", "sent"): _sent,
    ("money", "hidden"): _hidden,
    ("money", "shown"): _shown,
    ("money", "currency"): _currency,
    ("identity", ""): _identity,
    ("fields", ""): _field,
    ("calls", ""): _call,
    ("exceptions", ""): _exception,
    ("outcomes", ""): _outcome,
    ("wording", ""): _wording,
}

"""Who is who: the person's key, the address, which addresses are relays, what a person reviews."""

from __future__ import annotations

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Definitions,
    Paragraph,
    Section,
    Text,
    capital,
    code,
    enumerate_words,
    say,
)
from engine.handbook.missing import exception_anchor
from engine.handbook.sources import describe_input, name_place, noun_of, with_article
from engine.handbook.values import tell_setting
from engine.spec.identity import Identity

TITLE = "Who is who"


def tell_people(checked: CheckedSpec) -> Section:
    """Give the section; a mapping of things has no people, and then it says so."""
    identity = checked.spec.identity
    if identity is None:
        noun = noun_of(checked)
        told = say(
            "{} belongs to no person, and no personal data is read.", capital(with_article(noun))
        )
        if any(one.personal for one in checked.inputs.reads.values()):
            told = say("No {} is tied to a person.", noun)
        return Section(TITLE, (Paragraph(told),))
    noun = noun_of(checked)
    return Section(
        TITLE,
        (
            Paragraph(
                say(
                    "A person is known by a key, not by an address: addresses change, and a relay "
                    "address may be another one for every {}.",
                    noun,
                )
            ),
            Definitions(
                (
                    (say("Person key"), _key(checked, identity)),
                    (say("Address"), _address(checked, identity)),
                    (say("Relay addresses"), _relay(checked, identity)),
                    (say("Review"), _review(checked, identity)),
                )
            ),
        ),
    )


def _key(checked: CheckedSpec, identity: Identity) -> Text:
    one = checked.inputs.reads[identity.person.from_]
    scope = identity.person.scope
    within = tell_setting(checked, scope[1:]) if scope.startswith("$") else say("{}", code(scope))
    return say(
        "Made of {} and the operator {}, because ids are unique within one operator only. It is a "
        "hash, so nobody can read the id from it. Contacts carry it in the data field {}. Without "
        "an id the {} is held as {}.",
        name_place(checked, one),
        within,
        code(identity.person_field),
        noun_of(checked),
        _exception(identity.no_person),
    )


def _address(checked: CheckedSpec, identity: Identity) -> Text:
    steps = (
        say("{} ({})", code(name), describe_input(checked, checked.inputs.reads[name]))
        for name in identity.address
    )
    first = "The first of these that is there counts: {}." if len(identity.address) > 1 else "{}."
    return say(
        first + " Without any, the {} is held as {}.",
        enumerate_words(steps, "then"),
        noun_of(checked),
        _exception(identity.no_address),
    )


def _relay(checked: CheckedSpec, identity: Identity) -> Text:
    given = identity.relay.domains
    held = checked.params.values[given[1:]] if isinstance(given, str) else given
    listed = [*checked.source.relay_domains, *(held if isinstance(held, list) else [str(held)])]
    domains = enumerate_words((code(one) for one in listed), "or")
    shapes = (
        say(", or when it is written as a mask ({}, {} or {})", *map(code, ("*", "xxxx", "anon…")))
        if identity.relay.masked_shapes
        else ()
    )
    return say(
        "An address is a relay when it is at, or under, {}{}. A relay address is served and never "
        "marketed to.",
        domains,
        shapes,
    )


def _review(checked: CheckedSpec, identity: Identity) -> Text:
    return say(
        "When the address and the person key lead to two different contacts, nothing is guessed: "
        "the {} waits as {} until a person decides.",
        noun_of(checked),
        _exception(identity.keys_disagree),
    )


def _exception(word: str) -> Text:
    return say("{}", code(word, exception_anchor(word)))

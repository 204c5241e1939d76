"""What to check weekly: what waits for whom, which figures must agree, what is still an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    as_text,
    code,
    enumerate_words,
    say,
    sentence,
)
from engine.handbook.calls import duration, human
from engine.handbook.exceptions import owners_of, team
from engine.handbook.missing import exception_anchor
from engine.handbook.sources import noun_of, vendor_of
from engine.spec.usability import Segment

_WHOSE: Mapping[Segment, str] = {
    "all": "all",
    "real": "with a real address",
    "relay": "with a relay address",
    "subscribed": "of subscribed people",
    "not_subscribed": "of people who are not subscribed",
}


def tell_weekly(checked: CheckedSpec) -> Section:
    """Give the section."""
    return Section(
        "What to check weekly",
        (
            Paragraph(
                say(
                    "{} owns this mapping, and sees to it that each team looks.",
                    team(checked.spec.owner),
                )
            ),
            Heading("Each team: what waits", "what-waits"),
            Bullets(tuple(_waiting(checked))),
            Heading("Figures that must agree", "figures-that-must-agree"),
            Bullets(tuple(_figures(checked))),
            *_floors(checked),
            Heading("Settings", "settings-to-check"),
            Bullets(tuple(_settings(checked))),
        ),
    )


def _floors(checked: CheckedSpec) -> Iterator[Block]:
    """Give what must be filled how often, where the mapping says so."""
    floors = checked.spec.usability
    if not floors:
        return
    yield Heading("Fields that must be filled", "fields-that-must-be-filled")
    yield Paragraph(
        say("{} tells which of these floors is not reached.", code("miradot usability --since 7d"))
    )
    rows = [
        Row(
            (
                say("{}", code(one.field)),
                as_text(_WHOSE[one.segment]),
                as_text(f"{one.floor:g} %"),
                as_text(duration(one.fresh_within) if one.fresh_within else "any age"),
                sentence(one.about),
            )
        )
        for one in floors
    ]
    heads = ("Field", "Whose orders", "Filled in at least", "Newest at most", "What it is for")
    yield Table("Floors of what is delivered", heads, tuple(rows), figures=frozenset({2}))


def _waiting(checked: CheckedSpec) -> Iterator[Text]:
    for owner in owners_of(checked):
        rules = [(word, one) for word, one in checked.spec.exceptions.items() if one.owner == owner]
        held = [code(word, exception_anchor(word)) for word, one in rules if one.level != "note"]
        noted = [code(word, exception_anchor(word)) for word, one in rules if one.level == "note"]
        parts = []
        if held:
            parts.append(say("nothing waits longer than a week as {}", enumerate_words(held, "or")))
        if noted:
            parts.append(say("no record stands wrongly under {}", enumerate_words(noted, "or")))
        yield say("{}: {}.", team(owner), enumerate_words(parts))


def _figures(checked: CheckedSpec) -> Iterator[Text]:
    noun, vendor, target = noun_of(checked), vendor_of(checked), checked.target.title
    yield say("Planned, unchanged and held {}s together are as many as {} lists.", noun, vendor)
    money = checked.spec.money
    if money is not None:
        names = enumerate_words(code(name) for name in money.report)
        yield say("Per currency, {} agree with {}'s own figures of the week.", names, vendor)
    for name, send in checked.spec.send.items():
        collection = send.to.get("collection")
        if collection is not None:
            told = f"New records of {human(name).lower()} in {target}"
            yield say("{} are as many as calls of {} were planned.", told, code(name))
    if checked.spec.consent is not None:
        yield say(
            "Contacts added as subscribed are as many as {}s with a clear yes and its whole proof.",
            noun,
        )
    if any(one.repeat == "once" for one in checked.spec.send.values()):
        once = (code(name) for name, one in checked.spec.send.items() if one.repeat == "once")
        yield say("Nobody got {} twice for the same key.", enumerate_words(once, "or"))


def _settings(checked: CheckedSpec) -> Iterator[Text]:
    spec = checked.spec
    must = [code(name) for name, one in spec.params.items() if one.default is None]
    if must:
        yield say("Each brand has set {}; an example is never delivered.", enumerate_words(must))
    else:
        yield say("Every setting has a value; a brand may change any of them.")
    if spec.identity is not None and isinstance(spec.identity.relay.domains, str):
        name = spec.identity.relay.domains[1:]
        yield say(
            "No address that belongs to the operator is missing in {}: look at the domains of the "
            "week's new addresses.",
            code(name),
        )
    states = next((one for one in spec.lifetime.only.values()), None) if spec.lifetime else None
    if isinstance(states, str):
        yield say("{} still names every state that is a sale.", code(states.removeprefix("$")))

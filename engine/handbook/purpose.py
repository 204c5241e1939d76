"""What a mapping does, in plain words: where data comes from, where it goes, what never happens."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Bullets,
    Heading,
    Paragraph,
    Section,
    Span,
    Text,
    code,
    enumerate_words,
    say,
    sentence,
    strong,
)
from engine.handbook.calls import duration, human
from engine.handbook.journey import draw_journey
from engine.handbook.sources import noun_of, vendor_of, with_article


def tell_purpose(checked: CheckedSpec) -> Section:
    """Give the section, with the picture of the flow."""
    noun, vendor, target = noun_of(checked), vendor_of(checked), checked.target.title
    return Section(
        "What it does",
        (
            Paragraph(_from(checked)),
            Paragraph(say("What it becomes at {}:", target)),
            Bullets(tuple(_calls(checked))),
            Heading(f"The way of {with_article(noun)}", "the-way"),
            draw_journey(checked),
            Heading("What never happens", "what-never-happens"),
            Bullets(tuple(_nevers(checked, noun, vendor))),
        ),
    )


def _from(checked: CheckedSpec) -> Text:
    reads = checked.inputs.reads.values()
    customs = sum(one.path is None for one in reads)
    told = say(
        "Every {} comes from {}. {} values of it are read, each with its type and an answer to "
        "what happens when it is missing or cannot be read",
        noun_of(checked),
        vendor_of(checked),
        str(len(reads)),
    )
    if customs:
        fields = "one is a custom field" if customs == 1 else f"{customs} are custom fields"
        return say("{}; {} that the operator has to fill in.", told, fields)
    return say("{}.", told)


def _calls(checked: CheckedSpec) -> Iterator[Text]:
    for name, send in checked.spec.send.items():
        link = Span(human(name), "strong", f"call-{name.replace('_', '-')}")
        yield say("{}: {}", link, sentence(send.about))


def _nevers(checked: CheckedSpec, noun: str, vendor: str) -> Iterator[Text]:
    spec, target = checked.spec, checked.target.title
    operations = checked.target.operations
    yield say("No {} disappears: whatever is not sent is held or noted, with an owner.", noun)
    if spec.consent is not None:
        widens = any(row.do == "add_subscribed" for row in spec.consent.rows)
        without = "without a clear yes and its whole proof" if widens else "at all"
        yield say("Nobody is subscribed {}.", without)
        whom = "Nobody who opted out, bounced or complained"
        yield say("{} is subscribed again by {}.", whom, with_article(noun))
    if spec.identity is not None:
        yield say("A relay address is never marketed to.")
    if spec.money is not None:
        yield say("No amount is rounded, converted or guessed.")
    once = [name for name, one in spec.send.items() if one.repeat == "once"]
    if once:
        names = enumerate_words((code(name) for name in once), "or")
        yield say("Nothing is sent twice for the same key by {}.", names)
    for name, send in spec.send.items():
        if send.age is not None:
            limit = duration(send.age.at_most)
            yield say("{} never starts for what is more than {} old.", code(name), limit)
    if not any(operations[one.operation].creates_contact for one in spec.send.values()):
        yield say("No contact is created.")
    yield say("Nothing is written back to {}.", vendor)
    yield say("Nothing goes anywhere but {}.", strong(target))

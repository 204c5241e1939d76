"""What goes where: each call in plain words, each field with its meaning and its source."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Block,
    Definitions,
    Heading,
    Paragraph,
    Row,
    Section,
    Span,
    Table,
    Text,
    capital,
    code,
    enumerate_words,
    join_texts,
    say,
    sentence,
)
from engine.handbook.conditions import tell_when
from engine.handbook.missing import Missing, tell_missing
from engine.handbook.sources import noun_of
from engine.handbook.terms import meaning_of_evidence, meaning_of_field
from engine.handbook.values import tell_origin, tell_value
from engine.inputs import parse_answer
from engine.spec.send import LiteralValue, Objects, Scalar, Send, Value

_COLUMNS = ("Field", "What it tells", "Where it comes from", "If missing or unreadable")


def tell_calls(checked: CheckedSpec) -> Section:
    """Give the section."""
    missing = tell_missing(checked)
    blocks: list[Block] = [
        Paragraph(
            say(
                "Each {} becomes at most {}. Whatever does not apply is left out, and the plan of "
                "the {} says why.",
                noun_of(checked),
                _count_calls(len(checked.spec.send)),
                noun_of(checked),
            )
        )
    ]
    for number, (name, send) in enumerate(checked.spec.send.items(), 1):
        title = f"{number}. {human(name)}"
        blocks.append(Heading(title, f"call-{name.replace('_', '-')}", name))
        blocks += [Paragraph(sentence(send.about)), Definitions(tuple(_facts(checked, send)))]
        rows = tuple(_rows(checked, name, send, missing))
        if rows:
            blocks.append(Table(f"Fields of {human(name).lower()}", _COLUMNS, rows))
    return Section("What goes where", tuple(blocks))


def human(name: str) -> str:
    """Give a name of the mapping as people write it."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def duration(text: str) -> str:
    """Give an ISO 8601 duration as people say it: `P14D` is 14 days."""
    units = {"D": "day", "H": "hour", "M": "minute"}
    said, digits = [], ""
    for letter in text:
        if letter.isdigit():
            digits += letter
        elif letter in units:
            said.append(f"{int(digits)} {units[letter]}{'' if int(digits) == 1 else 's'}")
            digits = ""
    return " and ".join(said)


def _count_calls(count: int) -> str:
    return "one call" if count == 1 else f"{count} calls"


def _facts(checked: CheckedSpec, send: Send) -> Iterator[tuple[Text, Text]]:
    noun, operation = noun_of(checked), checked.target.operations[send.operation]
    when = tell_when(checked, send.when)
    told = join_texts(when, "; or ") if when else say("always")
    yield say("When"), capital(told)
    if send.age is not None:
        limit = duration(send.age.at_most)
        yield say("Not when"), say("{} is more than {} ago", code(send.age.of), limit)
    yield say("How often"), _repeat(checked, send)
    if send.order == "newest_version_wins":
        yield say("Late news"), say("An older version of the {} never overwrites a newer one", noun)
    yield say("Call"), say("{} {}: {}", operation.method, code(operation.path), operation.title)
    for item in send.lists:
        only = join_texts(tell_when(checked, item.when), "; or ")
        added = say("Added to {}, now {}", code(item.add[1:]), str(_held(checked, item.add)))
        yield say("List"), say("{}, if {}", added, only) if only else added
    if send.evidence and checked.spec.consent is not None:
        yield say("Proof"), say("Whoever is added as subscribed takes the proof of consent along")


def _held(checked: CheckedSpec, reference: str) -> object:
    return checked.params.values[reference[1:]]


def _repeat(checked: CheckedSpec, send: Send) -> Text:
    key = enumerate_words(code(name) for name in send.key)
    operation = checked.target.operations[send.operation]
    careful = (
        "" if operation.idempotent else "; if it is unknown whether it arrived, a person decides"
    )
    if send.repeat == "once":
        return say("Once for each {}, ever{}", key, careful)
    return say("Once for each version of the {}{}", noun_of(checked), careful)


def _rows(checked: CheckedSpec, part: str, send: Send, missing: Missing) -> Iterator[Row]:
    for name, scalar in send.to.items():
        yield _row(checked, (part, name), scalar, missing)
    for name, value in send.fields.items():
        yield from _value_rows(checked, (part, name), value, missing)
    consent = checked.spec.consent
    for name, scalar in consent.evidence.items() if consent and send.evidence else ():
        yield _row(checked, (part, f"evidence {name}"), scalar, missing)


def _value_rows(
    checked: CheckedSpec, field: tuple[str, str], value: Value, missing: Missing
) -> Iterator[Row]:
    if not isinstance(value, Objects):
        yield _row(checked, field, value, missing)
        return
    part, name = field
    place = checked.inputs.lists[value.each].path.text
    cells = (
        say("{}", code(name)),
        say("{}, one for each of the {}", meaning_of(checked, name, "A list"), code(value.each)),
        say("The list {}", code(place)),
        missing.get((part, f"{name}[]"), ()),
    )
    yield Row(cells)
    for member, scalar in value.fields.items():
        yield _row(checked, (part, f"{name}[].{member}"), scalar, missing)


def _row(checked: CheckedSpec, field: tuple[str, str], value: Scalar, missing: Missing) -> Row:
    name = field[1].rpartition(".")[2]
    told = missing.get(field) or _never_missing(checked, value)
    meaning = meaning_of(checked, name, tell_value(checked, value))
    return Row((say("{}", code(field[1])), meaning, tell_origin(checked, value), told))


def meaning_of(checked: CheckedSpec, name: str, otherwise: Text | str) -> Text:
    """Say what a field of the target tells: the mapping's words, else ours, else the value's."""
    declared = checked.spec.data_fields.get(name)
    if declared is not None:
        return capital(declared.about.rstrip("."))
    part = name.removeprefix("evidence ")
    meaning = meaning_of_field if part == name else meaning_of_evidence
    if known := meaning(checked.target.name, part):
        return (Span(known),)
    return otherwise if isinstance(otherwise, tuple) else (Span(otherwise),)


def _never_missing(checked: CheckedSpec, value: Scalar) -> Text:
    if isinstance(value, LiteralValue) or value.startswith("$"):
        return say("never missing")
    if value.startswith("lifetime.") and checked.spec.lifetime is not None:
        figure = checked.spec.lifetime.figures[value.removeprefix("lifetime.")]
        answer = parse_answer(figure.missing)
        return say("taken as {}", code(answer.word)) if answer.kind == "use" else say("left out")
    return say("never missing")

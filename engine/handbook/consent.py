"""May we market? The consent table as a person reads it, and what was proved of it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Bullets,
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
    strong,
)
from engine.handbook.missing import exception_anchor
from engine.handbook.naming import mark_names
from engine.handbook.sources import describe_input, noun_of
from engine.handbook.terms import meaning_of_evidence
from engine.inputs import Input
from engine.proof.consent import build_consent
from engine.spec.consent import Consent, ConsentRow

TITLE = "May we market?"
_FACTS = {
    "contact.status": "{target} has them as",
    "address.kind": "Address",
    "consent.evidence": "Proof",
}
_WORDS = {"any": "any", "rest": "any other", "real": "their own", "relay": "relay"}
_DECISIONS = {
    "add_subscribed": "Added as subscribed",
    "add_unsubscribed": "Added as unsubscribed",
    "leave": "Status stays as it is",
}


def tell_consent(checked: CheckedSpec) -> Section:
    """Give the section; a mapping may decide nothing of consent, and then it says so."""
    consent, document = checked.spec.consent, build_consent(checked)
    if consent is None or document is None:
        return Section(TITLE, (Paragraph(_without(checked)),))
    facts = list(consent.facts.items())
    columns = ("Row", *(_column(checked, fact, name) for fact, name in facts))
    rows = tuple(_row(checked, row, number) for number, row in enumerate(consent.rows, 1))
    target = checked.target.title
    return Section(
        TITLE,
        (
            Paragraph(
                say(
                    "{} owns consent: what it has of a person is read before each decision, and no "
                    "order changes it. The table decides about everybody; of its {} cases, each "
                    "is decided by exactly one row.",
                    target,
                    str(document["cases"]),
                )
            ),
            Definitions(tuple(_facts(checked))),
            Paragraph(_opt_in(checked)),
            Table("The consent table", (*columns, "Decision", "Marketing", "Because"), rows),
            Heading("What was proved", "what-was-proved"),
            Paragraph(say("These hold for every {}, before any was seen.", noun_of(checked))),
            Bullets(tuple(sentence(mark_names(checked, claim)) for claim in document["proved"])),
            Heading("What only people can know", "what-only-people-can-know"),
            Paragraph(
                say("No proof reaches these. Whoever answers for consent makes sure of them.")
            ),
            Bullets(tuple(_assumptions(checked, consent))),
        ),
    )


def _without(checked: CheckedSpec) -> Text:
    """Say what a mapping without a table can still not do, as its operations show."""
    operations = [checked.target.operations[one.operation] for one in checked.spec.send.values()]
    claims = []
    if not any(one.creates_contact for one in operations):
        claims.append("it creates no contact")
    if not any(one.states_status for one in operations):
        claims.append("it states no status")
    if all(one.purpose != "marketing" for one in checked.spec.params.values()):
        claims.append("it has no list, programme or campaign for marketing")
    return say("This mapping decides nothing of consent: {}.", enumerate_words(claims))


def _opt_in(checked: CheckedSpec) -> Text:
    consent = checked.spec.consent
    answers = consent.opt_in.items() if consent is not None else ()
    if not answers:
        return say("Nothing in a record gives consent, so nobody is added as subscribed.")
    told = enumerate_words(
        (
            say("{} is {}", fact, enumerate_words((_value(word) for word in words), "or"))
            for fact, words in answers
        ),
        "and",
    )
    evidence = consent.evidence if consent is not None else {}
    proof = join_texts((_evidence(checked, part) for part in evidence), "; ")
    return say(
        "Only this answer gives consent: {}. A missing answer never means yes. It counts with its "
        "whole proof: {}.",
        told,
        proof,
    )


def _evidence(checked: CheckedSpec, part: str) -> str:
    known = meaning_of_evidence(checked.target.name, part)
    return known[:1].lower() + known[1:] if known else part


def _facts(checked: CheckedSpec) -> Iterator[tuple[Text, Text]]:
    """Say what each column of the table looks at."""
    consent, target = checked.spec.consent, checked.target.title
    told = {
        "contact.status": f"What {target} says of the person, read before each decision",
        "address.kind": "Whether the address is the person's own or a relay",
        "consent.evidence": "Whether every part of the proof of consent is there",
    }
    for fact, name in consent.facts.items() if consent is not None else ():
        term = say(_column(checked, fact, name))
        one = checked.inputs.reads.get(name)
        yield term, say(told.get(name, name)) if one is None else _tell_read(checked, one)


def _assumptions(checked: CheckedSpec, consent: Consent) -> Iterator[Text]:
    """Say what is taken for granted, as far as this mapping rests on it."""
    for fact, answers in consent.opt_in.items():
        one = checked.inputs.reads.get(consent.facts[fact])
        if one is None:
            continue
        told = describe_input(checked, one)
        yield say("{} holds the answer of the shopper, as the shop asked for it.", told)
        means = [code(text) for text, word in one.choices.items() if word in answers]
        if means:
            yield say("The text {} means yes.", enumerate_words(means, "or"))
    service = [code(name) for name, one in checked.spec.params.items() if one.purpose == "service"]
    if service:
        yield say("{} is never mailed as marketing.", enumerate_words(service, "or"))
    yield say("No two brands share one list or programme.")
    yield say("No address of the operator's stands at a domain that is missing among the relays.")


def _tell_read(checked: CheckedSpec, one: Input) -> Text:
    """Say which texts of the source mean which value, and what stands in for none."""
    means: dict[str, list[Span]] = {}
    for text, word in one.choices.items():
        means.setdefault(word, []).append(code(text))
    answers = {
        "when it is missing": one.answers.get("absent"),
        "for any other answer": one.answers.get("unknown"),
    }
    parts = [
        say("{} for {}", _value(word), enumerate_words(texts, "or"))
        for word, texts in means.items()
    ]
    parts += [
        say("{} {}", _value(answer.word), label)
        for label, answer in answers.items()
        if answer is not None and answer.kind == "use"
    ]
    return say("{}: {}", describe_input(checked, one), join_texts(parts, "; "))


def _column(checked: CheckedSpec, fact: str, name: str) -> str:
    title = _FACTS.get(name, fact[:1].upper() + fact[1:].replace("_", " "))
    return title.replace("{target}", checked.target.title)


def _row(checked: CheckedSpec, row: ConsentRow, number: int) -> Row:
    consent = checked.spec.consent
    facts = consent.facts if consent is not None else {}
    cells = [_cell(checked, row.if_[fact]) for fact in facts]
    market = say("{}", strong("yes")) if row.may_market else say("no")
    because = capital(row.because)
    anchor = f"consent-{number}"
    return Row((say(str(number)), *cells, _decision(row.do), market, because), anchor)


def _cell(checked: CheckedSpec, cell: list[str] | str) -> Text:
    if isinstance(cell, str):
        return say(_WORDS[cell])
    unknown = {checked.target.no_contact: "nobody it knows"}
    return enumerate_words((unknown.get(word) or _value(word) for word in cell), "or")


def _value(word: str) -> Span:
    """Give a value as people write it; a status keeps the target's spelling."""
    if word in _WORDS:
        return Span(_WORDS[word])
    return Span(word.lower().replace("_", " ")) if word.isupper() else Span(word)


def _decision(decision: str) -> Text:
    if decision in _DECISIONS:
        return say(_DECISIONS[decision])
    word = decision.removeprefix("hold ")
    return say("Held as {}", code(word, exception_anchor(word)))

"""Texts, sentences and lifetime figures: every name known, every gap answered."""

from __future__ import annotations

from collections.abc import Mapping

from engine.expressions.templates import Template, TemplateError, compile_template
from engine.inputs import parse_answer
from engine.names import LIFETIME, TOTAL
from engine.rules.conditions import check_condition
from engine.rules.subject import Subject, listed
from engine.spec.text import Figure, Text
from engine.text import Pointer

# What may be said where no record counts, by the kind of figure; a count is always known.
_EMPTY: Mapping[str, tuple[str, ...]] = {
    "count": ("use 0",),
    "total": ("skip", "clear", "use 0.00", "use 0"),
    "earliest": ("skip", "clear"),
    "latest": ("skip", "clear"),
}


def check_texts(subject: Subject) -> None:
    """Check every text."""
    for name, text in subject.spec.text.items():
        pointer: Pointer = ("text", name)
        if (text.template is None) == (text.join is None):
            subject.problems.report(
                "MD450", pointer, "a text needs either template or join", at_key=True
            )
            continue
        _check_outcome(subject, text.missing, (*pointer, "missing"))
        if text.join is not None:
            _check_join(subject, text, pointer)
        else:
            _check_template(subject, str(text.template), (*pointer, "template"))


def _check_outcome(subject: Subject, outcome: str, pointer: Pointer) -> None:
    answer = parse_answer(outcome)
    if answer.kind == "fail":
        subject.exception(answer.word, pointer)


def _check_join(subject: Subject, text: Text, pointer: Pointer) -> None:
    named = subject.name(str(text.join), (*pointer, "join"))
    is_text = named is not None and not named.is_number and named.type != "boolean"
    if named is not None and (len(named.level) != 1 or not is_text or named.clearable):
        subject.problems.report(
            "MD450", (*pointer, "join"), f'"{named.name}" is not a text read from a list'
        )
    if text.separator is None or text.distinct is None:
        subject.problems.report("MD450", pointer, "join needs separator and distinct", at_key=True)


def _read_template(subject: Subject, text: str, pointer: Pointer) -> Template | None:
    try:
        return compile_template(text)
    except TemplateError as error:
        subject.problems.report(error.code, pointer, str(error), span=(error.start, error.end))
        return None


def _check_template(subject: Subject, text: str, pointer: Pointer) -> None:
    template = _read_template(subject, text, pointer)
    for name in template.names if template else ():
        named = subject.name(name, pointer)
        if named is not None and subject.known_by(LIFETIME, named, pointer):
            subject.at_record_level(named, pointer)


def check_sentences(subject: Subject) -> None:
    """Check what each exception says: its names are reads, totals or parameters."""
    for code, rule in subject.spec.exceptions.items():
        pointer: Pointer = ("exceptions", code, "say")
        template = _read_template(subject, rule.say, pointer)
        totals = subject.spec.money.totals if subject.spec.money else {}
        for name in template.names if template else ():
            if name == "value":
                continue
            named = subject.name(name, pointer)
            if named is None:
                continue
            is_known = name in subject.inputs.reads or name in totals or name.startswith("param.")
            if not is_known and not (name in subject.spec.text and _comes_last(subject, code)):
                subject.problems.report(
                    "MD480", pointer, f'"{name}" is not known yet when an exception is raised'
                )
            else:
                subject.at_record_level(named, pointer)


def _comes_last(subject: Subject, code: str) -> bool:
    """Whether an exception is raised only when all calls are decided, so that texts are known."""
    return all(place[0] == "nothing_to_send" for place in subject.used_codes.get(code, ()))


def check_lifetime(subject: Subject) -> None:
    """Check the figures over all of a person's records."""
    lifetime = subject.spec.lifetime
    if lifetime is None:
        return
    if subject.spec.identity is None or subject.spec.money is None:
        subject.problems.report(
            "MD455", ("lifetime",), "lifetime figures need identity and money", at_key=True
        )
        return
    check_condition(subject, lifetime.only, ("lifetime", "only"), stage=TOTAL)
    subject.holds(lifetime.mixed_currency, ("lifetime", "mixed_currency"))
    for name, figure in lifetime.figures.items():
        before = subject.problems.errors
        _check_figure(subject, figure, ("lifetime", "figures", name))
        if subject.problems.errors > before:
            subject.doubt(f"lifetime.{name}")


def _check_figure(subject: Subject, figure: Figure, pointer: Pointer) -> None:
    empty = _EMPTY[figure.kind]
    if figure.missing not in empty:
        subject.problems.report(
            "MD455",
            (*pointer, "missing"),
            f"a {figure.kind} without records is {listed(empty)}",
            effect="the figure would be made up",
        )
    if (figure.kind == "count") != (figure.of is None):
        subject.problems.report(
            "MD455", pointer, '"of" is needed by every kind but count', at_key=True
        )
        return
    if figure.of is None:
        return
    named = subject.name(figure.of, (*pointer, "of"))
    if named is not None and not subject.known_by(TOTAL, named, (*pointer, "of")):
        return
    wanted = "money" if figure.kind == "total" else "instant"
    if named is not None and (named.type != wanted or named.level or named.optional):
        subject.problems.report(
            "MD455",
            (*pointer, "of"),
            f'"{named.name}" is not {wanted} that is always there, which {figure.kind} needs',
        )
        subject.doubt(named.name)

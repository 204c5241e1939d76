"""Reads and lists: all four cases answered, types that fit the lock, outcomes that fit the type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from unicodedata import normalize

from engine.inputs import (
    CASES,
    NUMBERS,
    Answer,
    Case,
    Input,
    ListInput,
    answer_key,
    cases_answered,
    used_value,
)
from engine.nearest import suggest
from engine.params import is_zone
from engine.rules.conditions import cell_values
from engine.rules.subject import Subject, listed
from engine.runtime.values import read_day, read_email, read_instant, read_ip, read_url
from engine.spec.read import Outcomes
from engine.text import Pointer

# Which declared types read which type of the payload lock without loss.
_FITS: Mapping[str, tuple[str, ...]] = {
    "money": ("money",),
    "decimal": (),
    "integer": ("integer",),
    "boolean": ("boolean",),
    "instant": ("instant", "day", "text"),
    "date": ("text",),
    "text": ("text", "id", "choice", "email", "url", "ip", "code"),
    "id": ("id", "text"),
    "code": ("code", "text", "choice"),
    "currency": ("currency", "text", "code"),
    "country": ("text", "code"),
    "url": ("url", "text"),
    "email": ("email",),
    "custom": ("text", "id", "choice", "email", "url", "ip", "instant", "day"),
}
_NEEDS = {"choice": "choices", "day": "zone"}


def check_inputs(subject: Subject) -> None:
    """Check every read and every list."""
    for one in subject.inputs.reads.values():
        before = subject.problems.errors
        _check_outcomes(subject, one, one.read)
        _check_type(subject, one)
        _check_type_keys(subject, one)
        for case, answer in one.answers.items():
            _check_answer(subject, one, answer, (*one.pointer, answer_key(one.read, case)))
        if subject.problems.errors > before:
            subject.doubt(one.name)
    for each in subject.inputs.lists.values():
        _check_outcomes(subject, each, each.each)
        _check_list(subject, each)


def _check_outcomes(subject: Subject, one: Input | ListInput, outcomes: Outcomes) -> None:
    cases = [case for case in CASES if case != "blank" or _can_be_blank(one)]
    open_cases = [case for case in cases if case not in one.answers]
    if open_cases:
        subject.problems.report(
            "MD406",
            one.pointer,
            f'"{one.pointer[-1]}" does not say what happens when the value is {listed(open_cases)}',
            help="answer it: fail CODE, skip, clear or use VALUE, under its own name, or under "
            "missing (absent, null, blank) or otherwise",
            effect="nothing may be silent",
            at_key=True,
        )
        return
    for key, covered in cases_answered(outcomes).items():
        if key != "otherwise" and covered and not covered & one.possible:
            subject.problems.report(
                "MD474",
                (*one.pointer, key),
                f"the value is never {listed(case for case in CASES if case in covered)} here",
                effect=f"{_why_never(subject, one, covered)}, so the answer decides nothing",
                help="let otherwise answer what should never happen",
                severity="warning",
            )
        elif not covered:
            subject.problems.report(
                "MD474",
                (*one.pointer, key),
                f'the other answers leave no case for "{key}"',
                severity="warning",
            )


def _why_never(subject: Subject, one: Input | ListInput, covered: frozenset[Case]) -> str:
    if covered == {"blank"}:
        return "an empty text in its place is unknown"
    if covered == {"null"} and one.path is not None and one.path.steps is None:
        return "where a path does more than name members, null is absent"
    return f"{subject.source.name} always gives it"


def _can_be_blank(one: Input | ListInput) -> bool:
    return isinstance(one, ListInput) or one.read.type not in NUMBERS


def _check_answer(subject: Subject, one: Input, answer: Answer, pointer: Pointer) -> None:
    if answer.kind == "fail":
        subject.exception(answer.word, pointer)
    elif answer.kind == "clear" and one.read.type == "money":
        subject.problems.report("MD407", pointer, "an amount is never cleared: use 0.00 or skip")
    elif answer.kind == "use" and not _fits_type(one, answer.word):
        subject.problems.report(
            "MD407", pointer, f'"{answer.word}" is not a value of the type {one.read.type}'
        )


_TESTS: Mapping[str, Callable[[str], object]] = {
    "instant": read_instant,
    "email": read_email,
    "url": read_url,
    "ip": read_ip,
    "day": lambda word: read_day(f"{word}T12:00:00Z", UTC),
}


def _fits_type(one: Input, word: str) -> bool:
    kind = one.read.type
    if kind == "money":
        # Only nothing may stand in for an amount: any other figure would be invented.
        return word in ("0", "0.00")
    if kind in _TESTS:
        return _TESTS[kind](word) == word
    if kind in ("code", "choice"):
        return word in one.codes if kind == "code" else word.isidentifier()
    try:
        used_value(word, kind)
    except (ValueError, KeyError):
        return False
    return bool(word.strip())


def _check_type(subject: Subject, one: Input) -> None:
    if not one.lock_type or one.read.type in _FITS.get(one.lock_type, ()):
        return
    subject.problems.report(
        "MD408",
        (*one.pointer, "type"),
        f'{subject.source.name} holds {one.lock_type} here, which is not read as "{one.read.type}"',
        help=f"use {listed(_FITS.get(one.lock_type, ()))}" if _FITS.get(one.lock_type) else "",
    )


def _check_type_keys(subject: Subject, one: Input) -> None:
    for kind, key in _NEEDS.items():
        given = getattr(one.read, key) is not None
        if given != (one.read.type == kind):
            message = (
                f'the type {kind} needs "{key}"' if not given else f'"{key}" is for {kind} only'
            )
            subject.problems.report("MD409", one.pointer, message, at_key=True)
    if one.read.type == "code" and not one.codes:
        subject.problems.report(
            "MD409", one.pointer, 'the lock has no code list here, so "codes" must give one'
        )
    if one.read.personal is False and one.personal:
        subject.problems.report(
            "MD409",
            (*one.pointer, "personal"),
            "the lock marks this value as personal: it stays so",
        )
    _check_codes(subject, one)
    _check_choices(subject, one)
    _check_zone(subject, one)


def _check_choices(subject: Subject, one: Input) -> None:
    """Check that each text of a choice can be met, and looks like one word's only."""
    looks: dict[str, tuple[str, str]] = {}
    for word, said in (one.read.choices or {}).items():
        at: Pointer = (*one.pointer, "choices", word)
        for text, place in cell_values(subject, said, at):
            if not text.isprintable() or text != text.strip() or not text:
                subject.problems.report(
                    "MD453",
                    place,
                    f'"{text}" is blank, or has blanks around it',
                    effect="values are read without the blanks around them, and a blank value is "
                    "answered under blank",
                )
                continue
            first_word, first = looks.setdefault(normalize("NFKC", text).casefold(), (word, text))
            if first_word != word and first != text:
                subject.problems.report(
                    "MD453",
                    place,
                    f'"{text}" means {word}, but "{first}" means {first_word}',
                    effect="two spellings of one answer would mean two things",
                )


def _check_codes(subject: Subject, one: Input) -> None:
    for index, code in enumerate(one.read.codes or []):
        if one.lock_codes and code not in one.lock_codes:
            subject.problems.report(
                "MD414",
                (*one.pointer, "codes", index),
                f'the lock knows no code "{code}"{suggest(code, one.lock_codes)}',
            )


def _check_zone(subject: Subject, one: Input) -> None:
    zone = one.read.zone
    if zone is not None and not zone.startswith("$") and not is_zone(zone):
        message = f'"{zone}" is no time zone such as Europe/London'
        subject.problems.report("MD409", (*one.pointer, "zone"), message)


def _check_list(subject: Subject, one: ListInput) -> None:
    each = one.each
    for case, answer in one.answers.items():
        at = (*one.pointer, answer_key(each, case))
        if answer.kind == "fail":
            subject.exception(answer.word, at)
        elif answer.kind != "skip":
            subject.problems.report("MD407", at, f'a list takes fail or skip, not "{answer.kind}"')
    _check_repeats(subject, one)


def _check_repeats(subject: Subject, one: ListInput) -> None:
    each = one.each
    if each.key is not None and each.key not in each.read:
        subject.problems.report(
            "MD410", (*one.pointer, "key"), f'no read "{each.key}" in this list'
        )
    if (each.key is None) != (each.repeated is None):
        subject.problems.report(
            "MD409", one.pointer, "a list with a key says what a repeated key means", at_key=True
        )
    if each.key is not None:
        subject.used.add(f"{one.name}.{each.key}")
    if one.repeated is not None and one.repeated.kind not in ("once", "fail"):
        subject.problems.report("MD407", (*one.pointer, "repeated"), "say once, or fail CODE")
    once = one.repeated is not None and one.repeated.kind == "once"
    if once != (one.conflicting is not None):
        subject.problems.report(
            "MD409", one.pointer, '"repeated: once" and "conflicting" go together', at_key=True
        )
    for key in ("repeated", "conflicting"):
        answer = getattr(one, key)
        if answer is not None and answer.kind == "fail":
            subject.exception(answer.word, (*one.pointer, key))

"""Repeats: how often a call is made, and which version wins, by what the call can undo."""

from __future__ import annotations

from datetime import timedelta

from engine.expressions.templates import TemplateError, compile_template
from engine.lock import Operation
from engine.names import LIFETIME, TOTAL
from engine.rules.subject import Subject
from engine.spec.send import AgeLimit, Send
from engine.text import Pointer

# Returns are over within a quarter; what comes later is history.
_LONGEST = timedelta(days=92)


def check_repeat(subject: Subject, send: Send, operation: Operation, pointer: Pointer) -> None:
    """Check repeat, order, key and age limit of a send against its operation."""
    if send.age is not None:
        _check_age(subject, send.age, (*pointer, "age"))
    if not operation.idempotent:
        _check_once(subject, send, pointer)
    elif not operation.creates_contact and _carries(subject, send):
        _check_content(subject, send, pointer)
    if send.order == "newest_version_wins" and subject.spec.record.version is None:
        _report_stale(subject, (*pointer, "order"), "the record has no version to compare")


def _check_age(subject: Subject, age: AgeLimit, pointer: Pointer) -> None:
    named = subject.name(age.of, (*pointer, "of"))
    if named is not None and (named.type != "instant" or named.level):
        subject.problems.report("MD467", (*pointer, "of"), f'"{age.of}" is not an instant')
    try:
        limit = age.as_timedelta()
    except (ValueError, OverflowError):
        limit = timedelta.max
    if not timedelta(0) < limit <= _LONGEST:
        subject.problems.report(
            "MD467",
            (*pointer, "at_most"),
            f'"{age.at_most}" is no age limit: more than nothing, and P{_LONGEST.days}D at most',
            effect="a backfill would reach people about what they bought long ago",
        )


def _check_once(subject: Subject, send: Send, pointer: Pointer) -> None:
    if send.repeat != "once" or send.age is None:
        subject.problems.report(
            "MD467",
            pointer,
            f"{send.operation} cannot be taken back: it needs repeat: once and an age limit",
            effect="a repeat or a backfill would reach people again",
            at_key=True,
        )
    for index, reference in enumerate(send.key):
        if _moves(subject, reference):
            subject.problems.report(
                "MD467",
                (*pointer, "key", index),
                f'"{reference}" changes with the record, so once per key is once per change',
                effect="people would be reached again whenever the record changes",
                help="name what stays: the key of the record, the person, or a state",
            )


def _moves(subject: Subject, reference: str) -> bool:
    """Whether a name changes with the versions of a record: its stamp, a total or a figure."""
    one = subject.inputs.reads.get(reference)
    if one is not None:
        return one.moves or one.read.type == "money"
    named, text = subject.names.get(reference), subject.spec.text.get(reference)
    if text is not None and text.template is not None:
        try:
            return any(_moves(subject, name) for name in compile_template(text.template).names)
        except TemplateError:
            return False
    return named is not None and named.stage in (TOTAL, LIFETIME)


def _carries(subject: Subject, send: Send) -> bool:
    """Whether a call carries more of the record than whose it is."""
    identity = subject.spec.identity
    person = identity.person_field if identity is not None else ""
    return any(name != person for name in send.fields)


def _check_content(subject: Subject, send: Send, pointer: Pointer) -> None:
    """Check that what is written follows the record, and never goes back to an older version."""
    if send.repeat != "each_version":
        _report_stale(subject, (*pointer, "repeat"), "what is written would never be corrected")
    if send.order != "newest_version_wins" and subject.spec.record.version is not None:
        _report_stale(subject, (*pointer, "order"), "an older version could overwrite a newer one")


def _report_stale(subject: Subject, pointer: Pointer, message: str) -> None:
    subject.problems.report(
        "MD485",
        pointer,
        message,
        effect="refunds and corrections would be lost on the way",
        help="say order: newest_version_wins and repeat: each_version; without record.version, "
        "order: any",
    )

"""Evidence: the parts of a consent record, real and carried by every call that subscribes."""

from __future__ import annotations

from collections.abc import Mapping

from engine.names import READ
from engine.nearest import suggest
from engine.rules.subject import Subject, listed
from engine.spec.consent import Consent
from engine.spec.send import LiteralValue, Scalar
from engine.text import Pointer


def check_evidence(subject: Subject) -> None:
    """Check the parts of an opt-in's proof, and that it goes along where people are subscribed."""
    consent = subject.spec.consent
    if consent is None:
        return
    _check_carriers(subject, consent)
    if not consent.evidence:
        return
    wanted = _parts_of(subject)
    if set(consent.evidence) != set(wanted):
        subject.problems.report(
            "MD465",
            ("consent", "evidence"),
            f"evidence needs exactly {listed(wanted)}{_surplus(consent.evidence, wanted)}",
            effect="a consent record without all its parts is no evidence",
            at_key=True,
        )
    for name, value in consent.evidence.items():
        _check_part(subject, value, wanted.get(name, "shown"), ("consent", "evidence", name))


def _parts_of(subject: Subject) -> Mapping[str, str]:
    """Give the parts of the target's consent record."""
    operations = subject.target.operations.values()
    return next((one.evidence for one in operations if one.evidence), {})


def _surplus(given: Mapping[str, Scalar], wanted: Mapping[str, str]) -> str:
    surplus = [name for name in given if name not in wanted]
    return suggest(surplus[0], wanted) if surplus else ""


def _check_part(subject: Subject, value: Scalar, kind: str, pointer: Pointer) -> None:
    fixed = isinstance(value, LiteralValue) or value.startswith("$")
    if isinstance(value, str):
        named = subject.name(value, pointer)
        if named is None or not (fixed or subject.known_by(READ, named, pointer)):
            return
        if named.level or named.clearable or named.is_number:
            subject.problems.report("MD465", pointer, f'"{value}" is no text of the record')
            return
    if fixed and kind == "given":
        subject.problems.report(
            "MD465",
            pointer,
            "one value for everybody is no evidence here: it must be read from the record",
            effect="the consent record would say what nobody observed",
        )


def _check_carriers(subject: Subject, consent: Consent) -> None:
    subscribes = any(row.do == "add_subscribed" for row in consent.rows)
    for name, send in subject.spec.send.items():
        operation = subject.target.operations.get(send.operation)
        if operation is None:
            continue
        pointer: Pointer = ("send", name)
        if send.evidence and not (operation.evidence and consent.evidence):
            subject.problems.report(
                "MD465",
                (*pointer, "evidence"),
                f"{send.operation} takes no evidence"
                if not operation.evidence
                else "there is no evidence: its parts stand under consent.evidence",
            )
        if operation.creates_contact and operation.evidence and subscribes and not send.evidence:
            subject.problems.report(
                "MD449",
                pointer,
                f"{send.operation} subscribes people without their consent record",
                help="say evidence: true",
                at_key=True,
            )

"""Evidence: the parts of a consent record, each observed and of its kind."""

from __future__ import annotations

from collections.abc import Mapping

from engine.inputs import Input
from engine.lock import EvidencePart
from engine.names import READ
from engine.nearest import suggest
from engine.rules.subject import Subject, listed
from engine.runtime.values import read_url
from engine.spec.consent import Consent
from engine.spec.send import LiteralValue, Scalar
from engine.text import Pointer


def check_evidence(subject: Subject) -> None:
    """Check the parts of an opt-in's proof, and where it goes along."""
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
        if name in wanted:
            _check_part(subject, value, wanted[name], ("consent", "evidence", name))
    _check_sources(subject, consent, wanted)


def _parts_of(subject: Subject) -> Mapping[str, EvidencePart]:
    """Give the parts of the target's consent record."""
    operations = subject.target.operations.values()
    return next((one.evidence for one in operations if one.evidence), {})


def _surplus(given: Mapping[str, Scalar], wanted: Mapping[str, EvidencePart]) -> str:
    surplus = [name for name in given if name not in wanted]
    return suggest(surplus[0], wanted) if surplus else ""


def _check_part(subject: Subject, value: Scalar, part: EvidencePart, pointer: Pointer) -> None:
    if isinstance(value, LiteralValue) or value.startswith("$"):
        _check_fixed(subject, value, part, pointer)
        return
    named = subject.name(value, pointer)
    if named is None or not subject.known_by(READ, named, pointer):
        return
    one = subject.inputs.reads.get(value)
    if one is None or one.level:
        subject.problems.report("MD465", pointer, f'"{value}" is not read once per record')
    elif one.read.type != part.type:
        subject.problems.report(
            "MD458",
            pointer,
            f'"{value}" is read as {one.read.type}, this part is {part.type}',
            effect="the consent record would hold something else than it says",
        )
    elif any(answer.kind not in ("skip", "fail") for answer in one.answers.values()):
        subject.problems.report(
            "MD458",
            pointer,
            f'"{value}" may be a value of the mapping\'s own, which nobody observed',
            help="answer a missing or unreadable part with skip: the opt-in is then unproved",
        )


def _check_fixed(subject: Subject, value: Scalar, part: EvidencePart, pointer: Pointer) -> None:
    """Check a value that is the same for everybody: only what the shop shows can be so."""
    fixed: object = value.literal if isinstance(value, LiteralValue) else None
    if isinstance(value, str):
        fixed = subject.param(value, pointer)
        if fixed is None:
            return
    if part.known == "given":
        subject.problems.report(
            "MD465",
            pointer,
            "one value for everybody is no evidence here: it must be read from the record",
            effect="the consent record would say what nobody observed",
        )
    elif not isinstance(fixed, str) or not fixed.strip():
        subject.problems.report("MD458", pointer, "the words shown are a text")
    elif part.type == "url" and read_url(fixed) != fixed:
        subject.problems.report("MD458", pointer, f'"{fixed}" is no http or https address')


def _check_sources(subject: Subject, consent: Consent, wanted: Mapping[str, EvidencePart]) -> None:
    """Check that every part read from the record is a thing of its own, observed as such."""
    seen = {
        _source_of(one): f'the answer to "{fact}"'
        for fact in consent.opt_in
        if (one := subject.inputs.reads.get(consent.facts.get(fact, ""))) is not None
    }
    for name, value in consent.evidence.items():
        one = subject.inputs.reads.get(value) if isinstance(value, str) else None
        if one is None or name not in wanted or one.read.type != wanted[name].type:
            continue
        at: Pointer = ("consent", "evidence", name)
        if one.custom_list is None and not one.given:
            subject.problems.report(
                "MD458",
                at,
                f'"{value}" is not read from a custom field, so nobody observed it at the opt-in',
                help="only the operator can hand it over, in a custom field; the moment may also "
                "be that of the order itself",
            )
        elif (same := seen.setdefault(_source_of(one), f'the part "{name}"')) != (
            f'the part "{name}"'
        ):
            subject.problems.report(
                "MD458", at, f'"{value}" is {same} once more, not a thing of its own'
            )


def _source_of(one: Input) -> str:
    return one.custom_code if one.custom_list is not None else one.path.text if one.path else ""


def _check_carriers(subject: Subject, consent: Consent) -> None:
    for name, send in subject.spec.send.items():
        operation = subject.target.operations.get(send.operation)
        if operation is None or not send.evidence or (operation.evidence and consent.evidence):
            continue
        subject.problems.report(
            "MD465",
            ("send", name, "evidence"),
            f"{send.operation} takes no evidence"
            if not operation.evidence
            else "there is no evidence: its parts stand under consent.evidence",
        )

"""Sends: operations that exist, and inputs that fit."""

from __future__ import annotations

from collections.abc import Mapping

from engine.lock import Operation, Slot
from engine.nearest import suggest
from engine.patterns import fits
from engine.rules.conditions import check_when
from engine.rules.fields import check_fields
from engine.rules.repeats import check_repeat
from engine.rules.subject import Subject, listed
from engine.spec.send import LiteralValue, Scalar, Send
from engine.text import Pointer

_SLOT_TYPES: Mapping[str, tuple[str, ...]] = {
    "email": ("email",),
    "status": ("fact",),
    "text": ("text", "id"),
    "programme_id": ("integer",),
    "campaign_id": ("integer",),
}


def check_sends(subject: Subject) -> None:
    """Check every send."""
    for name, send in subject.spec.send.items():
        pointer: Pointer = ("send", name)
        operation = subject.target.operations.get(send.operation)
        if operation is None or operation.delivery_only:
            known = [n for n, one in subject.target.operations.items() if not one.delivery_only]
            subject.problems.report(
                "MD460",
                (*pointer, "operation"),
                f'no operation "{send.operation}"{suggest(send.operation, known)}',
                help=f"the target takes {listed(known)}",
            )
            continue
        _check_frame(subject, send, operation, pointer)
        _check_slots(subject, send, operation, pointer)
        check_fields(subject, send, operation, pointer)
        _check_parts(subject, send, operation, pointer)
    subject.exception(subject.spec.nothing_to_send, ("nothing_to_send",))


def _check_frame(subject: Subject, send: Send, operation: Operation, pointer: Pointer) -> None:
    check_when(subject, send.when, (*pointer, "when"))
    for index, reference in enumerate(send.key):
        at = (*pointer, "key", index)
        named = subject.name(reference, at)
        if named is not None and subject.at_record_level(named, at) and named.optional:
            subject.problems.report("MD468", at, f'"{reference}" may be missing: it is no key')
    needs_person = operation.needs or operation.creates_contact
    if needs_person and (subject.spec.identity is None or subject.spec.consent is None):
        subject.problems.report(
            "MD460",
            (*pointer, "operation"),
            f"{send.operation} needs identity and consent sections",
        )
    check_repeat(subject, send, operation, pointer)


def _check_slots(subject: Subject, send: Send, operation: Operation, pointer: Pointer) -> None:
    for name in send.to:
        if name not in operation.to:
            subject.problems.report(
                "MD461",
                (*pointer, "to", name),
                f'{send.operation} has no input "{name}"{suggest(name, operation.to)}',
                at_key=True,
            )
    for name, slot in operation.to.items():
        value, at = send.to.get(name), (*pointer, "to", name)
        if at in subject.unfit:
            continue
        if value is not None and slot.type == "id":
            _check_record_slot(subject, value, at)
        elif value is not None and slot.type in ("programme_id", "campaign_id"):
            _check_purpose(subject, slot, value, at)
        elif value is not None:
            _check_slot(subject, slot, value, at)
        elif slot.required:
            subject.problems.report(
                "MD461", pointer, f'{send.operation} needs "to: {{{name}: …}}"', at_key=True
            )


def _check_slot(subject: Subject, slot: Slot, value: Scalar, pointer: Pointer) -> None:
    if isinstance(value, LiteralValue):
        _check_literal(subject, slot, value.literal, pointer)
        return
    if slot.type == "email" and subject.spec.identity is not None and value != "address.email":
        subject.problems.report(
            "MD461",
            pointer,
            f'"{value}" is not the address that was judged: it is always address.email',
            effect="consent and kind of one address would be taken for another",
        )
        subject.used.add(value)
        return
    named = subject.name(value, pointer)
    if named is None:
        return
    if slot.scope is not None and not value.startswith("$"):
        subject.problems.report(
            "MD461", pointer, "a collection is a literal or a $parameter, never read from a record"
        )
        return
    if named.type not in _SLOT_TYPES[slot.type]:
        subject.problems.report(
            "MD461", pointer, f'"{value}" is {named.type}, the operation takes {slot.type}'
        )
    elif slot.type == "status" and value != "consent.status":
        subject.problems.report("MD461", pointer, "the status written is always consent.status")
    if slot.scope is not None and value.startswith("$"):
        _check_literal(subject, slot, subject.params.values.get(value[1:]), pointer)
    needed = slot.type != "status" and named.optional
    if subject.at_record_level(named, pointer) and needed:
        subject.problems.report("MD468", pointer, f'"{value}" may be missing, the call needs it')


def _check_record_slot(subject: Subject, value: Scalar, pointer: Pointer) -> None:
    """Check that what is written has the key of the record: any other could be shared by two."""
    key = subject.spec.record.key
    one = subject.inputs.reads.get(value) if isinstance(value, str) else None
    if isinstance(value, str) and subject.name(value, pointer) is None:
        return
    if value != key and (one is None or one.identifies != "record"):
        subject.problems.report(
            "MD461",
            pointer,
            f'a record is written under "{key}", the key of the record, and nothing else',
            effect="records that share the value would replace each other",
        )


def _check_purpose(subject: Subject, slot: Slot, value: Scalar, pointer: Pointer) -> None:
    """Check that what reaches people is a parameter, whose purpose decides how it is guarded."""
    name = value[1:] if isinstance(value, str) and value.startswith("$") else ""
    param = subject.spec.params.get(name)
    # A parameter of that type without a purpose is told where it is declared.
    if param is None or param.type != slot.type:
        subject.problems.report(
            "MD464",
            pointer,
            f"a {slot.type} is always a parameter of that type, with its purpose",
            effect="people who did not agree, or relay addresses, could be reached",
        )


def _check_literal(subject: Subject, slot: Slot, text: object, pointer: Pointer) -> None:
    if slot.scope is None:
        if slot.type in ("status", "email"):
            subject.problems.report("MD461", pointer, f"a fixed {slot.type} is never right")
        return
    if not isinstance(text, str) or not fits(subject.target.insight.collection_name, text):
        subject.problems.report("MD461", pointer, f'"{text}" is no collection name')
        return
    own = subject.target.insight.own_collections
    if text.casefold() in {one.casefold() for one in own}:
        subject.problems.report(
            "MD475",
            pointer,
            f'{subject.target.title} keeps the collection "{text}" itself',
            effect="it would say of people what they never said",
            help="consent records go along with contacts.create only: evidence: true",
        )
        return
    known = subject.target.collection(text)
    spelt = subject.target.spelling(text)
    if spelt is not None and spelt != text:
        subject.problems.report(
            "MD461", pointer, f'"{text}" is known as "{spelt}", in these letters'
        )
    if known is not None and known.scope != slot.scope:
        subject.problems.report(
            "MD461", pointer, f'the collection "{text}" belongs to the {known.scope} scope'
        )


def _check_parts(subject: Subject, send: Send, operation: Operation, pointer: Pointer) -> None:
    if send.lists and not operation.lists:
        subject.problems.report(
            "MD465", (*pointer, "lists"), f"{send.operation} takes no lists", at_key=True
        )

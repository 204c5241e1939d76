"""Fields of a call: data fields that the account holds, records that keep to the Insight rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.lock import Operation
from engine.names import Named, NameType
from engine.nearest import suggest
from engine.patterns import fits
from engine.rules.insight import check_collection
from engine.rules.subject import Subject
from engine.spec.send import LiteralValue, Objects, Scalar, Send
from engine.text import Pointer

_FIELD_TYPES: Mapping[str, tuple[str, ...]] = {
    "String": (
        "text",
        "id",
        "code",
        "choice",
        "currency",
        "email",
        "url",
        "ip",
        "day",
        "instant",
        "fact",
    ),
    "Numeric": ("money", "integer"),
    "Date": ("instant", "day"),
    "Boolean": ("boolean",),
}


def check_fields(subject: Subject, send: Send, operation: Operation, pointer: Pointer) -> None:
    """Check the fields a send gives, by the kind its operation takes."""
    at = (*pointer, "fields")
    if operation.fields == "data_fields":
        _check_person_field(subject, send, operation, pointer)
    if operation.fields == "none":
        if send.fields:
            subject.problems.report("MD465", at, f"{send.operation} takes no fields", at_key=True)
        return
    for name, value in send.fields.items():
        if isinstance(value, Objects):
            _check_objects(subject, value, operation, (*at, name))
        else:
            _check_value(subject, name, value, operation, (*at, name))
    if operation.fields == "record":
        check_collection(subject, send, pointer)


def check_data_fields(subject: Subject) -> None:
    """Check the names of data fields: forms that the target takes, and no field twice."""
    longest = subject.target.limits["field_name_characters"]
    # What the target keeps itself is told where it is written.
    built_in = set(subject.target.built_in_fields) - set(subject.target.own_fields)
    seen = {name.casefold(): name for name in built_in}
    for name in subject.spec.data_fields:
        at: Pointer = ("data_fields", name)
        if re.fullmatch(rf"[A-Za-z0-9_-]{{1,{longest}}}", name) is None:
            message = f'"{name}" is no field name: letters, digits, - and _, {longest} at most'
            subject.problems.report("MD462", at, message, at_key=True)
        elif (first := seen.setdefault(name.casefold(), name)) != name or first in built_in:
            subject.problems.report(
                "MD462",
                at,
                f'"{first}" and "{name}" are one field to {subject.target.title}'
                if first != name
                else f'{subject.target.title} has the field "{name}" of its own',
                effect="two names would write into one field",
                help="capitals and small letters are one to it; built-in fields are not declared",
                at_key=True,
            )


def _check_person_field(
    subject: Subject, send: Send, operation: Operation, pointer: Pointer
) -> None:
    """Check that whoever writes a contact also writes whose it is."""
    identity = subject.spec.identity
    needed = bool(send.fields) or operation.creates_contact
    if identity is None or not needed or identity.person_field not in subject.spec.data_fields:
        return
    if identity.person_field not in send.fields:
        subject.problems.report(
            "MD479",
            pointer,
            f'the contact is not told apart by its person: "{identity.person_field}" is not given',
            effect="two customers at one address would count as one person",
            help=f"add {identity.person_field}: person to the fields",
            at_key=True,
        )


def _check_value(
    subject: Subject, name: str, value: Scalar, operation: Operation, pointer: Pointer
) -> None:
    named = _literal(value) if isinstance(value, LiteralValue) else subject.name(value, pointer)
    if named is None or not subject.at_record_level(named, pointer):
        return
    if operation.fields == "data_fields":
        _check_owner(subject, name, value, pointer)
        _check_data_field(subject, name, named, pointer)
    else:
        _check_member(subject, name, named, pointer)


def _literal(value: LiteralValue) -> Named:
    """Give a fixed value the type it has."""
    kinds: dict[type, NameType] = {bool: "boolean", int: "integer", str: "text"}
    return Named(str(value.literal), kinds[type(value.literal)])


def _check_owner(subject: Subject, name: str, value: Scalar, pointer: Pointer) -> None:
    """Check that fields which say who a person is, or what they agreed to, say nothing else."""
    identity = subject.spec.identity
    if identity is not None and name == identity.person_field and value != "person":
        subject.problems.report(
            "MD479",
            pointer,
            f'"{name}" carries the key of the person, and is always given person',
            effect="the next order would be taken for another person's",
        )
    if name.casefold() in {one.casefold() for one in subject.target.own_fields}:
        subject.problems.report(
            "MD475",
            pointer,
            f'{subject.target.title} keeps the field "{name}" itself',
            effect="it would say of people what they never said",
            at_key=True,
        )


def _check_data_field(subject: Subject, name: str, named: Named, pointer: Pointer) -> None:
    declared = subject.spec.data_fields.get(name)
    kind = declared.type if declared else subject.target.built_in_fields.get(name)
    known = [*subject.spec.data_fields, *subject.target.built_in_fields]
    if kind is None:
        subject.problems.report(
            "MD462",
            pointer,
            f'no data field "{name}"{suggest(name, known)}',
            help="declare it under data_fields, and create it in the account before sending",
            at_key=True,
        )
    elif named.type not in _FIELD_TYPES[kind]:
        subject.problems.report(
            "MD462",
            pointer,
            f'"{named.name}" is {named.type}, the data field "{name}" holds {kind}',
        )


def _check_member(subject: Subject, name: str, named: Named, pointer: Pointer) -> None:
    if not fits(subject.target.insight.field_name, name):
        subject.problems.report(
            "MD463", pointer, f'"{name}" is no field name: letters, digits, - and _', at_key=True
        )
    if named.clearable:
        subject.problems.report(
            "MD463",
            pointer,
            f'"{named.name}" may be cleared, but a record is replaced as a whole: nothing to clear',
        )


def _check_objects(
    subject: Subject, value: Objects, operation: Operation, pointer: Pointer
) -> None:
    if operation.fields != "record":
        subject.problems.report("MD463", pointer, "a list of objects fits into records only")
        return
    if value.each not in subject.spec.each:
        subject.problems.report(
            "MD410", (*pointer, "each"), f'no list "{value.each}" directly in the record'
        )
        return
    for name, scalar in value.fields.items():
        at = (*pointer, "fields", name)
        if isinstance(scalar, LiteralValue):
            continue
        named = subject.name(scalar, at)
        if named is None:
            continue
        subject.within(named, (value.each,), at)
        _check_member(subject, name, named, at)

"""Parameters: every default and example fits its type; what reaches people has a purpose."""

from __future__ import annotations

from engine.nearest import suggest
from engine.params import fault_of
from engine.rules.subject import Subject
from engine.spec.params import Param
from engine.spec.places import Found, find_references
from engine.text import Pointer


def check_params(subject: Subject) -> None:
    """Check each declared parameter, and that it fits wherever something refers to it."""
    for found in find_references(subject.spec):
        _check_reference(subject, found)
    for name, param in subject.spec.params.items():
        pointer: Pointer = ("params", name)
        for key in ("default", "example"):
            value = getattr(param, key)
            fault = fault_of(param, value) if value is not None else ""
            if fault:
                subject.problems.report("MD402", (*pointer, key), f'"{name}" {fault}')
        _check_form(subject, name, param, pointer)
    _check_purposes(subject)


def _check_purposes(subject: Subject) -> None:
    """Check that no number serves two purposes: what is said of one would be done to the other."""
    seen: dict[tuple[str, object], str] = {}
    for name, param in subject.spec.params.items():
        value = subject.params.values.get(name)
        if param.purpose is None or value is None:
            continue
        first = seen.setdefault((param.type, value), name)
        if subject.spec.params[first].purpose != param.purpose:
            subject.problems.report(
                "MD451",
                ("params", name),
                f'"{first}" and "{name}" are one {param.type}, {value}, for two purposes',
                effect="people who did not agree would stand on a marketing list",
                help="give each its own number",
                at_key=True,
            )


def _check_reference(subject: Subject, found: Found) -> None:
    """Report a reference to what is not declared, or is not of a type that fits there."""
    name, declared = found.name, subject.spec.params
    subject.used_params.add(name)
    if name not in declared:
        subject.problems.report(
            "MD403", found.pointer, f'no parameter "{name}"{suggest(name, declared)}'
        )
        subject.unfit.add(found.pointer)
        return
    if found.in_list:
        message = f'"${name}" stands for its value only where it stands alone, not in a list'
        subject.problems.report("MD481", found.pointer, message, help=f"write ${name} without [ ]")
        subject.unfit.add(found.pointer)
    elif declared[name].type not in found.types:
        subject.refuse_param(name, found.pointer, found.types)


def _check_form(subject: Subject, name: str, param: Param, pointer: Pointer) -> None:
    reaches = param.type in ("list_id", "programme_id", "campaign_id")
    if reaches != (param.purpose is not None):
        message = (
            f'"{name}" needs a purpose: marketing or service'
            if reaches
            else f'"{name}" is a {param.type}, which has no purpose'
        )
        subject.problems.report("MD402", pointer, message, at_key=True)
    if (param.type == "choice") != (param.choices is not None):
        subject.problems.report(
            "MD402", pointer, f'"{name}": a choice, and only a choice, has choices', at_key=True
        )
    if param.default is not None and param.example is not None:
        subject.problems.report(
            "MD402", pointer, f'"{name}" has a default, so its example is never used', at_key=True
        )


def check_unused(subject: Subject) -> None:
    """Report every name, parameter and exception that nothing refers to.

    No rule has found an error so far: so a name that was passed over for one is no name.
    """
    for reference, pointer in subject.unjudged.items():
        subject.refuse_name(reference, pointer)
    for name, named in subject.names.items():
        if name in subject.used or not named.pointer or named.pointer[0] == "params":
            continue
        subject.problems.report(
            "MD404",
            named.pointer,
            f'"{name}" is never used',
            at_key=True,
            help="remove it, or use it: what stands here without effect misleads the next reader",
        )
    for name in subject.spec.params:
        if name not in subject.used_params:
            subject.problems.report(
                "MD404", ("params", name), f'the parameter "{name}" is never used', at_key=True
            )
    for code in subject.spec.exceptions:
        if code not in subject.used_codes:
            subject.problems.report(
                "MD413",
                ("exceptions", code),
                f'the exception "{code}" is never raised{suggest(code, subject.used_codes)}',
                at_key=True,
            )

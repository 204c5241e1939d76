"""Identity: keys that can be keys, addresses that are addresses; the record's key and version."""

from __future__ import annotations

from collections.abc import Iterator

from engine.names import READ
from engine.rules.subject import Subject
from engine.spec.identity import Identity
from engine.text import Pointer

# Names that the language gives, or that sentences use.
_TAKEN = ("person", "address", "contact", "consent", "record", "lifetime", "param", "value")


def check_record(subject: Subject) -> None:
    """Check the record's key and version."""
    for key, kind in (("key", "id"), ("version", "instant")):
        name = getattr(subject.spec.record, key)
        if name is None:
            continue
        named = subject.name(name, ("record", key))
        if named is None:
            continue
        one = subject.inputs.reads.get(name)
        fails = one is not None and all(answer.kind == "fail" for answer in one.answers.values())
        if named.type != kind or named.optional or named.level or not fails:
            subject.problems.report(
                "MD470",
                ("record", key),
                f'"{name}" must be read as {kind}, once per record, and fail when it is missing',
            )


def check_names(subject: Subject) -> None:
    """Check that no name is declared twice, or taken by the language itself."""
    seen: set[str] = set()
    for name, pointer in _declared(subject):
        taken = name.split(".")[0] in _TAKEN
        if taken or name in seen:
            why = "belongs to the language" if taken else "is declared twice"
            subject.problems.report("MD472", pointer, f'the name "{name}" {why}', at_key=True)
            subject.doubt(name)
        seen.add(name)


def _declared(subject: Subject) -> Iterator[tuple[str, Pointer]]:
    for lists in (subject.inputs.reads, subject.inputs.lists):
        yield from ((one.name, one.pointer) for one in lists.values())
    for name in subject.spec.money.totals if subject.spec.money else ():
        yield name, ("money", "totals", name)
    for name in subject.spec.text:
        yield name, ("text", name)


def check_identity(subject: Subject) -> None:
    """Check the identity section."""
    identity = subject.spec.identity
    if identity is None:
        return
    _check_person(subject, identity)
    for index, name in enumerate(identity.address):
        at: Pointer = ("identity", "address", index)
        named = subject.name(name, at)
        if named is None or not subject.known_by(READ, named, at):
            continue
        if named.type != "email" or named.level or named.clearable:
            subject.problems.report(
                "MD430", at, f'"{name}" is not read as an email, or may be cleared'
            )
    for part in ("no_address", "no_person", "keys_disagree"):
        code = getattr(identity, part)
        subject.exception(code, ("identity", part))
        rule = subject.spec.exceptions.get(code)
        wanted = ("review",) if part == "keys_disagree" else ("hold", "review")
        if rule is not None and rule.level not in wanted:
            subject.problems.report(
                "MD430",
                ("identity", part),
                f'"{code}" must have the level {" or ".join(wanted)}, not {rule.level}',
                effect="the record would go on without knowing whose it is",
            )
    field = subject.spec.data_fields.get(identity.person_field)
    if field is None or field.type != "String":
        subject.problems.report(
            "MD430",
            ("identity", "person_field"),
            f'"{identity.person_field}" must be declared under data_fields as String',
        )


def _check_person(subject: Subject, identity: Identity) -> None:
    at: Pointer = ("identity", "person", "from")
    named = subject.name(identity.person.from_, at)
    if named is not None and (named.type != "id" or named.level or named.clearable):
        subject.problems.report("MD430", at, f'"{named.name}" must be read as an id')

"""Identity: keys that can be keys, addresses that are addresses; the record's key and version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.names import READ
from engine.rules.subject import Subject, listed
from engine.runtime.people import is_domain
from engine.runtime.values import is_id
from engine.spec.identity import Identity
from engine.text import Pointer

# Names that the language gives, or that sentences use.
_TAKEN = ("person", "address", "contact", "consent", "record", "lifetime", "param", "value")


# Plans give the amounts of a record beside its currency.
_CURRENCY = ("money", "totals", "currency")


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
        elif key == "key" and one is not None and one.identifies != "record":
            subject.problems.report(
                "MD470",
                ("record", key),
                f'{subject.source.name} does not say that "{name}" tells records apart',
                effect="records that share the value would replace each other",
                help=_suggest_marked(subject, "x-identifies", value="record"),
            )
        elif key == "version" and one is not None and not one.moves:
            subject.problems.report(
                "MD436",
                ("record", key),
                f'"{name}" does not move with every change of the record',
                effect="a refund would look like the version that was sent before",
                help=_suggest_marked(subject, "x-moves", value=True)
                or "leave it out, so that the content decides",
            )


def _suggest_marked(subject: Subject, mark: str, *, value: object) -> str:
    """Name the members of the record that the lock marks so; nothing when there is none."""
    members = subject.source.schema.get("properties")
    found = members.items() if isinstance(members, Mapping) else ()
    marked = [name for name, one in found if isinstance(one, Mapping) and one.get(mark) == value]
    return f"read {listed(marked)}" if marked else ""


def check_names(subject: Subject) -> None:
    """Check that no name is declared twice, or taken by the language itself."""
    seen: set[str] = set()
    for name, pointer in _declared(subject):
        taken = name.split(".")[0] in _TAKEN or pointer == _CURRENCY
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
    _check_relay(subject, identity)
    for index, name in enumerate(identity.address):
        at: Pointer = ("identity", "address", index)
        named = subject.name(name, at)
        if named is None or not subject.known_by(READ, named, at):
            continue
        if named.type != "email" or named.level or named.clearable:
            subject.problems.report(
                "MD430", at, f'"{name}" is not read as an email, or may be cleared'
            )
        _check_invention(subject, name, at)
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
    elif named is not None:
        _check_invention(subject, named.name, at)
        one = subject.inputs.reads.get(named.name)
        if one is not None and (one.identifies != "person" or one.path is None):
            subject.problems.report(
                "MD457",
                at,
                f'{subject.source.name} does not say that "{named.name}" tells persons apart',
                effect="people who share the value would become one person",
                help="read the customer id, such as customer.customer_id",
            )
    scope_at: Pointer = ("identity", "person", "scope")
    scope: object = identity.person.scope
    if identity.person.scope.startswith("$"):
        scope = subject.param(identity.person.scope, scope_at)
    if scope is not None and not (isinstance(scope, str) and is_id(scope)):
        subject.problems.report("MD430", scope_at, f'"{scope}" is no name of an operator')


def _check_invention(subject: Subject, name: str, pointer: Pointer) -> None:
    """Check that a key is never a value that the mapping makes up for whoever has none."""
    one = subject.inputs.reads.get(name)
    for case, answer in one.answers.items() if one is not None else ():
        if answer.kind == "use":
            subject.problems.report(
                "MD457",
                pointer,
                f'"{name}" is "{answer.word}" for everybody whose own is {case}',
                effect="they would all become one person",
                help="answer with skip: the record is then held",
            )
            return


def _check_relay(subject: Subject, identity: Identity) -> None:
    """Check that what is listed as relay domains can be met, and that masked shapes count."""
    at: Pointer = ("identity", "relay", "domains")
    domains: object = identity.relay.domains
    if isinstance(domains, str):
        domains = subject.param(domains, at)
    for index, one in enumerate(domains if isinstance(domains, list) else [domains]):
        own = (*at, index) if isinstance(identity.relay.domains, list) else at
        if one is not None and own not in subject.unfit and not is_domain(str(one)):
            subject.problems.report(
                "MD452",
                own,
                f'"{one}" is no domain, so no address lies under it',
                effect="relay addresses would be taken for people's own",
                help="write it like notification.example.com",
            )
    if not identity.relay.masked_shapes:
        subject.problems.report(
            "MD452",
            ("identity", "relay", "masked_shapes"),
            "masked addresses are never people's own",
            effect="addresses such as j***@example.com would be marketed to",
            help="say masked_shapes: true",
        )

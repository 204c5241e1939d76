"""Records of known collections: every member they require, always there and of its type."""

from __future__ import annotations

from collections.abc import Mapping

from engine.names import Named
from engine.rules.subject import Subject, listed
from engine.spec.send import LiteralValue, Objects, Send, Value
from engine.text import Pointer

Schema = Mapping[str, object]

_NUMBERS = ("money", "integer")


def check_collection(subject: Subject, send: Send, pointer: Pointer) -> None:
    """Check the record of a send against what the target lock says of its collection."""
    collection = send.to.get("collection")
    known = None
    if isinstance(collection, LiteralValue):
        known = subject.target.collection(str(collection.literal))
    elif isinstance(collection, str) and collection.startswith("$"):
        known = subject.target.collection(str(subject.params.values.get(collection[1:])))
    if known is not None:
        _check_members(subject, known.body_schema, send.fields, (*pointer, "fields"))


def _check_members(
    subject: Subject, schema: Schema, fields: Mapping[str, Value], pointer: Pointer
) -> None:
    properties, required = schema.get("properties"), schema.get("required")
    for name in required if isinstance(required, list) else []:
        if name not in fields:
            subject.problems.report("MD466", pointer, f'the collection needs "{name}"', at_key=True)
    for name, member in properties.items() if isinstance(properties, Mapping) else ():
        if name in fields and isinstance(member, Mapping):
            _Member(subject, name, member, (*pointer, name)).check(fields[name])


class _Member:
    """One member of a record under check."""

    def __init__(self, subject: Subject, name: str, schema: Schema, pointer: Pointer) -> None:
        self._subject = subject
        self._name = name
        self._schema = schema
        self._pointer = pointer

    def check(self, value: Value) -> None:
        """Report a value that may be missing, or that is of another type."""
        if self._schema.get("type") == "array" or isinstance(value, Objects):
            self._check_objects(value)
        elif isinstance(value, LiteralValue):
            self._check_literal(value)
        elif value in self._subject.names and value not in self._subject.doubted:
            self._check_named(self._subject.names[value])

    def _check_named(self, named: Named) -> None:
        if named.optional:
            self._report(f'needs "{self._name}", but "{named.name}" may be missing')
            return
        wanted = self._wanted()
        fits = named.type in wanted if wanted else named.type not in (*_NUMBERS, "boolean")
        if not fits:
            kinds = listed(wanted) or "a text"
            self._report(f'holds {kinds} as "{self._name}", but "{named.name}" is {named.type}')

    def _wanted(self) -> tuple[str, ...]:
        """Give the types of values that fit; none where any text does."""
        kind, form = self._schema.get("type"), self._schema.get("format")
        if kind in ("number", "integer"):
            return _NUMBERS if kind == "number" else ("integer",)
        if kind == "boolean":
            return ("boolean",)
        if form == "date-time":
            return ("instant",)
        if form == "uri":
            return ("url", "text")
        said = self._schema.get("x-type")
        return (said,) if isinstance(said, str) else ()

    def _check_literal(self, value: LiteralValue) -> None:
        if self._wanted() or not isinstance(value.literal, str):
            self._report(f'holds "{self._name}" of each record, not one value for all of them')

    def _check_objects(self, value: Value) -> None:
        if self._schema.get("type") != "array" or not isinstance(value, Objects):
            wanted = "a list of objects" if self._schema.get("type") == "array" else "one value"
            self._report(f'holds {wanted} as "{self._name}"')
            return
        if self._schema.get("minItems") and self._may_be_empty(value.each):
            self._report(f'needs "{self._name}", but "{value.each}" may be empty')
        items = self._schema.get("items")
        if isinstance(items, Mapping):
            _check_members(self._subject, items, dict(value.fields), (*self._pointer, "fields"))

    def _may_be_empty(self, name: str) -> bool:
        one = None if name in self._subject.doubted else self._subject.inputs.lists.get(name)
        rules = self._subject.spec.exceptions
        return one is not None and not all(
            answer.kind == "fail" and answer.word in rules and rules[answer.word].level != "note"
            for answer in one.answers.values()
        )

    def _report(self, message: str) -> None:
        self._subject.problems.report("MD466", self._pointer, f"the collection {message}")

"""Fields: every value of a plan that can be asked for, by the names people use for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.inputs import Level
from engine.lock import Operation
from engine.nearest import suggest
from engine.problem import Failure
from engine.provenance.trace import Indexes, Trace
from engine.spec.condition import When
from engine.spec.send import LiteralValue, Objects, Scalar, Send
from engine.text import Pointer

_SLOT = re.compile(r"\{([a-z_.]+)\}")
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class NameField:
    """A value by its name in the mapping, such as `net`, or one of an element, `lines[0].net`."""

    field: str
    name: str
    indexes: Indexes = ()


@dataclass(frozen=True, slots=True)
class SendField:
    """Whether a call is made."""

    field: str
    send: str


@dataclass(frozen=True, slots=True)
class LeafField:
    """One value of a call. `body` leads to it in the body; the path has no such way.

    In a list of objects, `level` and `indexes` say which element it belongs to.
    `value` is None for what the operation itself says; `when` is what else decides about it.
    """

    field: str
    send: str
    pointer: Pointer
    body: Steps | None
    value: Scalar | None
    level: Level = ()
    indexes: Indexes = ()
    when: When | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionField:
    """An exception by its code: why it was raised, or was not."""

    field: str
    code: str


Field = NameField | SendField | LeafField | ExceptionField


def find_field(fields: Mapping[str, Field], text: str) -> Field:
    """Give the field that a text names; Failure with the nearest name when there is none."""
    if text in fields:
        return fields[text]
    inside = [name for name in fields if name.startswith((f"{text}.", f"{text}["))]
    if inside:
        listed = ", ".join(inside[:8]) + (" and more" if len(inside) > 8 else "")  # noqa: PLR2004
        raise Failure(f'"{text}" holds several values; ask for one of {listed}')
    raise Failure(f'no field "{text}" in this plan{suggest(text, fields)}')


def list_fields(trace: Trace) -> dict[str, Field]:
    """Give every field of a record's plan by each of its names, the usual one first."""
    found: dict[str, Field] = {}
    for alias, field in _all_fields(trace):
        found.setdefault(alias, field)
    return found


def _all_fields(trace: Trace) -> Iterator[tuple[str, Field]]:
    spec = trace.checked.spec
    for send in spec.send:
        for alias, leaf in _leaves(trace, send):
            yield alias, leaf
        yield send, SendField(send, send)
    for alias, name in _plan_names(trace).items():
        yield alias, NameField(alias, name)
    for code in spec.exceptions:
        yield code, ExceptionField(code, code)
    for name, named in trace.checked.names.items():
        if named.level:
            for indexes in trace.elements_in(named.level):
                alias = _with_indexes(name, indexes)
                yield alias, NameField(alias, name, indexes)
        elif not name.startswith("param."):
            yield name, NameField(name, name)


def _plan_names(trace: Trace) -> Mapping[str, str]:
    """Give the parts of a plan that are no call, each with the name of its value."""
    spec = trace.checked.spec
    names = {"key": spec.record.key}
    if spec.record.version is not None:
        names["order_version"] = spec.record.version
    if spec.money is not None:
        names |= {f"money.{name}": name for name in spec.money.report}
        names["money.currency"] = spec.money.currency
    if spec.identity is not None:
        names |= {
            "identity.person": "person",
            "identity.email": "address.email",
            "identity.email_masked": "address.kind",
            "identity.contact": "contact.status",
        }
    if spec.consent is not None:
        names |= {f"consent.{part}": "consent.decision" for part in ("decision", "row", "because")}
        names["consent.may_market"] = "consent.may_market"
    return names


def _with_indexes(name: str, indexes: Indexes) -> str:
    """Give `lines[0].refunds[1].amount` for the name `lines.refunds.amount`."""
    *level, last = name.split(".")
    parts = [f"{one}[{index}]" for one, index in zip(level, indexes, strict=True)]
    return ".".join([*parts, last])


def _leaves(trace: Trace, name: str) -> Iterator[tuple[str, LeafField]]:
    """Give the leaves of a call by their short names and by their place in the body."""
    send = trace.checked.spec.send[name]
    operation = trace.checked.target.operations[send.operation]
    finder = _Leaves(trace, name, send, operation)
    leaves = [*finder.body(operation.body, ()), finder.path()]
    for leaf in leaves:
        yield leaf.field, leaf
    for leaf in leaves:
        if leaf.body is not None:
            yield name + _path_text(leaf.body), leaf


def _path_text(steps: Steps) -> str:
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)


class _Leaves:
    """Walks an operation's body as the target lock draws it, beside what the mapping gives."""

    def __init__(self, trace: Trace, name: str, send: Send, operation: Operation) -> None:
        self._trace = trace
        self._name = name
        self._send = send
        self._operation = operation
        self._pointer: Pointer = ("send", name)

    def body(self, template: object, at: Steps) -> Iterator[LeafField]:
        """Give the leaves below a part of the body."""
        if isinstance(template, dict):
            for key, below in template.items():
                yield from self.body(below, (*at, key))
        elif isinstance(template, list):
            for index, below in enumerate(template):
                yield from self.body(below, (*at, index))
        elif isinstance(template, str) and (found := _SLOT.fullmatch(template)):
            yield from self._slot(found[1], at)
        else:
            field = self._name + _path_text(at)
            yield LeafField(field, self._name, self._pointer, at, None)

    def path(self) -> LeafField:
        """Give the call's path, with the names that stand in it."""
        slots = _SLOT.findall(self._operation.path)
        scalars = [self._send.to[slot] for slot in slots if slot in self._send.to]
        names = [one for one in scalars if isinstance(one, str)]
        if any(slot in ("contact", "contact_id") for slot in slots):
            names += ["contact.status", "address.email"]
        field = f"{self._name}.path"
        return LeafField(field, self._name, self._pointer, None, None, names=tuple(names))

    def _slot(self, slot: str, at: Steps) -> Iterator[LeafField]:
        if slot == "fields":
            yield from self._fields(at)
        elif slot == "lists":
            yield from self._lists(at)
        elif slot == "contact_number":
            field = f"{self._name}.contact"
            yield LeafField(field, self._name, self._pointer, at, None, names=("contact.status",))
        elif slot.startswith("evidence."):
            yield from self._evidence(slot.removeprefix("evidence."), at)
        else:
            pointer = (*self._pointer, "to", slot)
            yield self._leaf(f"{self._name}.{slot}", at, self._send.to[slot], pointer)

    def _leaf(self, field: str, at: Steps, value: Scalar, pointer: Pointer) -> LeafField:
        return LeafField(field, self._name, pointer, at, value)

    def _fields(self, at: Steps) -> Iterator[LeafField]:
        named = self._operation.fields == "name_values"
        for name, value in self._send.fields.items():
            pointer = (*self._pointer, "fields", name)
            if isinstance(value, Objects):
                yield from self._objects(name, value, (*at, name))
            else:
                place = (*at, self._position(at, name), "value") if named else (*at, name)
                yield self._leaf(f"{self._name}.{name}", place, value, pointer)

    def _position(self, at: Steps, name: str) -> int:
        """Give where a named value stands in the list of the call; beyond it when it is not."""
        rows = value_at(call_body(self._trace, self._name), at)
        listed = rows if isinstance(rows, list) else []
        return next((n for n, row in enumerate(listed) if row["name"] == name), len(listed))

    def _objects(self, name: str, value: Objects, at: Steps) -> Iterator[LeafField]:
        level = tuple(value.each.split("."))
        for number, indexes in enumerate(self._trace.elements_in(level)):
            for member, scalar in value.fields.items():
                yield LeafField(
                    f"{self._name}.{name}[{number}].{member}",
                    self._name,
                    (*self._pointer, "fields", name, "fields", member),
                    (*at, number, member),
                    scalar,
                    level,
                    indexes,
                )

    def _lists(self, at: Steps) -> Iterator[LeafField]:
        body = call_body(self._trace, self._name)
        listed = value_at(body, at)
        given = listed if isinstance(listed, list) else []
        position = 0
        for index, item in enumerate(self._send.lists):
            number = self._trace.checked.params.values[item.add[1:]]
            place = position if position < len(given) and given[position] == number else len(given)
            position += place == position
            pointer = (*self._pointer, "lists", index)
            field = f"{self._name}.lists.{item.add[1:]}"
            yield LeafField(field, self._name, pointer, (*at, place), item.add, when=item.when)

    def _evidence(self, part: str, at: Steps) -> Iterator[LeafField]:
        consent = self._trace.checked.spec.consent
        if self._send.evidence and consent is not None and part in consent.evidence:
            pointer = ("consent", "evidence", part)
            yield LeafField(
                f"{self._name}.evidence.{part}",
                self._name,
                pointer,
                at,
                consent.evidence[part],
                when={"consent.decision": ["add_subscribed"]},
            )


def call_body(trace: Trace, send: str) -> object:
    """Give the body of a call of the plan, None when it is not made."""
    return next((one["body"] for one in trace.plan["calls"] if one["send"] == send), None)


def value_at(body: object, steps: Steps) -> object:
    """Give what stands at a place of a body, None when nothing does."""
    for step in steps:
        if isinstance(body, dict) and isinstance(step, str):
            body = body.get(step)
        elif isinstance(body, list) and isinstance(step, int) and step < len(body):
            body = body[step]
        else:
            return None
    return body


def is_name(value: Scalar | None) -> bool:
    """Whether a value of a call is one of the mapping's names, not fixed and no parameter."""
    return not (value is None or isinstance(value, LiteralValue) or value.startswith("$"))

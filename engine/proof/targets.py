"""Target fields: every value a mapping hands over, and everything that decides about a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.checked import CheckedSpec
from engine.expressions.templates import compile_template
from engine.proof.influence import names_in
from engine.spec.send import LiteralValue, Objects, Send, Value
from engine.text import Pointer


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field: `part` is a send or a section of the mapping, `names` what it is made of.

    `is_value`: the one name is handed over as it is; otherwise the names decide about something.
    """

    part: str
    name: str
    names: tuple[str, ...]
    pointer: Pointer
    is_value: bool


def list_targets(checked: CheckedSpec) -> Iterator[TargetField]:
    """Give every field of every send, what decides about all of it, and what exceptions say."""
    for name, send in checked.spec.send.items():
        yield from _send_targets(checked, name, send)
    yield from _record_targets(checked)
    yield from _sentence_targets(checked)


def _send_targets(checked: CheckedSpec, part: str, send: Send) -> Iterator[TargetField]:
    at: Pointer = ("send", part)
    age = [send.age.of] if send.age is not None else []
    needs = checked.target.operations[send.operation].needs
    contact = ["contact.status"] if needs is not None else []
    decisive = (*dict.fromkeys([*names_in(send.when), *age, *contact]),)
    yield TargetField(part, "(whether it is sent)", decisive, at, is_value=False)
    yield TargetField(part, "(key)", tuple(send.key), (*at, "key"), is_value=False)
    for name, scalar in send.to.items():
        yield from _value_targets(part, name, scalar, (*at, "to", name))
    for name, value in send.fields.items():
        yield from _value_targets(part, name, value, (*at, "fields", name))
    for index, item in enumerate(send.lists):
        pointer = (*at, "lists", index)
        names = (*names_in(item.when),)
        yield TargetField(part, f"list {item.add}", names, pointer, is_value=False)
    consent = checked.spec.consent
    for name, scalar in consent.evidence.items() if consent and send.evidence else ():
        yield from _value_targets(part, f"evidence {name}", scalar, ("consent", "evidence", name))


def _value_targets(part: str, name: str, value: Value, pointer: Pointer) -> Iterator[TargetField]:
    if isinstance(value, Objects):
        yield TargetField(part, f"{name}[]", (value.each,), pointer, is_value=False)
        for member, scalar in value.fields.items():
            yield from _value_targets(
                part, f"{name}[].{member}", scalar, (*pointer, "fields", member)
            )
    elif not isinstance(value, LiteralValue) and not value.startswith("$"):
        yield TargetField(part, name, (value,), pointer, is_value=True)


def _sentence_targets(checked: CheckedSpec) -> Iterator[TargetField]:
    for code, rule in checked.spec.exceptions.items():
        names = tuple(name for name in compile_template(rule.say).names if name != "value")
        if names:
            yield TargetField("sentence", code, names, ("exceptions", code, "say"), is_value=False)


def _record_targets(checked: CheckedSpec) -> Iterator[TargetField]:
    spec = checked.spec
    key = tuple(name for name in (spec.record.key, spec.record.version) if name is not None)
    yield TargetField("record", "key and version", key, ("record",), is_value=False)
    if spec.money is not None:
        names = (spec.money.currency,)
        yield TargetField("money", "currency", names, ("money", "currency"), is_value=False)
        for index, one in enumerate(spec.money.must_hold):
            sides = (side for side in one.rule.split(" ")[::2] if side[0].isalpha())
            at: Pointer = ("money", "must_hold", index)
            yield TargetField("money", one.rule, tuple(sides), at, is_value=False)
        for index, name in enumerate(spec.money.report):
            at = ("money", "report", index)
            yield TargetField("money", f"report {name}", (name,), at, is_value=True)
    if spec.identity is not None:
        who = ("person", "address.email", "contact.status")
        yield TargetField("identity", "person and contact", who, ("identity",), is_value=False)
    if spec.consent is not None:
        facts = tuple(spec.consent.facts.values())
        yield TargetField("consent", "decision", facts, ("consent",), is_value=False)

"""Witnesses: the smallest order that shows what is wrong with a decision."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from engine.inputs import Input
from engine.rules.subject import Subject
from engine.spec.consent import Consent

_MOMENT = "2026-03-01T09:00:00Z"


_READABLE = {"url": "https://shop.example.com", "ip": "192.0.2.1", "instant": _MOMENT}


def tell_witness(subject: Subject, consent: Consent, case: Mapping[str, str]) -> str:
    """Give an order, with what the target says of its buyer, that leads to a case of the table."""
    order: dict[str, object] = {}
    said = ""
    for fact, value in case.items():
        reference = consent.facts[fact]
        if reference == "contact.status":
            none = value == subject.target.no_contact
            said = f"unknown to {subject.target.title}" if none else f"{value} there"
        elif reference == "address.kind":
            _put_address(subject, order, value)
        elif reference == "consent.evidence":
            _put_evidence(subject, consent, order, value)
        elif reference in subject.inputs.reads:
            one = subject.inputs.reads[reference]
            _put(order, one, _text_meaning(one, value))
    return f"{orjson.dumps(order).decode()} from a buyer {said}".rstrip()


def _put_address(subject: Subject, order: dict[str, object], kind: str) -> None:
    identity = subject.spec.identity
    if identity is None:
        return
    domains = identity.relay.domains
    given = subject.params.values.get(domains[1:]) if isinstance(domains, str) else domains
    first = given[0] if isinstance(given, list) and given else "notification.example.com"
    one = subject.inputs.reads.get(identity.address[0 if kind == "real" else -1])
    if one is not None:
        _put(order, one, f"buyer@{first}" if kind == "relay" else "jo.bloggs@example.com")


def _put_evidence(subject: Subject, consent: Consent, order: dict[str, object], value: str) -> None:
    """Leave out a part that may be missing, or give a text for it."""
    for part in consent.evidence.values():
        named = subject.names.get(part) if isinstance(part, str) else None
        if named is not None and named.optional and part in subject.inputs.reads:
            one = subject.inputs.reads[named.name]
            given = _READABLE.get(one.read.type, "some text")
            _put(order, one, None if value == "partial" else given)


def _text_meaning(one: Input, value: str) -> str | None:
    """Give a text of the payload that is read as `value`; None where only its lack is."""
    if one.read.type != "choice":
        return value
    texts = [text for text, word in one.choices.items() if word == value]
    if texts:
        return texts[0]
    lacking = [case for case, answer in one.answers.items() if answer.word == value]
    return None if set(lacking) - {"unknown"} else "(anything else)"


def _put(order: dict[str, object], one: Input, text: str | None) -> None:
    """Set one input of an order, where the lock says that it stands."""
    if text is None:
        return
    if one.custom_list is not None:
        fields = order.setdefault(one.custom_list.list, [])
        if isinstance(fields, list):
            fields.append({one.custom_list.code: one.custom_code, one.custom_list.value: text})
        return
    *outer, last = (one.path.steps if one.path else None) or ("?",)
    at = order
    for step in outer:
        inner = at.setdefault(step, {})
        at = inner if isinstance(inner, dict) else {}
    at[last] = text

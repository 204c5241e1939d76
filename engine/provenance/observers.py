"""Observers: what a field is in a trace, to be compared with what it is in another."""

from __future__ import annotations

from collections.abc import Mapping

from engine.provenance.calls import leaf_value
from engine.provenance.fields import ExceptionField, Field, LeafField, SendField, is_name
from engine.provenance.trace import Indexes, Trace
from engine.provenance.trying import Observe
from engine.provenance.view import View


def observer_of(field: Field) -> Observe:
    """Give what a field is in a trace, to be compared with what it is in another."""
    if isinstance(field, SendField):
        return lambda trace: is_sent(trace, field.send)
    if isinstance(field, ExceptionField):
        return lambda trace: {
            (at, shown) for one, at, shown in trace.raised if one.code == field.code
        }
    if isinstance(field, LeafField):
        if is_name(field.value) and field.when is None:
            return lambda trace: _observe_number(trace, str(field.value), field.indexes)
        return lambda trace: leaf_value(View(trace, masked=False, makers=()), field)
    if field.name.startswith("consent."):
        part = field.field.removeprefix("consent.")
        return lambda trace: _consent_part(trace, part)
    return lambda trace: _observe_name(trace, field.name, field.indexes)


def _observe_name(trace: Trace, name: str, indexes: Indexes) -> object:
    value = trace.value(name, indexes)
    is_money = trace.checked.names[name].type == "money"
    return trace.decimal(value) if is_money and isinstance(value, int) else value


def _consent_part(trace: Trace, part: str) -> object:
    """Give one part of the consent decision, None when none was taken."""
    consent: Mapping[str, object] | None = trace.plan["consent"]
    return consent.get(part) if consent is not None else None


def _observe_number(trace: Trace, name: str, indexes: Indexes) -> object:
    """Give a value as calls carry it: an amount without the digits of its currency."""
    value = trace.value(name, indexes)
    is_money = trace.checked.names[name].type == "money"
    return value / trace.scale if is_money and isinstance(value, int) else value


def is_sent(trace: Trace, send: str) -> bool:
    """Whether a call is made."""
    return any(call["send"] == send for call in trace.plan["calls"])

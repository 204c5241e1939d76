"""One function per mapping: its source in reading order, and its compilation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import cast

from engine.checked import CheckedSpec
from engine.compiler.amounts import emit_equations
from engine.compiler.context import Context, list_variable, variable
from engine.compiler.lists import emit_element
from engine.compiler.outcome import emit_gate, emit_return, said_names
from engine.compiler.people import emit_consent, emit_identity, emit_lifetime
from engine.compiler.sends import emit_sends
from engine.compiler.source import Source
from engine.compiler.texts import emit_texts
from engine.contacts import NO_SHARES, Contacts
from engine.inputs import Level, level_of
from engine.plan import Record
from engine.runtime import amounts, people, record, values
from engine.spec.send import Objects

Apply = Callable[[Mapping[str, object], Contacts, datetime], Record]
Probe = Callable[[Mapping[str, object], Contacts, datetime, dict[str, object]], Record]

# What the generated function may call; nothing else is in its reach.
_REACH: Mapping[str, object] = {
    "ABSENT": values.ABSENT,
    "CLEAR": values.CLEAR,
    "EMPTY_LIST": (),
    "INTEGER_LIMIT": values.INTEGER_LIMIT,
    "MISPLACED": values.MISPLACED,
    "MONEY_LIMIT": float(values.MONEY_LIMIT),
    "NO_SHARES": NO_SHARES,
    "amount_or_none": record.amount_or_none,
    "digest": record.digest,
    "decimal_text": amounts.decimal_text,
    "fromisoformat": datetime.fromisoformat,
    "gap_text": amounts.gap_text,
    "gather": amounts.gather,
    "held": record.held,
    "index_custom_fields": values.index_custom_fields,
    "is_held": values.is_held,
    "is_id": values.is_id,
    "mask": people.mask,
    "mask_segment": people.mask_segment,
    "object_or_marker": values.object_or_marker,
    "person_key": people.person_key,
    "read_day": values.read_day,
    "read_email": values.read_email,
    "read_instant": values.read_instant,
    "read_ip": values.read_ip,
    "read_url": values.read_url,
    "scaled": amounts.scaled,
    "segment": people.segment,
    "tell": record.tell,
}
_BUILTINS: Mapping[str, object] = {
    "abs": abs,
    "any": any,
    "dict": dict,
    "enumerate": enumerate,
    "float": float,
    "int": int,
    "list": list,
    "round": round,
    "str": str,
}


def emit_function(checked: CheckedSpec, *, masked: bool, probed: bool = False) -> Source:
    """Emit the whole mapping, in the order a reader of the mapping reads it."""
    context = Context(checked, Source(), masked, probed)
    rows = {level: list(names) for level, names in _kept_rows(checked).items()}
    _emit_start(context)
    emit_element(context, (), "payload", rows)
    emit_gate(context)
    _emit_money(context)
    emit_equations(context)
    emit_gate(context)
    emit_identity(context)
    emit_consent(context)
    emit_lifetime(context)
    emit_texts(context, rows)
    emit_gate(context)
    emit_sends(context, rows)
    emit_return(context)
    return context.source


def compile_function(checked: CheckedSpec, *, masked: bool) -> Apply:
    """Give the mapping as one pure function of record, contacts and clock."""
    return cast("Apply", _compile(checked, emit_function(checked, masked=masked), ""))


def compile_probe(checked: CheckedSpec) -> Probe:
    """Give the same function, which also leaves its local values in the dict it is given."""
    source = emit_function(checked, masked=False, probed=True)
    return cast("Probe", _compile(checked, source, ", probe"))


def _compile(checked: CheckedSpec, source: Source, more: str) -> object:
    text = source.text(f"def apply(payload, contacts, now{more})")
    reach = {
        "__builtins__": {**_BUILTINS, "locals": locals, "set": set} if more else _BUILTINS,
        "TEXT_LIMIT": checked.target.limits["text_field_characters"],
        **_REACH,
        **{variable(f"param.{name}"): value for name, value in checked.params.values.items()},
        **source.constants,
    }
    # The text holds only names and constants that the checker and this compiler made.
    exec(compile(text, f"<mapping {checked.spec.mapping}>", "exec"), reach)  # noqa: S102
    return reach["apply"]


def _emit_start(context: Context) -> None:
    source = context.source
    source.line("raised = []")
    if context.probed:
        source.line("taken = set()")
    source.line("money = identity = consent = None")
    source.line("scale = 100")
    if context.probed:
        source.line("answered, walked = {}, {}")
    for name in said_names(context):
        if name not in context.checked.inputs.reads and not name.startswith("param."):
            source.line(f"{variable(name)} = None")
    for one in context.checked.inputs.lists.values():
        if one.repeated is not None:
            source.line(f"seen_{list_variable(one.level)} = {{}}")


def _emit_money(context: Context) -> None:
    money = context.checked.spec.money
    if money is None:
        return
    pairs = [f"'currency': {variable(money.currency)}"]
    pairs += [f"{name!r}: decimal_text({variable(name)}, scale)" for name in money.report]
    context.source.line(f"money = {{{', '.join(pairs)}}}")


def _kept_rows(checked: CheckedSpec) -> dict[Level, dict[str, None]]:
    """Give, per list, the values that texts and sends take from its elements."""
    rows: dict[Level, dict[str, None]] = {}
    for name in _row_names(checked):
        rows.setdefault(level_of(name), {})[name] = None
    for send in checked.spec.send.values():
        for value in send.fields.values():
            if isinstance(value, Objects):
                rows.setdefault(tuple(value.each.split(".")), {})
    return rows


def _row_names(checked: CheckedSpec) -> Iterator[str]:
    for text in checked.spec.text.values():
        if text.join is not None:
            yield text.join
    for send in checked.spec.send.values():
        for value in send.fields.values():
            if isinstance(value, Objects):
                yield from (
                    one for one in value.fields.values() if isinstance(one, str) and "." in one
                )

"""How a record ends: the exit of a held one, and what is returned at the end."""

from __future__ import annotations

from collections.abc import Mapping

from engine.compiler.context import Context, variable
from engine.egress import REFUSED, Egress, Purposes
from engine.expressions.templates import compile_template
from engine.runtime.values import Fault


def emit_gate(context: Context) -> None:
    """Emit the exit of a held record: nothing after it runs, nothing of it is sent."""
    with context.source.block("if raised and is_held(raised)"):
        emit_exit(context)


def emit_exit(context: Context) -> None:
    """Emit the return of a held record."""
    _emit_probe(context)
    known = f"{variable(context.checked.spec.record.key)}, {version_of(context)}"
    context.source.line(
        f"return held(({known}, money, identity, consent), {_say_values(context)}, raised)"
    )


def emit_return(context: Context) -> None:
    """Emit the end: planned, or unchanged with the reason why nothing is to be sent."""
    source = context.source
    fault = source.bind(
        context.fault(context.checked.spec.nothing_to_send, ("nothing_to_send",)), "fault"
    )
    with source.block("if not calls"):
        source.line(f"raised.append(({fault}, 'send', '(nothing)'))")
        context.note(("nothing_to_send",), "raised")
        emit_gate(context)
    if context.checked.spec.identity is not None:
        with source.block("elif contact is not None and contact.sent"):
            source.line("calls = [call for call in calls if call['id'] not in contact.sent]")
    source.line(f"exceptions = tell(raised, {_say_values(context)}) if raised else []")
    _emit_probe(context)
    record = context.checked.spec.record
    source.line(f"plan = {{'key': {variable(record.key)}, 'order_version': {version_of(context)},")
    source.line("    'outcome': 'planned' if calls else 'unchanged', 'money': money,")
    source.line("    'identity': identity, 'consent': consent, 'calls': calls,")
    source.line("    'left_out': left_out, 'exceptions': exceptions}")
    _emit_egress(context)
    source.line("return plan")


def _emit_egress(context: Context) -> None:
    """Emit the last look at the plan; what must not leave holds the record."""
    source, identity = context.source, context.checked.spec.identity
    find = source.bind(Egress(context.checked.target, _purposes(context)).find_breach, "egress")
    fault = source.bind(
        Fault(REFUSED, "hold", "engineering", "when_mapping_changes", "", _say_breach), "fault"
    )
    source.line(f"breach = {find}(plan, {'contact' if identity is not None else None})")
    with source.block("if breach"):
        source.line(f"raised.append(({fault}, 'send', breach))")
        emit_exit(context)


def _purposes(context: Context) -> Purposes:
    checked = context.checked

    def numbers(kind: str) -> frozenset[int]:
        service = (
            checked.params.values[name]
            for name, one in checked.spec.params.items()
            if one.type == kind and one.purpose == "service"
        )
        return frozenset(one for one in service if isinstance(one, int))

    return Purposes(lists=numbers("list_id"), campaigns=numbers("campaign_id"))


def _say_breach(values: Mapping[str, str]) -> str:
    return f"The last check of the calls refused one: {values['value']}"


def _emit_probe(context: Context) -> None:
    if context.probed:
        context.source.line("probe.update(locals())")


def said_names(context: Context) -> list[str]:
    """Give the names that any exception's sentence mentions, in order."""
    names: dict[str, None] = {}
    for rule in context.checked.spec.exceptions.values():
        names.update(dict.fromkeys(compile_template(rule.say).names))
    return [name for name in names if name != "value"]


def version_of(context: Context) -> str:
    """Give the expression of the record's version, None for a record without one."""
    version = context.checked.spec.record.version
    return variable(version) if version is not None else "None"


def _say_values(context: Context) -> str:
    pairs = []
    for name in said_names(context):
        named, value = context.checked.names[name], variable(name)
        if named.personal:
            value = f"mask({value})"
        elif named.type == "money":
            value = f"amount_or_none({value}, scale)"
        pairs.append(f"{name!r}: {value}")
    return "{" + ", ".join(pairs) + "}"

"""`identity`, `consent` and `lifetime`: who it is, what may be done, and their figures so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.compiler.conditions import condition_test
from engine.compiler.context import Context, variable
from engine.compiler.outcome import emit_exit, emit_gate
from engine.inputs import parse_answer
from engine.params import Params
from engine.plan import ConsentView
from engine.runtime.amounts import FigureRule
from engine.runtime.people import make_relay_test
from engine.runtime.values import Fault
from engine.spec.identity import Identity


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """What one row of the table answers, ready to be read at run time."""

    view: ConsentView
    decision: str
    status: str | None
    may_market: str
    fault: Fault | None


def emit_identity(context: Context) -> None:
    """Emit the person key, the address and its kind, and the contact they lead to."""
    identity = context.checked.spec.identity
    if identity is None:
        return
    source = context.source
    customer = variable(identity.person.from_)
    _emit_address(context, identity)
    for value, code, part in (
        (customer, identity.no_person, "no_person"),
        ("v_address__email", identity.no_address, "no_address"),
    ):
        fault = source.bind(context.fault(code, ("identity", part)), "fault")
        with source.block(f"if {value} is None"):
            source.line(f"raised.append(({fault}, 'identity.{part}', '(absent)'))")
            context.note(("identity", part), "raised")
    emit_gate(context)
    scope = _text(identity.person.scope, context.checked.params)
    source.line(f"v_person = person_key({scope!r}, {customer})")
    source.line("contact, disagree = contacts.find(v_person, v_address__email)")
    _emit_kind(context, identity)
    source.line("identity = {'person': v_person, 'email': mask(v_address__email),")
    source.line("    'email_masked': v_address__kind == 'relay', 'contact': 'known'")
    source.line("    if contact is not None else 'none' if contacts.asked else 'not_asked'}")
    fault = source.bind(context.fault(identity.keys_disagree, ("identity", "keys_disagree")), "f")
    with source.block("if disagree"):
        source.line(f"raised.append(({fault}, 'identity', '(two contacts)'))")
        context.note(("identity", "keys_disagree"), "raised")
    emit_gate(context)
    source.line("if contact is None:")
    none = context.checked.target.no_contact
    source.line(f"    v_contact__status, shares = {none!r}, NO_SHARES")
    source.line("else:")
    source.line("    v_contact__status, shares = contact.status, contact.shares")
    key = variable(context.checked.spec.record.key)
    source.line(f"v_record__earlier = 'sent' if {key} in shares else 'none'")


def _emit_kind(context: Context, identity: Identity) -> None:
    """Emit the kind of address: a call by contact id reaches the contact's own, not the record's.

    The domains that the source lock knows always count; a mapping can only add to them.
    """
    checked = context.checked
    domains = (*checked.source.relay_domains, *_texts(identity.relay.domains, checked.params))
    test = make_relay_test(domains, masked_shapes=identity.relay.masked_shapes)
    relay = context.source.bind(test, "relay")
    context.source.line(
        f"v_address__kind = 'relay' if {relay}(v_address__email) or contact is not None"
        f" and contact.email is not None and {relay}(contact.email) else 'real'"
    )


def _emit_address(context: Context, identity: Identity) -> None:
    source = context.source
    source.line(f"v_address__email = {variable(identity.address[0])}")
    for name in identity.address[1:]:
        with source.block("if v_address__email is None"):
            source.line(f"v_address__email = {variable(name)}")


def _text(value: str, params: Params) -> str:
    return str(params.values[value[1:]]) if value.startswith("$") else value


def _texts(value: str | list[str], params: Params) -> list[str]:
    given = params.values[value[1:]] if isinstance(value, str) else value
    return [str(one) for one in given] if isinstance(given, list) else [str(given)]


def emit_consent(context: Context) -> None:
    """Emit the decision: one look-up in the table that the checker proved whole."""
    consent = context.checked.spec.consent
    if consent is None:
        return
    source = context.source
    if consent.evidence:
        parts = [context.is_there(one) for one in context.checked.optional_evidence()]
        test = " and ".join(parts) or "True"
        source.line(f"v_consent__evidence = 'whole' if {test} else 'partial'")
    table = source.bind(_answers(context), "consent")
    facts = ", ".join(variable(name) for name in consent.facts.values())
    source.line(f"answer = {table}.get(({facts},))")
    pointer = ("consent", "unknown_status")
    fault = source.bind(context.fault(consent.unknown_status, pointer), "fault")
    with source.block("if answer is None"):
        source.line(f"raised.append(({fault}, 'contact.status', v_contact__status))")
        context.note(pointer, "raised")
        emit_exit(context)
    source.line("consent = answer.view")
    if context.probed:
        source.line("taken.add((('consent', 'rows', consent['row'] - 1), 'hit'))")
    with source.block("if answer.fault is not None"):
        source.line("raised.append((answer.fault, 'contact', v_contact__status))")
        emit_exit(context)
    source.line("v_consent__decision = answer.decision")
    source.line("v_consent__status = answer.status")
    source.line("v_consent__may_market = answer.may_market")


def _answers(context: Context) -> Mapping[tuple[str, ...], ConsentAnswer]:
    consent = context.checked.spec.consent
    rows = []
    for index, row in enumerate(consent.rows if consent else ()):
        pointer = ("consent", "rows", index)
        decision, _, code = row.do.partition(" ")
        rule = context.checked.line_of(pointer)
        rows.append(
            ConsentAnswer(
                view={
                    "decision": decision,
                    "row": index + 1,
                    "because": row.because,
                    "may_market": row.may_market,
                    "rule": rule,
                },
                decision=decision,
                status=decision.removeprefix("add_") if decision.startswith("add_") else None,
                may_market="yes" if row.may_market else "no",
                fault=context.fault(code, pointer) if code else None,
            )
        )
    return {facts: rows[index] for facts, index in context.checked.consent_table.items()}


def emit_lifetime(context: Context) -> None:
    """Emit the figures over all records of the person; this record's share replaces its old one."""
    lifetime = context.checked.spec.lifetime
    if lifetime is None:
        return
    source, names = context.source, context.checked.names
    key = variable(context.checked.spec.record.key)
    currency = variable(context.checked.spec.money.currency) if context.checked.spec.money else "''"
    rules, members, alone = [], [], []
    for name, figure in lifetime.figures.items():
        pointer = ("lifetime", "figures", name)
        kind = names[f"lifetime.{name}"].type
        empty = context.answer(
            parse_answer(figure.missing), None if kind == "fact" else kind, pointer
        )
        rules.append(FigureRule(name, figure.kind, figure.of or "", kind == "money", empty))
        own = variable(figure.of) if figure.of is not None else "1"
        none = "0" if figure.of is None else source.bind(empty, "empty")
        alone.append(f"{own} if counts else {none}")
        if figure.of is not None:
            members.append(f"{figure.of!r}: {own}")
    figures = ", ".join(variable(f"lifetime.{name}") for name in lifetime.figures)
    source.line(f"counts = {condition_test(context, lifetime.only)}")
    source.line("v_record__counts = 'yes' if counts else 'no'")
    source.line(f"others = {{k: s for k, s in shares.items() if k != {key}}} if shares else shares")
    with source.block("if others"):
        _emit_others(context, currency, members)
        bound = source.bind(tuple(rules), "figures")
        source.line(f"{figures}, = gather({bound}, others, share, scale)")
    with source.block("else"):
        source.line(f"{figures}, = {', '.join(alone)},")
    if context.probed:
        with source.block("if not counts and not any(s['counts'] for s in others.values())"):
            for name in lifetime.figures:
                context.note(("lifetime", "figures", name), "missing")


def _emit_others(context: Context, currency: str, members: list[str]) -> None:
    """Emit this record's own share, and the refusal to add up different currencies."""
    source = context.source
    lifetime = context.checked.spec.lifetime
    code = lifetime.mixed_currency if lifetime is not None else ""
    fault = source.bind(context.fault(code, ("lifetime", "mixed_currency")), "fault")
    with source.block(f"if any(s['currency'] != {currency} for s in others.values())"):
        source.line(f"raised.append(({fault}, 'lifetime', {currency}))")
        context.note(("lifetime", "mixed_currency"), "raised")
        emit_exit(context)
    source.line(f"share = {{'counts': counts, 'currency': {currency}, {', '.join(members)}}}")

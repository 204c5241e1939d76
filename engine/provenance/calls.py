"""Calls and exceptions: why one is made or raised, or is not, and the leaves of a call."""

from __future__ import annotations

from collections.abc import Iterator

from engine.compiler.sends import NO_CONTACT, no_contact_to_update, split_condition
from engine.provenance.explanation import Element, Step
from engine.provenance.fields import (
    ExceptionField,
    LeafField,
    call_body,
    is_name,
    value_at,
)
from engine.provenance.people import contact_element, contact_place
from engine.provenance.places import every_index, find_input
from engine.provenance.view import View, as_text, make_end, make_step
from engine.runtime.people import mask_segment, segment
from engine.runtime.values import EmailAddress, Fault, Raised
from engine.spec.condition import alternatives_of
from engine.spec.send import LiteralValue, Send


def explain_send(view: View, name: str) -> Step:
    """Explain whether a call is made: its condition, its contact, its age.

    As in the run itself, nothing is looked at beyond the first of them that does not hold.
    """
    send = view.checked.spec.send[name]
    value, says, rule = _outcome(view, name)
    step = make_step(name, value, says, rule)
    if value == "held":
        codes = dict.fromkeys(fault.code for fault, _, _ in view.trace.raised)
        step["looked_at"] = [explain_exception(view, ExceptionField(one, one)) for one in codes]
        return step
    step["looked_at"], holds = _condition_steps(view, send)
    if holds:
        step["looked_at"] += _contact_steps(view, name, send)
    if holds and says not in _contact_reasons(view):
        step["looked_at"] += [*_age_steps(view, send), *_sent_steps(view, name, value)]
    return step


def _condition_steps(view: View, send: Send) -> tuple[list[Step], bool]:
    """Explain what the condition looks at, and say whether it holds."""
    shared, own = split_condition(send.when)
    steps: list[Step] = []
    for name, cell in shared.items():
        steps += view.conditions([{name: cell}])
        if view.trace.unmet_part(name, cell, ()):
            return steps, False
    holds = not own or any(
        not any(view.trace.unmet_part(name, cell, ()) for name, cell in one.items()) for one in own
    )
    return [*steps, *view.conditions(own)], holds


def _contact_reasons(view: View) -> tuple[str, ...]:
    title = view.checked.target.title
    return no_contact_to_update(title), NO_CONTACT


def _outcome(view: View, name: str) -> tuple[str, str, str]:
    """Say what became of a send: its word, the reason, and the line of the mapping."""
    plan = view.trace.plan
    rule = view.rule(("send", name))
    if any(call["send"] == name for call in plan["calls"]):
        return "sent", "everything it asks for holds", rule
    for one in plan["left_out"]:
        if one["send"] == name:
            return "left out", one["because"], one["rule"]
    held = [one for one in plan["exceptions"] if one["level"] != "note"]
    if held:
        codes = ", ".join(dict.fromkeys(one["code"] for one in held))
        return "held", f"nothing of a held record is sent: {codes}", held[0]["rule"]
    if plan["left_out"] or plan["outcome"] == "unchanged":
        return "sent before", "the same call was sent already", rule
    return "left out", "the run did not come this far", rule


def _contact_steps(view: View, name: str, send: Send) -> Iterator[Step]:
    """Explain the contact that an operation needs: one that is known, or one created before."""
    operations = view.checked.target.operations
    if operations[send.operation].needs is None:
        return
    yield view.of("contact.status")
    if view.trace.contact is not None or operations[send.operation].needs == "contact_id":
        return
    for other, one in view.checked.spec.send.items():
        if other == name:
            return
        if operations[one.operation].creates_contact:
            yield explain_send(view, other)


def _age_steps(view: View, send: Send) -> Iterator[Step]:
    if send.age is None:
        return
    now = view.trace.situation.now.isoformat().replace("+00:00", "Z")
    element: Element = {
        "source": "clock",
        "at": "now",
        "name": "",
        "value": now,
        "made_difference": None,
    }
    yield view.of(send.age.of)
    yield make_end(element, f"{send.age.of} may be at most {send.age.at_most} before this", "")


def _sent_steps(view: View, name: str, value: str) -> Iterator[Step]:
    if value == "sent before":
        at = f"{contact_place(view)}.sent"
        element = contact_element(at, "", "holds this call")
        yield make_end(element, "what was sent before is not sent again", view.rule(("send", name)))


def explain_leaf(view: View, leaf: LeafField) -> Step:
    """Explain one value of a call: the mapping's value that it is."""
    name = leaf.field.removeprefix(f"{leaf.send}.")
    rule = view.rule(leaf.pointer)
    value = leaf_value(view, leaf)
    step = make_step(name, None if value is None else as_text(value), "", rule)
    step["looked_at"] = view.conditions(alternatives_of(leaf.when))
    if isinstance(leaf.value, LiteralValue):
        step["says"] = "written in the mapping"
    elif leaf.value is None:
        step["says"] = "made of these" if leaf.names else "fixed by the operation"
        step["parts"] = view.all_of(leaf.names)
    else:
        step["says"] = f"it is {leaf.value}"
        is_money = is_name(leaf.value) and view.checked.names[leaf.value].type == "money"
        made = view.added if is_money else view.of
        step["parts"] = [made(leaf.value, leaf.indexes)]
        step["value"] = step["parts"][0]["value"] if value is not None else None
    if value is None and call_body(view.trace, leaf.send) is not None:
        step["says"] = f"it is not in the call{_why_not(view, leaf)}"
    return step


def _why_not(view: View, leaf: LeafField) -> str:
    """Say why a call is made without one of its values."""
    for condition in alternatives_of(leaf.when):
        unmet = [view.trace.unmet_part(name, cell, ()) for name, cell in condition.items()]
        if any(unmet):
            return f": {' and '.join(said for said in unmet if said)}"
    return f": {leaf.value} is missing" if is_name(leaf.value) else ""


def leaf_value(view: View, leaf: LeafField) -> object:
    """Give the value of a leaf as it stands in the plan, None when it does not."""
    if leaf.body is None:
        path = next(
            (one["path"] for one in view.trace.plan["calls"] if one["send"] == leaf.send), None
        )
        return None if path is None else _masked_path(view, leaf, path)
    value = value_at(call_body(view.trace, leaf.send), leaf.body)
    if value is None or not is_name(leaf.value):
        return value
    named = view.checked.names[str(leaf.value)]
    return view.masked_text(value) if named.personal else value


def _masked_path(view: View, leaf: LeafField, path: str) -> str:
    """Mask the address in a path, and whatever else in it is personal."""
    if not view.masked:
        return path
    for name in leaf.names:
        value = view.trace.value(name)
        if (
            isinstance(value, str)
            and not name.startswith("$")
            and view.checked.names[name].personal
        ):
            path = path.replace(segment(value), mask_segment(EmailAddress(value)))
    return path


def explain_exception(view: View, field: ExceptionField) -> Step:
    """Explain an exception: where it came up, or that it did not."""
    pointer = ("exceptions", field.code)
    raised = [one for one in view.trace.raised if one[0].code == field.code]
    if not raised:
        return make_step(field.code, None, "not raised for this record", view.rule(pointer))
    told = [one for one in view.trace.plan["exceptions"] if one["code"] == field.code]
    says = told[0]["message"] if told else "raised"
    step = make_step(field.code, told[0]["level"] if told else None, says, raised[0][0].rule)
    for one in dict.fromkeys(raised):
        step["parts"] += list(_causes(view, one))
    return step


def _causes(view: View, raised: Raised) -> Iterator[Step]:
    """Explain what stood at the place where an exception was raised."""
    fault, at, _ = raised
    spec = view.checked.spec
    sides = _sides_of(view, fault, at)
    if sides:
        step = make_step(at, None, "this does not hold", fault.rule)
        yield {**step, "parts": view.all_of(sides)}
    elif spec.identity is not None and at.startswith("identity"):
        names = {
            "identity.no_person": [spec.identity.person.from_],
            "identity.no_address": ["address.email"],
        }
        yield from view.all_of(names.get(at, ["person", "address.email"]))
    elif spec.consent is not None and at in ("contact.status", "contact"):
        facts = spec.consent.facts.values()
        yield from view.all_of(["contact.status"] if at == "contact.status" else facts)
    elif spec.money is not None and at == "lifetime":
        shares = contact_element(f"{contact_place(view)}.shares", "", "in another currency")
        yield view.of(spec.money.currency)
        yield make_end(shares, "what earlier records contributed", fault.rule)
    elif at.startswith("text."):
        yield view.of(at.removeprefix("text."))
    elif at == "send":
        yield from (explain_send(view, name) for name in spec.send)
    else:
        yield from _at_place(view, at, fault)


def _sides_of(view: View, fault: Fault, at: str) -> list[str]:
    """Give the amounts that an equation compares, when one was broken here."""
    money = view.checked.spec.money
    for index, equation in enumerate(money.must_hold if money is not None else ()):
        left, _, right = equation.rule.split(" ")
        if equation.rule == at and fault.rule == view.rule(("money", "must_hold", index)):
            return [side for side in (left, right) if side in view.checked.names]
    return []


def _at_place(view: View, at: str, fault: Fault) -> Iterator[Step]:
    """Explain the input at a place of the record, as exceptions tell places."""
    record = view.trace.situation.record
    for name, one in view.checked.inputs.reads.items():
        if view.rule(one.pointer) != fault.rule:
            continue
        for indexes in every_index(view.checked, record, one.level):
            if find_input(view.checked, record, one, indexes).asked == at:
                yield view.of(name, indexes)
                return
    element: Element = {
        "source": "record",
        "at": at,
        "name": "",
        "value": None,
        "made_difference": None,
    }
    yield make_end(element, "the list or element at this place", "")

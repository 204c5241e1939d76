"""People: who the record is about, what Dotdigital knows, and what may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.provenance.explanation import Element, Step
from engine.provenance.trace import Indexes
from engine.provenance.view import View, make_end, make_step
from engine.spec.consent import Consent
from engine.spec.identity import Identity


def explain_person(view: View, name: str, _indexes: Indexes) -> Step | None:
    """Explain who the record is about: the person's key, the address, and the contact."""
    identity = view.checked.spec.identity
    maker = _IDENTITY.get(name)
    return maker(view, identity) if maker is not None and identity is not None else None


def explain_consent(view: View, name: str, _indexes: Indexes) -> Step | None:
    """Explain the consent decision, what follows from it, and its proof."""
    consent = view.checked.spec.consent
    if consent is None or not name.startswith("consent."):
        return None
    if name == "consent.evidence":
        return _explain_evidence(view, consent)
    said = view.trace.plan["consent"]
    value = view.shown(name, view.trace.value(name))
    if said is None:
        step = make_step(name, value, "no row of the table was reached", view.rule(("consent",)))
    else:
        says = f"row {said['row']} of the table: {said['because']}"
        step = make_step(name, value or said["decision"], says, said["rule"])
        if name == "consent.may_market":
            step["value"] = "yes" if said["may_market"] else "no"
    step["looked_at"] = view.all_of(consent.facts.values())
    return step


def _explain_evidence(view: View, consent: Consent) -> Step:
    name = "consent.evidence"
    needed = view.checked.optional_evidence()
    lacking = [one for one in needed if view.trace.value(one) is None]
    says = f"{', '.join(lacking)} not there" if lacking else "every part of the proof is there"
    step = make_step(
        name, view.shown(name, view.trace.value(name)), says, view.rule(("consent", "evidence"))
    )
    parts = [one for one in consent.evidence.values() if isinstance(one, str)]
    step["looked_at"] = view.all_of(one for one in parts if one in needed)
    return step


def _explain_key(view: View, identity: Identity) -> Step:
    rule = view.rule(("identity", "person"))
    scope = identity.person.scope
    says = f"a hash of {identity.person.from_} within {scope}, so that the id stays private"
    step = make_step("person", view.shown("person", view.trace.value("person")), says, rule)
    step["parts"] = [view.of(identity.person.from_)]
    step["looked_at"] = [view.of(scope)] if scope.startswith("$") else []
    return step


def _explain_address(view: View, identity: Identity) -> Step:
    name = "address.email"
    value = view.trace.value(name)
    given = [one for one in identity.address if view.trace.value(one) is not None]
    says = "the first address given"
    if not given:
        says = f"none of {', '.join(identity.address)} is there"
    step = make_step(name, view.shown(name, value), says, view.rule(("identity", "address")))
    before = identity.address[: identity.address.index(given[0])] if given else identity.address
    step["looked_at"] = view.all_of(before)
    step["parts"] = view.all_of(given[:1])
    return step


def _explain_kind(view: View, identity: Identity) -> Step:
    name = "address.kind"
    value = view.trace.value(name)
    rule = view.rule(("identity", "relay"))
    says = {
        "real": "at none of the relay domains, and of no masked shape",
        "relay": "at or under a relay domain, or of a masked shape",
    }.get(str(value), "there is no address")
    step = make_step(name, view.shown(name, value), says, rule)
    step["parts"] = [view.of("address.email")]
    domains = identity.relay.domains
    step["looked_at"] = [view.of(domains)] if isinstance(domains, str) else []
    return step


def contact_element(at: str, name: str, value: str | None) -> Element:
    """Give a part of what is known of the contact."""
    return {"source": "contact", "at": at, "name": name, "value": value, "made_difference": None}


def contact_place(view: View) -> str:
    """Give the contact as people name it."""
    contact = view.trace.contact
    return "contact" if contact is None else f"contact {contact.id}"


def _explain_status(view: View, _identity: Identity) -> Step:
    name = "contact.status"
    contact = view.trace.contact
    target = view.checked.target.title
    value = view.shown(name, view.trace.value(name))
    if contact is not None:
        value = value or contact.status
        says = f"what {target} says of the contact"
    elif view.trace.situation.contacts.asked:
        says = f"{target} knows no such contact"
    else:
        says = f"{target} was not asked, so the buyer is planned as unknown"
    place = contact_place(view) + (".status" if contact is not None else "")
    step = make_end(contact_element(place, name, value), says, view.rule(("identity",)))
    # Without any answer at hand it makes no difference who is looked for.
    if view.trace.situation.contacts.asked:
        step["looked_at"] = view.all_of(["person", "address.email"])
    return step


def _explain_earlier(view: View, _identity: Identity) -> Step:
    name = "record.earlier"
    key = view.checked.spec.record.key
    value = view.shown(name, view.trace.value(name))
    says = {
        "sent": "an earlier version of this record was sent",
        "none": "no earlier version of this record was sent",
    }.get(str(value), "not reached")
    at = f"{contact_place(view)}.shares[{view.shown(key, view.trace.value(key))}]"
    step = make_end(contact_element(at, name, value), says, view.rule(("record", "key")))
    contacts = view.trace.situation.contacts
    if view.trace.contact is not None:
        step["looked_at"] = view.all_of([key, "person", "address.email"])
    elif contacts.asked:
        step["looked_at"] = view.all_of(["person", "address.email"])
    return step


_IDENTITY: Mapping[str, Callable[[View, Identity], Step]] = {
    "person": _explain_key,
    "address.email": _explain_address,
    "address.kind": _explain_kind,
    "contact.status": _explain_status,
    "record.earlier": _explain_earlier,
}

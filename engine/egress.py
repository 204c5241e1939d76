"""Egress: the last look at a finished plan, which knows the target lock and no mapping.

What the checker proves of a mapping is asked here once more of every plan, so that a hole in the
proof holds an order instead of reaching a person:

1. A contact is created only where none is known, with its status stated; as one who may be
   marketed to only after that decision, at a real address, with every part of the consent record.
2. No other call carries more than its operation takes, so none can state a status.
3. What reaches people as marketing goes to a real address whose contact may be marketed to, or was
   created so by the same plan.
4. Nothing but service goes to a contact that was erased, or whose status is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.contacts import Contact
from engine.lock import Operation, TargetLock
from engine.plan import Call, Record

REFUSED = "REFUSED_AT_EGRESS"
"""The exception of a record that is held because a call of it must not leave."""

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Purposes:
    """The numbers of lists and campaigns that are for service; every other one is marketing."""

    lists: frozenset[int]
    campaigns: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Form:
    """Where an operation's body holds what is asked about; None or empty where it holds none.

    `harmless` is an operation that only writes a record, in a body without any form.
    """

    operation: Operation
    harmless: bool
    members: frozenset[str] | None
    status: Steps | None
    lists: Steps | None
    campaign: Steps | None
    contact: Steps | None
    evidence: tuple[Steps, ...]


class Egress:
    """The last look, made once for a target and the numbers that serve."""

    def __init__(self, target: TargetLock, purposes: Purposes) -> None:
        codes = target.email_statuses
        self._marketable = frozenset(one.code for one in codes if one.marketable)
        self._usable = frozenset(one.code for one in codes if not one.erased)
        self._purposes = purposes
        self._answer = target.contact.id
        self._forms = {name: _form(one) for name, one in target.operations.items()}

    def find_breach(self, record: Record, contact: Contact | None) -> str:
        """Say which call must not leave and why; nothing when all may.

        `contact` is what the target answered about the record's person.
        """
        created: dict[str, bool] = {}
        usable = contact is None or contact.status in self._usable
        for call in record["calls"]:
            form = self._forms.get(call["operation"])
            if form is not None and form.harmless and usable:
                continue
            why = (
                "the target lock has no such operation"
                if form is None
                else self._judge(form, call, record, contact, created)
            )
            if why:
                return f"{call['send']} ({call['operation']}): {why}"
        return ""

    def _judge(
        self,
        form: _Form,
        call: Call,
        record: Record,
        contact: Contact | None,
        created: dict[str, bool],
    ) -> str:
        body, why = call["body"], self._judge_frame(form, call, contact)
        if not why and form.operation.creates_contact:
            why = self._judge_creation(form, body, record, contact)
            created[call["send"]] = not why and _at(body, form.status) in self._marketable
        if not why and self._is_marketing(form, body):
            why = self._judge_marketing(form, call, record, contact, created)
        return why

    def _judge_frame(self, form: _Form, call: Call, contact: Contact | None) -> str:
        """Judge whom a call is for and what it carries, whatever it is about."""
        operation, body = form.operation, call["body"]
        if form.members is not None and not (
            isinstance(body, dict) and body.keys() <= form.members
        ):
            return "its body holds what the operation does not take"
        if contact is not None and contact.status not in self._usable and operation.needs:
            return f'the contact is "{contact.status}"'
        if operation.needs == "contact_id" and (
            contact is None or call["path"] != operation.path.format(contact_id=contact.id)
        ):
            return "it is for another contact"
        if form.campaign and _at(body, form.campaign) not in self._purposes.campaigns:
            return "its campaign is not for service"
        return ""

    def _judge_creation(
        self, form: _Form, body: object, record: Record, contact: Contact | None
    ) -> str:
        status, consent, identity = _at(body, form.status), record["consent"], record["identity"]
        if contact is not None:
            return "the contact exists"
        if consent is None or identity is None or consent["decision"] != f"add_{status}":
            return "nobody decided on the status it states"
        if status not in self._marketable:
            return ""
        if identity["email_masked"]:
            return "a relay address would be subscribed"
        if not form.evidence or not all(_at(body, steps) for steps in form.evidence):
            return "the consent record is not whole"
        return ""

    def _is_marketing(self, form: _Form, body: object) -> bool:
        if form.operation.reaches_people == "marketing":
            return True
        lists = _at(body, form.lists) if form.lists else None
        return isinstance(lists, list) and not self._purposes.lists.issuperset(lists)

    def _judge_marketing(
        self,
        form: _Form,
        call: Call,
        record: Record,
        contact: Contact | None,
        created: Mapping[str, bool],
    ) -> str:
        consent, identity = record["consent"], record["identity"]
        if consent is None or identity is None or not consent["may_market"]:
            return "marketing without consent"
        if identity["email_masked"]:
            return "marketing to a relay address"
        known = contact is not None and contact.status in self._marketable
        reached = _at(call["body"], form.contact) if form.contact else None
        if contact is not None:
            if form.contact and reached != contact.id:
                return "marketing to another contact"
            return "" if known else f'marketing to a contact that is "{contact.status}"'
        told = call["send"]
        if form.contact:
            answer = reached.get("$answer") if isinstance(reached, dict) else None
            told = str(answer).removesuffix(f".{self._answer}")
        return "" if created.get(told) else "marketing to somebody who was not created subscribed"


def _form(operation: Operation) -> _Form:
    places = dict(_places(operation.body, ()))
    campaigns = [name for name, slot in operation.to.items() if slot.type == "campaign_id"]
    return _Form(
        operation=operation,
        harmless=not (
            isinstance(operation.body, dict)
            or operation.creates_contact
            or operation.reaches_people
            or operation.needs == "contact_id"
        ),
        members=frozenset(operation.body) if isinstance(operation.body, dict) else None,
        status=places.get("{status}"),
        lists=places.get("{lists}"),
        campaign=places.get(f"{{{campaigns[0]}}}") if campaigns else None,
        contact=places.get("{contact_number}"),
        evidence=tuple(at for hole, at in places.items() if hole.startswith("{evidence.")),
    )


def _places(template: object, at: Steps) -> Iterator[tuple[str, Steps]]:
    """Give each hole of a body template with the steps that lead to it."""
    if isinstance(template, dict):
        for key, one in template.items():
            yield from _places(one, (*at, key))
    elif isinstance(template, list):
        for index, one in enumerate(template):
            yield from _places(one, (*at, index))
    elif isinstance(template, str) and template.startswith("{"):
        yield template, at


def _at(body: object, steps: Steps | None) -> object:
    """Give what stands in a body where the steps lead, None where they lead nowhere."""
    if steps is None:
        return None
    for step in steps:
        if isinstance(step, str) and isinstance(body, dict):
            body = body.get(step)
        elif isinstance(step, int) and isinstance(body, list) and step < len(body):
            body = body[step]
        else:
            return None
    return body

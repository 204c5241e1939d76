"""A flow: one mapping made ready to be delivered, and the questions it has about an order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from engine.checked import CheckedSpec
from engine.clock import write_time
from engine.contacts import Contact, ContactForm, Contacts
from engine.lock import TargetLock
from engine.mapping import ProbedMapping, contact_form, probe_mapping
from engine.runtime.people import person_key
from engine.sources.decoding import DecodeError, decode, find_doubled
from engine.state.orders import Landed

Payload = Mapping[str, object]
_NAMELESS = "(no id) {}"
_SKEW = timedelta(days=1)


class PayloadError(ValueError):
    """A text that is no order; the message names places, never content."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose contact an order asks for."""

    person: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an order is known by before anybody is asked; no question where it is held anyway.

    `person` and `addresses` are whoever it names all the same, as far as it can be read.
    """

    order_key: str
    version: str
    question: Question | None
    person: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asking(Contacts):
    """Answers that there is no contact, and keeps the question."""

    questions: list[Question] = field(default_factory=list)

    def find(self, person: str, address: str) -> tuple[Contact | None, bool]:
        self.questions.append(Question(person, address.lower()))
        return None, False


@dataclass(frozen=True, slots=True)
class Flow:
    """A mapping, compiled, under its name; `brand` is that of its values, '' without one."""

    mapping: ProbedMapping
    brand: str = ""
    form: ContactForm = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "form", contact_form(self.mapping.checked))

    @property
    def name(self) -> str:
        """The mapping's name."""
        return self.mapping.checked.spec.mapping

    @property
    def sha256(self) -> str:
        """The digest of mapping, locks and parameters, which every effect names."""
        return self.mapping.checked.sha256

    @property
    def target(self) -> TargetLock:
        """The target lock."""
        return self.mapping.checked.target

    def ask(self, payload: Payload, now: datetime) -> Asked:
        """Give what an order is known by, and whose contact it asks for."""
        asking = _Asking(asked=True)
        probed = self.mapping.apply(payload, asking, now)
        plan, question = probed.plan, next(iter(asking.questions), None)
        version = _sortable(plan["order_version"], now)
        person, addresses = self._read_buyer(probed.values)
        return Asked(plan["key"] or "", version, question, person, addresses)

    def person_of(self, customer_id: str) -> str:
        """Give the person key of a customer; '' where the mapping knows no people."""
        identity = self.mapping.checked.spec.identity
        if identity is None:
            return ""
        scope = identity.person.scope
        if scope.startswith("$"):
            scope = str(self.mapping.checked.params.values[scope[1:]])
        return person_key(scope, customer_id)

    def _read_buyer(self, values: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
        """Give whom the values of an order name: the person key, and every address."""
        identity = self.mapping.checked.spec.identity
        if identity is None:
            return "", ()
        customer = values.get(identity.person.from_)
        given = (values.get(name) for name in identity.address)
        addresses = tuple(one.strip().lower() for one in given if isinstance(one, str))
        return self.person_of(customer) if isinstance(customer, str) else "", addresses


def read_payload(text: str) -> Payload:
    """Give an order from its text; PayloadError when it is no object, or a key stands twice."""
    try:
        value, doubled = decode(text.encode())
    except DecodeError as error:
        raise PayloadError(str(error)) from None
    key = find_doubled(value) if doubled else ""
    if key:
        raise PayloadError(f'"{key[:40]}" stands twice in it')
    if not isinstance(value, dict):
        raise PayloadError("it is not an object")
    return value


def make_flow(checked: CheckedSpec, brand: str = "") -> Flow:
    """Compile a checked mapping, with the values of a brand, for delivery."""
    return Flow(probe_mapping(checked), brand)


def land_payload(flow: Flow, text: str, now: datetime, known: Mapping[str, str]) -> Landed:
    """Give an order, by its JSON text, ready to be stored; `known` are the people of orders.

    One that cannot be read is stored under its digest, so that it is held and not lost.
    """
    try:
        payload = read_payload(text)
    except PayloadError:
        digest = hashlib.sha256(text.encode()).hexdigest()
        key = _NAMELESS.format(digest[:16])
        return Landed(key, digest, "", text, f"order:{key}")
    # The order of an object's members is no news.
    digest = hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
    asked = flow.ask(payload, now)
    key = asked.order_key or _NAMELESS.format(digest[:16])
    person = asked.question.person if asked.question is not None else known.get(key)
    subject = person or f"order:{key}"
    return Landed(key, digest, asked.version, text, subject, asked.person, asked.addresses)


def _sortable(version: str | None, now: datetime) -> str:
    moment = datetime.fromisoformat(version) if version else None
    # No order changed tomorrow: such a stamp would hide every real change from then on.
    return write_time(moment) if moment is not None and moment <= now + _SKEW else ""

"""People: who bought how often, under which address, and what they answered about marketing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.checked import CheckedSpec
from engine.inputs import Answer
from engine.mapping import Probed
from engine.runtime.people import make_relay_test, person_key
from engine.runtime.values import read_email
from engine.samples.audit.document import AnswerView, PeopleView

Meaning = Literal["yes", "no", "not given", "unclear"]
_RANK = ("none", "relay", "real")
_MOST = 4


@dataclass(slots=True)
class _Person:
    """What is known of one person: the best kind of address, orders, answers."""

    kind: str = "none"
    orders: int = 0
    answers: set[str] = field(default_factory=set)
    marketable: bool = False


class People:
    """Counts people over records; nobody is told apart by anything but the hash of their id."""

    def __init__(self, checked: CheckedSpec) -> None:
        self._checked = checked
        self._people: dict[str, _Person] = {}
        self._nobody = 0
        self._answers: Counter[str] = Counter()
        self._proved: Counter[str] = Counter()
        identity = checked.spec.identity
        given = identity.relay.domains if identity is not None else []
        held = checked.params.values[given[1:]] if isinstance(given, str) else given
        own = held if isinstance(held, list) else [str(held)]
        masked = identity is not None and identity.relay.masked_shapes
        domains = (*checked.source.relay_domains, *own)
        self._is_relay = make_relay_test(domains, masked_shapes=masked)

    def take(self, probed: Probed) -> None:
        """Take in an order, whether it is held or not."""
        identity = self._checked.spec.identity
        if identity is None:
            return
        values = probed.values
        answer = self._answer(values)
        proof = self._proof(values)
        if answer:
            self._answers[answer] += 1
            self._proved[answer] += proof == "whole"
        customer = values.get(identity.person.from_)
        if not isinstance(customer, str):
            self._nobody += 1
            return
        person = self._people.setdefault(person_key("", customer), _Person())
        person.orders += 1
        kind = self._kind(values, identity.address)
        person.kind = max(person.kind, kind, key=_RANK.index)
        if answer:
            person.answers.add(answer)
        if probed.plan["outcome"] != "held" and self._may_market(values, kind, proof):
            person.marketable = True

    def show(self) -> PeopleView:
        """Give the figures."""
        people = self._people.values()
        kinds = Counter(one.kind for one in people)
        orders = Counter(min(one.orders, _MOST) for one in people)
        yes, no = self._words("yes"), self._words("no")
        return {
            "people": len(people),
            "real": kinds["real"],
            "relay": kinds["relay"],
            "no_address": kinds["none"],
            "orders_of_nobody": self._nobody,
            "marketable": sum(one.marketable for one in people),
            "both_answers": sum(bool(one.answers & yes and one.answers & no) for one in people),
            "by_orders": {
                f"{number} or more" if number == _MOST else str(number): orders[number]
                for number in range(1, _MOST + 1)
            },
        }

    def show_answers(self) -> Iterator[AnswerView]:
        """Give every answer that the mapping knows, whether it came up or not."""
        for answer in self._known_answers():
            yield {
                "answer": answer,
                "meaning": self._meaning(answer),
                "orders": self._answers[answer],
                "people": sum(answer in one.answers for one in self._people.values()),
                "whole_proof": self._proved[answer],
            }

    def _box(self) -> str:
        """Give the read that holds the answer; '' where the mapping asks for none."""
        consent = self._checked.spec.consent
        return next((consent.facts[one] for one in consent.opt_in), "") if consent else ""

    def _answer(self, values: Mapping[str, object]) -> str:
        value = values.get(self._box())
        return value if isinstance(value, str) else ""

    def _known_answers(self) -> list[str]:
        one = self._checked.inputs.reads.get(self._box())
        if one is None:
            return []
        said = (answer.word for answer in one.answers.values() if answer.kind == "use")
        return list(dict.fromkeys([*one.choices.values(), *said]))

    def _words(self, meaning: Meaning) -> set[str]:
        return {one for one in self._known_answers() if self._meaning(one) == meaning}

    def _meaning(self, answer: str) -> Meaning:
        consent = self._checked.spec.consent
        one = self._checked.inputs.reads[self._box()]
        if consent is not None and any(answer in words for words in consent.opt_in.values()):
            return "yes"
        if answer in one.choices.values():
            return "no"
        unclear = one.answers.get("unknown")
        return "unclear" if unclear == Answer("use", answer) else "not given"

    def _proof(self, values: Mapping[str, object]) -> str:
        whole = all(values.get(name) is not None for name in self._checked.optional_evidence())
        return "whole" if whole else "partial"

    def _kind(self, values: Mapping[str, object], names: list[str]) -> str:
        """Give the kind of the address that would be used."""
        address = next((read_email(values[one]) for one in names if values.get(one)), None)
        if address is None:
            return "none"
        return "relay" if self._is_relay(address) else "real"

    def _may_market(self, values: Mapping[str, object], kind: str, proof: str) -> bool:
        """Whether the consent table lets somebody be marketed to whom the target does not know."""
        consent = self._checked.spec.consent
        if consent is None:
            return False
        known = {
            "contact.status": self._checked.target.no_contact,
            "address.kind": kind,
            "consent.evidence": proof,
        }
        facts = tuple(known.get(one) or str(values.get(one)) for one in consent.facts.values())
        row = self._checked.consent_table.get(facts)
        return row is not None and consent.rows[row].may_market

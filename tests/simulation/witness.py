"""Watches Dotdigital during a run: what became of every contact, and which of it was our doing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from engine.connections.wire import Sent
from tests.simulation.life import Life

MARKETING, PROGRAMME = 4711, 881
CONTACTABLE = "subscribed"


class Violation(AssertionError):  # noqa: N818 - what is found, no fault of the simulation
    """An invariant does not hold."""


@dataclass(slots=True)
class Witness:
    """What one run showed; every look is checked at once.

    `effects` counts enrolments by contact that took effect or may have.
    """

    life: Life
    checks: Counter[str] = field(default_factory=Counter)
    effects: Counter[int] = field(default_factory=Counter)
    writes: int = 0
    strict: bool = True
    """False where a request may take effect long after it was decided on."""
    told_gone: set[int] = field(default_factory=set)
    """Contacts of which an answer said to us that they are in the recycle bin."""
    erased: set[str] = field(default_factory=set)
    """Addresses of somebody who was erased."""
    log: list[str] = field(default_factory=list)
    _seen: dict[int, tuple[str, bool]] = field(default_factory=dict)

    def look(self, *, ours: bool) -> None:
        """Compare every contact with the look before; `ours`: one of our requests came between."""
        for contact in self.life.sandbox.state.contacts.by_id.values():
            now = (contact.status, contact.binned is not None)
            before = self._seen.get(contact.id)
            if before == now:
                continue
            self._seen[contact.id] = now
            if ours:
                self._judge(contact.id, before, now)

    def _judge(self, number: int, before: tuple[str, bool] | None, now: tuple[str, bool]) -> None:
        self.checks["I8"] += 1
        contact = self.life.sandbox.state.contacts.by_id[number]
        if before is not None:
            back = before[1] and not now[1] and number in self.told_gone
            if now[0] != before[0] or back:
                raise Violation(f"I8: contact {number} went from {before} to {now} by our doing")
            return
        whose = self.life.shopper_of(contact.email)
        if whose is None or (whose.customer_id in self.life.buried and self.strict):
            raise Violation(f"I10: contact {number} came back after it was erased")
        if now[0] not in (CONTACTABLE, "unsubscribed"):
            raise Violation(f"I8: contact {number} was created as {now[0]}")
        if now[0] == CONTACTABLE or MARKETING in contact.lists:
            real = whose.email == contact.email and whose.hands_over
            if not (real and whose.answer is True and whose.proved):
                raise Violation(f"I8: contact {number} was created subscribed without evidence")

    def hear(self, body: bytes) -> None:
        """Note what an answer that came told us of contacts that went."""
        if b'"binned"' in body:
            told = orjson.loads(body)
            for one in told.get("_items", [told]):
                if one.get("status") == "binned":
                    self.told_gone.add(one["contactId"])

    def take(self, sent: Sent, *, effect: bool) -> None:
        """Note a request to Dotdigital, and whether it had its effect or may have had it."""
        if sent.method == "GET":
            return
        self.writes += 1
        text = sent.body.decode()
        if any(one in text or one.replace("@", "%40") in sent.path for one in self.erased):
            raise Violation("I10: something is sent of somebody who was erased")
        if "resubscribe" in sent.path.lower():
            raise Violation("I8: it subscribes somebody again")
        if sent.path.startswith("/v2/programs/enrolments") and effect:
            self._take_enrolment(orjson.loads(text))
        if "@notification.mirakl.net" in text and f"{MARKETING}" in text:
            self._check_lists(orjson.loads(text))

    def _take_enrolment(self, body: Any) -> None:
        for number in body["contacts"]:
            self.checks["I9"] += 1
            self.effects[number] += 1
            contact = self.life.sandbox.state.contacts.by_id.get(number)
            if contact is None or contact.email.endswith("mirakl.net"):
                raise Violation(f"I9: contact {number} is in a programme, by a relay address")

    def _check_lists(self, body: Any) -> None:
        self.checks["I9"] += 1
        for one in body.get("contacts", [body]):
            address = str(one.get("identifiers", {}).get("email", ""))
            if address.endswith("mirakl.net") and MARKETING in one.get("lists", []):
                raise Violation("I9: a relay address goes to the marketing list")

    def info(self, event: str, **facts: object) -> None:
        """Keep what is told, for I15."""
        self.log.append(f"{event} {facts}")

    def warning(self, event: str, **facts: object) -> None:
        """Keep what is told, for I15."""
        self.log.append(f"{event} {facts}")

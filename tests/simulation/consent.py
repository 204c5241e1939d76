"""One contact, every state that delivery can bring it to: explored whole, breadth first.

`python -m tests.simulation.consent` does that for every kind of order and two writers.

What is decided comes from the compiled mapping, what a call does from the sandbox behind the real
client with its egress rules; only who acts when is modelled. Two writers may hold plans made at
different times, as a worker that was paused past its lease does.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from engine.connections.dotdigital import DotdigitalClient
from engine.connections.outcomes import Done
from engine.connections.pace import Unpaced
from engine.contacts import Contacts, read_contacts
from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.whole import Sandbox
from engine.sandbox.wire import SandboxWire
from engine.sandbox.world.life import Habits
from engine.sandbox.world.orders import step
from engine.sandbox.world.shoppers import Shopper
from tests.simulation.life import FAR
from tests.simulation.run import START, shipped_flow
from tests.simulation.witness import MARKETING, Violation

NOBODY = "(nobody)"
BINNED = "binned"
OUT = ("unsubscribed", "hardBounced", "pendingOptIn")
STATUSES = ("subscribed", *OUT)
_MOST_IN_AIR = 2


class Kind(NamedTuple):
    """What an order says: whether the address is the person's own, the box, and its evidence."""

    real: bool
    box: str | None
    proved: bool

    @property
    def grants(self) -> bool:
        """Whether it is a consent, whole and proved."""
        return self.real and self.box == "true" and self.proved


KINDS = [
    Kind(real, box, proved)
    for real in (True, False)
    for box in ("true", "false", None, "maybe")
    for proved in (True, False)
]


class Held(NamedTuple):
    """What Dotdigital holds; `status` is NOBODY where there is no contact."""

    status: str
    binned: bool = False
    marketing: bool = False
    enrolled: int = 0


class Writer(NamedTuple):
    """A plan being delivered: what was seen when it was made, and the next call of it."""

    seen: str
    at: int


class State(NamedTuple):
    """One state of the world; `air` are calls that may still arrive, `begun` the enrolment."""

    held: Held
    writers: tuple[Writer | None, ...]
    air: tuple[Writer, ...]
    begun: bool


@dataclass(slots=True)
class Model:
    """One kind of order for one contact; what was asked of the real code is remembered."""

    kind: Kind
    writers: int = 2
    _plans: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _effects: dict[tuple[Held, str, int], tuple[Held, bool]] = field(default_factory=dict)

    def explore(self, most: int = 2_000_000) -> int:
        """Visit every state; give how many there are, or raise Violation with the way there."""
        nobody = (None,) * self.writers
        first = [State(Held(status), nobody, (), begun=False) for status in self._born()]
        came: dict[State, tuple[State | None, str]] = dict.fromkeys(first, (None, ""))
        waiting = deque(first)
        while waiting:
            state = waiting.popleft()
            for action, after in self._follow(state, came):
                if after not in came:
                    came[after] = (state, action)
                    waiting.append(after)
            if len(came) > most:
                raise Violation("I8: there are more states than can be explored")
        return len(came)

    def _born(self) -> tuple[str, ...]:
        return (NOBODY, *STATUSES)

    def _follow(
        self, state: State, came: dict[State, tuple[State | None, str]]
    ) -> Iterator[tuple[str, State]]:
        for action, held in self._live(state.held):
            yield action, state._replace(held=held)
        for number, writer in enumerate(state.writers):
            for action, after in self._write(state, number, writer):
                self._judge(state, after, action, came)
                yield action, after
        for index, call in enumerate(state.air):
            rest = state.air[:index] + state.air[index + 1 :]
            held, _ = self._perform(state.held, call)
            after = state._replace(held=held, air=rest)
            self._judge(state, after, "arrive", came)
            yield "arrive", after

    def _live(self, held: Held) -> Iterator[tuple[str, Held]]:
        """Give what people and Dotdigital do by themselves."""
        if held.status == NOBODY:
            if self.kind.real:
                yield "sign_up", held._replace(status="subscribed")
                yield "sign_up_pending", held._replace(status="pendingOptIn")
            return
        if held.binned:
            return
        yield "delete_contact", held._replace(binned=True)
        for status in OUT:
            if held.status != status:
                yield status, held._replace(status=status)
        if held.status in ("unsubscribed", "pendingOptIn"):
            yield "person_subscribes", held._replace(status="subscribed")

    def _write(
        self, state: State, number: int, writer: Writer | None
    ) -> Iterator[tuple[str, State]]:
        """Give what one writer may do next."""
        if writer is None:
            seen = BINNED if state.held.binned else state.held.status
            if self._plan(seen):
                yield "plan_version", self._put(state, number, Writer(seen, 0))
            return
        yield "die", self._put(state, number, None)
        calls = self._plan(writer.seen)
        call = calls[writer.at]
        again = not call["idempotent"] and state.begun
        following = Writer(writer.seen, writer.at + 1) if writer.at + 1 < len(calls) else None
        if again:
            yield "leave_out", self._put(state, number, following)
            return
        begun = state.begun or not call["idempotent"]
        held, done = self._perform(state.held, writer)
        made = self._put(state, number, following if done else None)
        yield "end_call", made._replace(held=held, begun=begun)
        lost = self._put(state, number, None if call["idempotent"] else following)
        yield "lose_answer", lost._replace(held=held, begun=begun)
        if len(state.air) < _MOST_IN_AIR:
            yield "delay", lost._replace(air=tuple(sorted((*state.air, writer))), begun=begun)

    def _put(self, state: State, number: int, writer: Writer | None) -> State:
        writers = (*state.writers[:number], writer, *state.writers[number + 1 :])
        # Which writer is which makes no difference.
        return state._replace(writers=tuple(sorted(writers, key=lambda one: one or Writer("", -1))))

    def _judge(
        self, state: State, after: State, action: str, came: dict[State, tuple[State | None, str]]
    ) -> None:
        """I8 and I9 of one step of ours."""
        before, now = state.held, after.held
        wrong = ""
        if before.status not in (NOBODY, now.status):
            wrong = f"a status went from {before.status} to {now.status}"
        if before.status == NOBODY and now.status == "subscribed" and not self.kind.grants:
            wrong = "a contact was created subscribed without evidence"
        created = now.status if before.status == NOBODY else NOBODY
        if created not in (NOBODY, "subscribed", "unsubscribed"):
            wrong = f"a contact was created as {now.status}"
        if now.marketing and not before.marketing and not self.kind.grants:
            wrong = "somebody came to the marketing list without evidence"
        if now.enrolled > before.enrolled and (not self.kind.real or before.status != "subscribed"):
            wrong = "somebody was enrolled who may not be marketed to"
        if now.enrolled > 1:
            wrong = "somebody was enrolled twice"
        if wrong:
            raise Violation(f"I8: {self.kind}: {wrong}, by {self._way(state, came)} {action}")

    def _way(self, state: State, came: dict[State, tuple[State | None, str]]) -> str:
        steps = []
        here: State | None = state
        while here is not None:
            here, action = came[here]
            steps.append(action)
        return " ".join(reversed(steps))

    def _plan(self, seen: str) -> tuple[Any, ...]:
        """Give the calls that the compiled mapping plans when Dotdigital says so."""
        if seen not in self._plans:
            sandbox, payload = self._world(Held("subscribed" if seen == BINNED else seen))
            flow = shipped_flow()
            contact = next(iter(sandbox.state.contacts.by_id.values()), None)
            contacts = Contacts(asked=True)
            if contact is not None:
                contact.binned = START if seen == BINNED else None
                contacts = read_contacts([contact.show()], flow.form)
            calls = flow.mapping.apply(payload, contacts, START).plan["calls"]
            # A record changes no consent; that is tried, not believed.
            every = [
                Held(NOBODY),
                Held("unsubscribed"),
                Held("subscribed"),
                Held("subscribed", binned=True),
            ]
            self._plans[seen] = tuple(
                one for one in calls if any(self._make(held, one)[0] != held for held in every)
            )
        return self._plans[seen]

    def _perform(self, held: Held, writer: Writer) -> tuple[Held, bool]:
        """Give what one call makes of what Dotdigital holds, and whether it was taken."""
        key = (held, writer.seen, writer.at)
        if key not in self._effects:
            self._effects[key] = self._make(held, self._plan(writer.seen)[writer.at])
        return self._effects[key]

    def _make(self, held: Held, call: Any) -> tuple[Held, bool]:
        sandbox, _ = self._world(held)
        client = _client()
        client._wire = SandboxWire(sandbox, "dotdigital")  # noqa: SLF001 - made once, as it is slow
        body = _with_number(call["body"])
        outcome = client.send(call["operation"], call["method"], call["path"], call["query"], body)
        return self._look(sandbox, held), isinstance(outcome, Done)

    def _look(self, sandbox: Sandbox, before: Held) -> Held:
        contact = next(iter(sandbox.state.contacts.by_id.values()), None)
        if contact is None:
            return before
        enrolled = before.enrolled + sum(sandbox.state.enrolments.values())
        marketing = MARKETING in contact.lists
        return Held(contact.status, contact.binned is not None, marketing, min(enrolled, 2))

    def _world(self, held: Held) -> tuple[Sandbox, Any]:
        """Give a sandbox that holds so, and the order as Mirakl shows it."""
        habits = Habits(every=FAR, shoppers=0, taxed=0.0)
        sandbox = Sandbox(SandboxClock(START), 1, habits=habits, account=Account(tiers={}))
        sandbox.state.insight.collection("Orders", "contact", "orders")
        sandbox.state.insight.collection("Shipments", "contact", "custom")
        answer = None if self.kind.box is None else True
        shopper = Shopper(
            "7000000", "Ada", "Harker", "ada@example.com", self.kind.real, answer, self.kind.proved
        )
        order = sandbox.world.place(shopper, [(0, 1)], START - timedelta(days=1))
        order = replace(order, relay="r1234567890.abcdefghi@notification.mirakl.net")
        step(order, "SHIPPED", START - timedelta(hours=1))
        payload = show_order(order, "TAX_INCLUDED")
        for one in payload["order_additional_fields"]:
            if one["code"] == "marketing-optin":
                one["value"] = self.kind.box
        if held.status != NOBODY:
            address = shopper.email if self.kind.real else order.relay
            contact = sandbox.state.contacts.know(address, held.status, START)
            contact.binned = START if held.binned else None
            contact.lists = {MARKETING} if held.marketing else set()
        return sandbox, payload


@cache
def _client() -> DotdigitalClient:
    sandbox = Sandbox(SandboxClock(START))
    return DotdigitalClient(SandboxWire(sandbox, "dotdigital"), shipped_flow().target, Unpaced())


def _with_number(body: Any) -> Any:
    """Give a body with the number of the contact where it waits for the answer to its creation."""
    if isinstance(body, dict):
        if "$answer" in body:
            return 510_001
        return {key: _with_number(one) for key, one in body.items()}
    return [_with_number(one) for one in body] if isinstance(body, list) else body


def explore(kind: Kind) -> tuple[int, str]:
    """Give how many states there are for a kind of order and two writers, and what is wrong."""
    try:
        return Model(kind).explore(), ""
    except Violation as found:
        return 0, str(found)


def main() -> int:
    """Explore everything on all cores; 1 when a consent can be widened."""
    shipped_flow()
    wrong, fork = 0, multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count() or 1, fork) as pool:
        for kind, (states, found) in zip(KINDS, pool.map(explore, KINDS), strict=True):
            sys.stdout.write(f"{kind}: {found or f'{states} states'}\n")
            wrong += bool(found)
    return int(bool(wrong))


__all__ = ["KINDS", "Kind", "Model"]

if __name__ == "__main__":
    raise SystemExit(main())

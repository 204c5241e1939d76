"""What must hold once a run has come to rest, judged by the sandbox's own truth in whole pence.

Each function checks one invariant and raises Violation; `judge` runs them all.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import select

from engine.sandbox.dotdigital.contacts import Contact
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.world.orders import Order
from engine.sandbox.world.shoppers import Shopper
from engine.state.tables import CALL, CURSOR, EXCEPTION, ORDER_VERSION
from engine.sync.flow import Flow
from tests.simulation.life import CANARIES, is_sold
from tests.simulation.run import START, Run, shipped_flow
from tests.simulation.witness import Violation

Row = Any
_VERSIONS = select(ORDER_VERSION).order_by(ORDER_VERSION.c.id)
_CALLS, _EXCEPTIONS, _CURSORS = select(CALL), select(EXCEPTION), select(CURSOR)


class Facts:
    """Everything that a run left: our tables, and whom the life of the run disturbed."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.flow: Flow = shipped_flow()
        with run.database.engine.begin() as connection:
            self.versions: list[Row] = list(connection.execute(_VERSIONS))
            self.calls: list[Row] = list(connection.execute(_CALLS))
            self.exceptions: list[Row] = list(connection.execute(_EXCEPTIONS))
            self.cursors: list[Row] = list(connection.execute(_CURSORS))
        self.orders = run.sandbox.world.orders
        self.contacts = run.sandbox.state.contacts

    def last_version(self, key: str) -> Row | None:
        """Give the newest version of an order, as Mirakl dates it and then as it came."""
        found = [one for one in self.versions if one.order_key == key]
        return max(found, key=lambda one: (one.version, one.shown, one.id)) if found else None

    def came_last(self, key: str) -> Row:
        """Give the version of an order that ended last."""
        return max(
            (one for one in self.versions if one.order_key == key), key=lambda one: one.settled_at
        )

    def is_disturbed(self, shopper: Shopper) -> bool:
        """Whether somebody's figures cannot be the truth: a contact went or is there twice, an
        order is unreadable, or an import refused a record."""
        life = self.run.life
        own = {one.id for one in self.orders.values() if one.shopper is shopper}
        went = shopper.customer_id in life.gone
        return went or bool(own & life.poisoned) or self.is_doubled(shopper)

    def is_doubled(self, shopper: Shopper) -> bool:
        """Whether a creation that was held back made a second contact, at another relay address.

        Nothing of ours can prevent that; people have to be told.
        """
        own = {one.id for one in self.orders.values() if one.shopper is shopper}
        told = {one.order_key for one in self.exceptions if one.code == "CONTACTS_DISAGREE"}
        contacts = self.run.life.contacts_of(shopper)
        return bool(own & told) and sum("MKT_ORDERS" in one.fields for one in contacts) > 1

    def people(self) -> Iterator[tuple[Shopper, list[Order]]]:
        """Give everybody whose figures must be the truth, with their orders."""
        for shopper in self.run.sandbox.world.shoppers:
            if not self.is_disturbed(shopper):
                yield shopper, [one for one in self.orders.values() if one.shopper is shopper]


def judge(run: Run) -> Counter[str]:
    """Check every invariant at rest; give how many times each was checked."""
    facts, checks = Facts(run), Counter[str](run.witness.checks)
    for check in (
        check_money_of_orders,
        check_money_of_people,
        check_nothing_lost,
        check_outcomes,
        check_nothing_doubled,
        check_watermark,
        check_calls,
        check_poison,
        check_secrecy,
    ):
        name, _, _ = (check.__doc__ or "").partition(" ")
        checks[name.rstrip(":")] += check(facts)
    checks["I14"] += 1
    return checks


def check_money_of_orders(facts: Facts) -> int:
    """I1: every order's record is worth what the order is, to the penny."""
    records = facts.run.sandbox.state.insight.collections["Orders"].records
    checked = 0
    for _, orders in facts.people():
        for order in orders:
            record = records.get(order.id)
            excused = order.id in facts.run.life.broken and _is_rejected(facts, order.id)
            if excused or (record is None and not is_sold(order)):
                continue
            checked += 1
            told = None if record is None else round(float(record.json["order_total"]) * 100)
            if told != order.net or (record and record.json["order_status"] != order.state):
                state = None if record is None else record.json["order_status"]
                raise Violation(
                    f"I1: order {order.id} is {order.state} {order.net}, told {state} {told}"
                )
    return checked


def _is_rejected(facts: Facts, key: str) -> bool:
    last = facts.last_version(key)
    return last is not None and last.outcome == "rejected"


def check_money_of_people(facts: Facts) -> int:
    """I1: every person's figures are those of their orders, on one contact."""
    checked = 0
    for shopper, orders in facts.people():
        told = [one for one in facts.run.life.contacts_of(shopper) if "MKT_ORDERS" in one.fields]
        sold = [one for one in orders if is_sold(one)]
        if not told and not sold:
            continue
        checked += 1
        if len(told) != 1:
            raise Violation(f"I1: {shopper.customer_id} has figures on {len(told)} contacts")
        found = _figures(told[0])
        truth = (len(sold), sum(one.net for one in sold))
        if found != truth:
            raise Violation(f"I1: {shopper.customer_id} is {truth}, told {found}")
    return checked


def _figures(contact: Contact) -> tuple[int, int]:
    orders, value = contact.fields["MKT_ORDERS"], contact.fields["MKT_NET_VALUE"]
    return int(str(orders)), round(float(str(value)) * 100)


def check_nothing_lost(facts: Facts) -> int:
    """I2: what every order is in the end has landed."""
    landed = {(one.order_key, one.content_sha256) for one in facts.versions}
    for order in facts.orders.values():
        if order.id in facts.run.life.poisoned:
            continue
        shown = orjson.dumps(show_order(order, "TAX_INCLUDED"))
        body = orjson.dumps(orjson.loads(shown), option=orjson.OPT_SORT_KEYS)
        if (order.id, hashlib.sha256(body).hexdigest()) not in landed:
            raise Violation(f"I2: the last state of {order.id} never landed")
    return len(facts.orders)


def check_outcomes(facts: Facts) -> int:
    """I12: every version has one of four outcomes; what is held or rejected is open."""
    endings = Counter(one.outcome for one in facts.versions)
    if endings.keys() - {"sent", "unchanged", "held", "rejected"}:
        raise Violation(f"I2: versions ended so: {dict(endings)}")
    opened = {one.order_key for one in facts.exceptions if one.closed_at is None}
    for key in {one.order_key for one in facts.versions}:
        last = facts.last_version(key)
        if last is None or last.outcome not in ("held", "rejected"):
            continue
        if facts.came_last(key).outcome == "sent":
            # By its stamp it comes first, for what came later has none that orders anything.
            continue
        if key not in opened:
            raise Violation(f"I12: {key} is {last.outcome}, and nobody is told")
        if not _may_be_held(facts, key):
            raise Violation(f"I12: {key} is {last.outcome} without a reason: {last.because}")
    return len(facts.versions)


def _may_be_held(facts: Facts, key: str) -> bool:
    order = facts.orders.get(key)
    if order is None:
        return True
    life = facts.run.life
    return facts.is_disturbed(order.shopper) or key in life.broken


def check_nothing_doubled(facts: Facts) -> int:
    """I3: what is not idempotent had its effect at most once for each effect."""
    rows = [one for one in facts.calls if not one.idempotent]
    begun = Counter(one.call_id for one in rows if one.state in ("done", "unknown"))
    for effect, times in begun.items():
        if times > 1:
            raise Violation(f"I3: {effect} was made {times} times")
    contacts = facts.contacts.by_id.values()
    persons = {str(one.fields.get("MIRAKL_PERSON")): one.id for one in contacts}
    made: defaultdict[int | None, int] = defaultdict(int)
    for one in rows:
        if one.state in ("done", "unknown"):
            made[persons.get(one.subject)] += 1
    for number, times in facts.run.witness.effects.items():
        if number in facts.contacts.by_id and times > made[number]:
            raise Violation(
                f"I3: contact {number} was enrolled {times} times, {made[number]} known"
            )
    return len(rows) + 1


def check_watermark(facts: Facts) -> int:
    """I7: the watermark is no later than the clock was when a whole read began."""
    latest = max((first for _, first in facts.run.polls), default=START)
    for one in facts.cursors:
        if one.stream == "orders" and one.watermark > f"{latest:%Y-%m-%dT%H:%M:%S}.999999Z":
            raise Violation(f"I7: the watermark is {one.watermark}, the last read began {latest}")
    return len(facts.cursors)


def check_calls(facts: Facts) -> int:
    """I11: every call names mapping and version, and its digest is that of what was planned."""
    versions = {one.id: one.order_key for one in facts.versions}
    for one in facts.calls:
        told = f"{one.method}\n{one.path}\n{one.query}\n{one.body}"
        if hashlib.sha256(told.encode()).hexdigest() != one.digest:
            raise Violation(f"I11: call {one.id} is not what its digest says")
        if one.spec_sha256 != facts.flow.sha256 or versions[one.order_version_id] != one.order_key:
            raise Violation(f"I11: call {one.id} names another mapping or order")
        if one.state in ("ready", "sending", "accepted"):
            raise Violation(f"I2: call {one.id} is {one.state} at rest")
    return len(facts.calls)


def check_poison(facts: Facts) -> int:
    """I13: an order that cannot be read is held, and delays nobody."""
    poisoned = facts.run.life.poisoned & {one.order_key for one in facts.versions}
    for key in poisoned:
        last = [one for one in facts.versions if one.order_key == key][-1]
        if last.outcome is None:
            raise Violation(f"I13: {key} still waits")
    return len(poisoned)


def check_secrecy(facts: Facts) -> int:
    """I15: nothing personal stands in a message, a figure or a line of the log."""
    run = facts.run
    texts = [*run.witness.log, *run.figures]
    texts += [f"{one.message} {one.place} {one.evidence} {one.note}" for one in facts.exceptions]
    texts += [str(one.because) for one in facts.versions]
    told = "\n".join(texts).lower()
    for canary in CANARIES:
        if canary in told:
            line = next(one for one in texts if canary in one.lower())
            raise Violation(f"I15: it tells {canary}: {line[:200]}")
    return len(texts)

"""A seed tried whole: a run, its verdict, a second pass, and for some the same world once more."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from engine.sandbox.dotdigital.contacts import Contact
from engine.sandbox.world.shoppers import Shopper
from engine.state.tables import METADATA
from engine.sync.forgetting import Identifier, deliver_deletions, erase, find
from tests.simulation.life import is_sold
from tests.simulation.run import Hand, Run, make_run
from tests.simulation.verdict import Facts, judge
from tests.simulation.witness import Violation

OTHER_SCHEDULE, ERASURE = 8, 5
"""Every so many seeds the same world is delivered by another schedule, or somebody is erased."""
Figures = dict[str, dict[str, object]]
_EVERYTHING = {table.name: select(table) for table in METADATA.sorted_tables}


def try_seed(seed: int) -> Counter[str]:
    """Try a seed; give what happened and what was checked, or raise Violation."""
    run = make_run(seed)
    run.go()
    checks = judge(run)
    written = run.pass_again()
    if written:
        raise Violation(f"I3: a second pass changed something {written} times")
    checks["I3"] += 1
    if seed % ERASURE == 0 and seed % OTHER_SCHEDULE:
        checks["I10"] += erase_somebody(run)
    if seed % OTHER_SCHEDULE == 0:
        checks["I4"] += deliver_again(run)
    return count(run, checks)


def count(run: Run, checks: Counter[str]) -> Counter[str]:
    """Give what a run went through, by names with their kind before them."""
    told = Counter({f"fault: {kind}": times for kind, times in run.weather.counts.items()})
    told.update({f"death: {kind}": times for kind, times in run.counts.items()})
    told.update({f"checked: {name}": times for name, times in checks.items()})
    told["points"] = run.baton.points
    told["schedules"] = 1
    return told


def deliver_again(run: Run) -> int:
    """I4: one calm worker on an empty database brings the same world to the same end."""
    before, excused = figures_of(run), {one.customer_id for one in list_disturbed(run)}
    other = make_run(run.seed, calm=True)
    other.sandbox.clock.advance(run.baton.now - other.baton.now)
    other.sandbox.world.shoppers = run.sandbox.world.shoppers
    other.sandbox.world.orders.update(run.sandbox.world.orders)
    other.go()
    after = figures_of(other)
    checked = 0
    for key in before.keys() | after.keys():
        if key.partition(" ")[0] in excused:
            continue
        checked += 1
        if before.get(key) != after.get(key):
            raise Violation(
                f"I4: {key} is {after.get(key)} by another schedule, not {before.get(key)}"
            )
    return checked


def list_disturbed(run: Run) -> list[Shopper]:
    """Give whose figures may differ: see Facts.is_disturbed; import failures count here too."""
    facts, orders = Facts(run), run.sandbox.world.orders.values()
    broken = {one.shopper.customer_id for one in orders if one.id in run.life.broken}
    return [
        one
        for one in run.sandbox.world.shoppers
        if facts.is_disturbed(one) or one.customer_id in broken
    ]


def figures_of(run: Run) -> Figures:
    """Give what Dotdigital holds of everybody who bought: figures and records of sold orders."""
    told: Figures = {}
    insight = run.sandbox.state.insight.collections
    for order in run.sandbox.world.orders.values():
        if not is_sold(order):
            continue
        whose = order.shopper.customer_id
        for name, collection in insight.items():
            record = collection.records.get(order.id)
            if record is not None:
                told[f"{whose} {name} {order.id}"] = dict(record.json)
        for contact in run.life.contacts_of(order.shopper):
            if "MKT_ORDERS" in contact.fields:
                told[f"{whose} figures"] = _figures(contact)
    return told


def _figures(contact: Contact) -> dict[str, object]:
    # Which order was the latest depends on the order of changes too; a full name is only given to
    # a contact that is created.
    left_out = ("FULLNAME", "MKT_LAST_BRANDS", "MKT_LAST_SKUS", "MKT_LAST_CATEGORIES")
    return {name: value for name, value in contact.fields.items() if name not in left_out}


def erase_somebody(run: Run) -> int:
    """I10: nothing of somebody who was erased is stored or sent, though orders still change."""
    orders = list(run.sandbox.world.orders.values())
    if not orders:
        return 0
    whose = run.chance.choice(orders).shopper
    run.act("erasure", lambda hand: _erase(hand, whose))
    _expect_nothing(run, whose, "after the erasure")
    own = {one.relay for one in run.life.orders_of(whose)}
    run.witness.erased = own | ({whose.email} if whose.hands_over else set())
    run.life.left = 6
    for _ in range(6):
        run.life.happen()
    run.witness.look(ours=False)
    run.witness.erased |= {one.relay for one in run.life.orders_of(whose)}
    run.act("after the erasure", run.cycle)
    _expect_nothing(run, whose, "after new orders")
    return 2


def _erase(hand: Hand, whose: Shopper) -> None:
    identifier = Identifier("customer", whose.customer_id)
    person = find(hand.worker, identifier)
    erase(hand.worker, person, identifier)
    deliver_deletions(hand.worker)


def _expect_nothing(run: Run, whose: Shopper, when: str) -> None:
    # Who never handed an address over is no more to us than the orders.
    needles = [whose.email, whose.first_name.lower()] if whose.hands_over else []
    needles += [one.relay for one in run.life.orders_of(whose)]
    with run.database.engine.begin() as connection:
        for name, everything in _EVERYTHING.items():
            for row in connection.execute(everything):
                told = str(tuple(row)).lower()
                found = next((one for one in needles if one in told), None)
                if found is not None:
                    raise Violation(f"I10: {name} holds {found} {when}")

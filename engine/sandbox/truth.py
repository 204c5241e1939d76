"""The sandbox as it stands, for whoever rehearses: both sides, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator

from engine.sandbox.dotdigital.contacts import by_status
from engine.sandbox.dotdigital.state import State
from engine.sandbox.mirakl.lines import instant
from engine.sandbox.service import Json
from engine.sandbox.world.life import World
from engine.sandbox.world.orders import Order

_SOLD = ("SHIPPING", "SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED")


def show_overview(world: World, state: State) -> Json:
    """Give the counts of both sides."""
    states: dict[str, int] = {}
    for order in world.orders.values():
        states[order.state] = states.get(order.state, 0) + 1
    collections = state.insight.collections
    return {
        "now": instant(state.now),
        "orders": dict(sorted(states.items())),
        "contacts": by_status(state.contacts.by_id),
        "records": {name: len(one.records) for name, one in collections.items()},
        "enrolments": sum(state.enrolments.values()),
        "mails": len(state.mails),
    }


def show_truth(world: World) -> Json:
    """Give what every order is really worth, in pounds with two digits, by its id."""
    return {
        order.id: {
            "state": order.state,
            "changed": instant(order.changed),
            "placed": _pounds(order.placed),
            "net": _pounds(order.net),
        }
        for order in world.orders.values()
    }


def differences(world: World, state: State, collection: str, member: str) -> Iterator[Json]:
    """Give each sold order whose record is missing, or whose net is not the truth."""
    found = state.insight.collections.get(collection)
    records = found.records if found is not None else {}
    for order in world.orders.values():
        if order.state in _SOLD:
            record = records.get(order.id)
            held = None if record is None else record.json.get(member)
            if held is None or round(float(held) * 100) != order.net:
                yield _difference(order, held)


def _difference(order: Order, held: object) -> Json:
    return {"order": order.id, "state": order.state, "net": _pounds(order.net), "held": held}


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"

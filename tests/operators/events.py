"""What happens in the made-up world while operators work."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.operators.world import World

_ENROL = {"service": "dotdigital", "path": "/v2/programs/enrolments"}


def run_for_a_day(world: World) -> None:
    """A first sync; then a refund, an opt-out, an enrolment whose answer is lost, and a second."""
    world.run("miradot sync --until-idle")
    world.sides.post("/sandbox/faults", {"kind": "lose", **_ENROL})
    world.sides.refund()
    world.sides.unsubscribe()
    world.sides.post("/sandbox/clock", {"seconds": 3600})
    world.run("miradot sync --until-idle")


def change_a_record(world: World) -> None:
    """Somebody writes another total into the record of an order."""
    records = world.sides.get("/dotdigital/insightData/v3/contacts/Orders?limit=1000")["_items"]
    record = next(one for one in records if one["json"]["order_total"] > 0)
    owner = f"contactId/{record['ownerContactId']}"
    body = {**record["json"], "order_total": 1.0}
    world.sides.put(f"/dotdigital/insightData/v3/contacts/{owner}/Orders/{record['key']}", body)


EVENTS: Mapping[str, Callable[[World], None]] = {
    "the engine has run for a day": run_for_a_day,
    "a record is changed by hand": change_a_record,
}

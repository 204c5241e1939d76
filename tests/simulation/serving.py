"""`python -m tests.simulation.serving`: a sandbox of twenty orders over HTTP, made anew when asked.

Prints its port. `POST /fresh` begins again, `GET /verdict` tells what is not as it should be.
"""

from __future__ import annotations

import random
import socket
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import uvicorn

from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.server import make_app
from engine.sandbox.truth import differences
from engine.sandbox.whole import Sandbox
from engine.sandbox.world.life import Habits
from tests.simulation.life import FAR, Life, Scale, is_sold
from tests.simulation.run import START

ORDERS, PEOPLE, SEED = 20, 7, 5


def make_world() -> Life:
    """Give twenty orders of a few people."""
    account = Account(tiers={}, import_takes=timedelta(0))
    habits = Habits(every=FAR, shoppers=0)
    sandbox = Sandbox(SandboxClock(START), SEED, habits=habits, account=account)
    for name, kind in (("Orders", "orders"), ("Shipments", "custom")):
        sandbox.state.insight.collection(name, "contact", kind)
    chance = random.Random(SEED)  # noqa: S311 - chance, not secrets
    life = Life(chance, sandbox, Scale(PEOPLE, ORDERS, 0, 0.001, deletes=False, poison=False))
    life.begin()
    while len(sandbox.world.orders) < ORDERS:
        life.place()
    return life


def find_wrong(life: Life) -> Iterator[str]:
    """Give what is not as the truth has it: records, figures, and enrolments made twice."""
    sandbox = life.sandbox
    world, state = sandbox.world, sandbox.state
    yield from (str(one) for one in differences(world, state, "Orders", "order_total"))
    for shopper in world.shoppers:
        orders = [one for one in world.orders.values() if one.shopper is shopper]
        sold = [one for one in orders if is_sold(one)]
        told = [one for one in life.contacts_of(shopper) if "MKT_ORDERS" in one.fields]
        truth = [(len(sold), sum(one.net for one in sold))] if sold else []
        found = [
            (one.fields["MKT_ORDERS"], round(float(str(one.fields["MKT_NET_VALUE"])) * 100))
            for one in told
        ]
        if found != truth:
            yield f"{shopper.customer_id} is {truth}, told {found}"
        shipped = sum(one.state in ("SHIPPED", "RECEIVED") for one in orders)
        for one in told:
            times = sum(n for (number, _), n in state.enrolments.items() if number == one.id)
            if times > shipped:
                yield f"{shopper.customer_id} was enrolled {times} times for {shipped} orders"


class Serving:
    """The sandbox of the moment as an ASGI application."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin with nothing delivered."""
        self.life = make_world()
        self.app = make_app(self.life.sandbox)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] not in ("/fresh", "/verdict"):
            await self.app(scope, receive, send)
            return
        if scope["path"] == "/fresh":
            self.begin()
        wrong = list(find_wrong(self.life)) if scope["path"] == "/verdict" else []
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": orjson.dumps(wrong)})


def main() -> None:
    """Serve until the end of what we are told."""
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        Serving(), log_level="critical", date_header=False, server_header=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()

"""`miradot sandbox`: both sides with made-up people, on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.problem import Failure
from engine.report.ages import count

_STILL = ", so imports and exports are not done until you make some"


class Server(Protocol):
    """What serves until it is stopped."""

    def run(self) -> None:
        """Serve."""


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """How the sandbox is wanted.

    It starts `history` days before `now`, with that time lived through already; from then on each
    real second, which `elapsed` counts, is `speed` seconds there.
    """

    port: int
    seed: int
    speed: float
    history: int
    now: datetime
    elapsed: Callable[[], float]


def prepare_sandbox(request: SandboxRequest) -> tuple[Server, str]:
    """Give the server and what is said of it; Failure where the extra is not installed."""
    try:
        from engine.sandbox.server import make_server  # noqa: PLC0415 - an extra
    except ImportError:
        raise Failure('the sandbox needs the extra: pip install "miradot[sandbox]"') from None
    from engine.sandbox.clock import SandboxClock  # noqa: PLC0415 - idem
    from engine.sandbox.whole import Sandbox  # noqa: PLC0415 - idem

    base = f"http://127.0.0.1:{request.port}"
    past = timedelta(days=request.history)
    clock = SandboxClock(request.now - past, request.speed, request.elapsed)
    sandbox = Sandbox(clock, request.seed, base)
    sandbox.world.advance(clock.advance(past))
    account, world = sandbox.state.account, sandbox.world
    people, orders = count(len(world.shoppers), "shopper"), count(len(world.orders), "order")
    pace = f"a second here is {request.speed:g} there" if request.speed else "time stands still"
    told = [
        f"sandbox with seed {request.seed}: {people}, {orders} in {count(request.history, 'day')}",
        f"{pace}{_STILL if not request.speed else ''}",
        "",
        f"  Mirakl       {base}/mirakl",
        f"               Authorization: {sandbox.rules.key}",
        f"  Dotdigital   {base}/dotdigital",
        f"               {account.user} : {account.password}",
        f"  both sides   {base}/sandbox/   and /sandbox/truth, /sandbox/differences",
        f"  make time    curl -X POST {base}/sandbox/clock -d '{{\"seconds\": 3600}}'",
        "",
        "Everybody in it is made up, and nothing leaves this machine. Ctrl-C ends it.",
    ]
    return make_server(sandbox, request.port), "\n".join(told) + "\n"

"""What goes wrong on the two wires, by the seed; calm once `over`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

import orjson

from engine.connections.wire import Got, NoAnswer, Sent
from engine.sandbox.wire import SandboxWire
from tests.simulation.baton import Baton
from tests.simulation.life import Life
from tests.simulation.witness import Witness

Service = Literal["mirakl", "dotdigital"]
_DOTDIGITAL = ("lose", "lose", "unsent", "refuse", "page", "zombie", "slow", "break")
MIRAKL = (
    "unsent",
    "refuse",
    "page",
    "cut",
    "double",
    "reorder",
    "stale",
    "lag",
    "lag",
    "date",
    "slow",
)
NEVER = datetime.min.replace(tzinfo=UTC)
ZOMBIE_SECONDS = (45.0, 3000.0)
"""How long a request is held back on its way: mostly less than until it is made again."""
ENROLMENTS = "/v2/programs/enrolments"
MOST_LAG = 120.0
"""How far an answer of Mirakl may lag behind, in seconds; less than the overlap of polls."""


@dataclass(slots=True)
class Weather:
    """How rough it is: the share of requests that something happens to."""

    chance: random.Random
    baton: Baton
    life: Life
    witness: Witness
    rate: float
    mirakl: tuple[str, ...] = MIRAKL
    over: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    zombies: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)

    def pick(self, service: Service) -> str:
        """Give what happens to a request; nothing, most of the time."""
        if self.over or self.chance.random() >= self.rate:
            return ""
        kind = self.chance.choice(_DOTDIGITAL if service == "dotdigital" else self.mirakl)
        self.counts[f"{service} {kind}"] += 1
        return kind

    def raise_dead(self, *, all_of_them: bool = False) -> None:
        """Let requests take effect whose senders have long given them up."""
        now = self.baton.now
        for due, effect in list(self.zombies):
            if all_of_them or due <= now:
                self.zombies.remove((due, effect))
                effect()


@dataclass(slots=True)
class RoughWire:
    """One of the sandbox's services, as it is reached through the weather."""

    weather: Weather
    service: Service
    inner: SandboxWire
    page: int
    pages: list[tuple[datetime, Sent, Got]] = field(default_factory=list)
    first_at: datetime = NEVER
    """When a read of changes last began to be answered."""

    def exchange(self, sent: Sent) -> Got:
        """Give the answer, or what the weather left of it."""
        weather = self.weather
        once = " once" if sent.path.startswith(ENROLMENTS) else ""
        weather.baton.point(f"before{once}")
        weather.raise_dead()
        sent = self._smaller(sent)
        kind = weather.pick(self.service) or (once and weather.pick(self.service))
        seconds = weather.chance.uniform(0.01, 0.6)
        weather.baton.clock.advance(timedelta(seconds=30.0 if kind == "slow" else seconds))
        try:
            got = self._exchange(sent, kind)
        finally:
            weather.baton.point(f"after{once}")
        if self.service == "dotdigital":
            weather.witness.hear(got.body)
        return got

    def _exchange(self, sent: Sent, kind: str) -> Got:
        chance = self.weather.chance
        if kind == "unsent":
            self._note(sent, effect=False)
            raise NoAnswer("refused to connect", taken=False)
        if kind == "refuse":
            self._note(sent, effect=False)
            return chance.choice(
                [
                    Got(429, {"retry-after": str(chance.randrange(1, 60))}, b""),
                    Got(429, {}, b"{}"),
                    Got(500, {}, b"oops"),
                    Got(503, {}, b""),
                ]
            )
        if kind == "page":
            self._note(sent, effect=True)
            return Got(200, {}, b"<html>maintenance</html>")
        if kind == "zombie" and sent.method != "GET":
            seconds = chance.uniform(1, chance.choice(ZOMBIE_SECONDS))
            due = self.weather.baton.now + timedelta(seconds=seconds)
            self._note(sent, effect=True)
            self.weather.zombies.append((due, lambda: self._rise(sent)))
            raise NoAnswer("no answer in time", taken=True)
        if kind == "break":
            self.weather.life.break_import()
        got = self._take(sent)
        if kind in ("lose", "zombie"):
            raise NoAnswer("no answer in time", taken=True)
        if kind == "cut":
            raise NoAnswer("the answer broke off", taken=True)
        return self._spoil(sent, got, kind)

    def _take(self, sent: Sent) -> Got:
        got = self.inner.exchange(sent)
        self._note(sent, effect=got.status < 400)
        if self.service == "dotdigital":
            self.weather.witness.look(ours=True)
            return got
        got = self._poison(got)
        if sent.query.get("offset") == "0":
            self.first_at = self.weather.baton.now
        self.pages.append((self.weather.baton.now, sent, got))
        return got

    def _rise(self, sent: Sent) -> None:
        self.weather.witness.look(ours=False)
        self.inner.exchange(sent)
        self.weather.witness.look(ours=True)

    def _note(self, sent: Sent, *, effect: bool) -> None:
        if self.service == "dotdigital":
            self.weather.witness.take(sent, effect=effect)

    def _smaller(self, sent: Sent) -> Sent:
        """Make pages so small that there are several."""
        query = dict(sent.query)
        for name in ("max", "limit"):
            if name in query:
                query[name] = str(self.page)
        return replace(sent, query=query)

    def _spoil(self, sent: Sent, got: Got, kind: str) -> Got:
        chance = self.weather.chance
        if kind == "date":
            now = self.weather.baton.now
            wrong = now + chance.choice([-1, 1]) * timedelta(days=chance.choice([1, 1, 20_000]))
            if wrong.year > 2080 or wrong.year < 1980:
                wrong = now + timedelta(days=20_000)
            return replace(
                got, headers={**got.headers, "date": format_datetime(wrong, usegmt=True)}
            )
        if kind == "stale":
            return self._recall(sent, got)
        if kind not in ("double", "reorder", "lag") or got.status != 200:
            return got
        body = orjson.loads(got.body)
        orders = body.get("orders") or []
        if kind == "double":
            orders += orders
        elif kind == "lag":
            seconds = chance.uniform(1, MOST_LAG)
            old = (self.weather.life.recall(one["order_id"], seconds) for one in orders)
            body["orders"] = [one for one in old if one is not None]
            body["total_count"] -= len(orders) - len(body["orders"])
        else:
            chance.shuffle(orders)
        return replace(got, body=orjson.dumps(body))

    def _recall(self, sent: Sent, got: Got) -> Got:
        """Give what the same question was answered some time ago, as a cache does."""
        oldest = self.weather.baton.now - timedelta(seconds=MOST_LAG)
        meant = ("offset", "order_ids")
        known = [
            old
            for at, asked, old in self.pages
            if at >= oldest
            and all(asked.query.get(name) == sent.query.get(name) for name in meant)
            and old.status == 200
        ]
        return self.weather.chance.choice(known) if known else got

    def _poison(self, got: Got) -> Got:
        """Show some orders as no mapping can take them."""
        poisoned = self.weather.life.poisoned
        if not poisoned or got.status != 200 or not any(k.encode() in got.body for k in poisoned):
            return got
        body = orjson.loads(got.body)
        for order in body.get("orders") or []:
            if order["order_id"] in poisoned:
                order["order_lines"] = [{"order_line_id": [], "price": "a lot"}]
        return replace(got, body=orjson.dumps(body))

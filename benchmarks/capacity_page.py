"""The figures of docs/deploy/capacity.md: what was measured, what the locks say, what follows.

Only what was measured is kept, in a line of the page; the tables are made from it and from the
target lock, so that a test can hold the page to both.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.connections.mirakl import EXTERNAL_PARTNER, SELLER
from engine.lock import TargetLock, load_shipped_target

PAGE = Path(__file__).parent.parent / "docs/deploy/capacity.md"
_BEGIN, _END = "<!-- figures: python -m benchmarks.capacity --write -->", "<!-- end of figures -->"
_KEPT = re.compile(r"<!-- measured: (?P<json>\{.*\}) -->")
_DAY = 86_400
# Of what is allowed, so much is planned with: orders do not come evenly over a day.
_USED = 0.5
# Seconds in which Dotdigital answers; a worker waits for each call of an event.
_ANSWER = 0.3
_SELDOM = 0.02
_RICH: Mapping[str, int] = {"medium": 600, "high": 600}
_VOLUMES = (200, 1000, 5000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class Lane:
    """What an order costs in a lane: our CPU in ms, growth in KiB, and calls by tier."""

    orders: int
    cpu: float
    growth: float
    calls: Mapping[str, float]

    @property
    def all_calls(self) -> float:
        """Calls an order, of every tier."""
        return sum(self.calls.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; `call` is CPU ms by HTTP, `idle` a share of a core, `memory` MiB."""

    events: Lane
    history: Lane
    call: float
    idle: float
    memory: float
    machine: str

    def cpu(self, lane: Lane) -> float:
        """Give the CPU of an order in ms, with HTTP."""
        return lane.cpu + lane.all_calls * self.call


def read_figures(page: str) -> Figures:
    """Give the figures that a page keeps."""
    found = _KEPT.search(page)
    if found is None:
        raise ValueError("the page keeps no figures")
    kept = json.loads(found["json"])
    events, history = Lane(**kept.pop("events")), Lane(**kept.pop("history"))
    return Figures(events=events, history=history, **kept)


def renew(page: str, figures: Figures) -> str:
    """Give a page with other figures."""
    head, _, rest = page.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    return f"{head}{_BEGIN}\n{render(figures)}{_END}{tail}"


def render(figures: Figures) -> str:
    """Give everything that follows from the figures and the locks."""
    kept = json.dumps(_round(asdict(figures)))
    rounded = read_figures(f"<!-- measured: {kept} -->")
    target = load_shipped_target("dotdigital")
    parts = (_measured(rounded), _allowed(target), _carried(rounded, target), _needed(rounded))
    told = "\n\n".join("\n".join(part) for part in parts)
    return f"<!-- measured: {kept} -->\n\n{told}\n"


def _round(value: object) -> object:
    """Give figures with three digits that count: no more was measured."""
    if isinstance(value, float):
        return float(f"{value:.3g}")
    if isinstance(value, dict):
        return {name: _round(inner) for name, inner in value.items()}
    return value


def _measured(figures: Figures) -> Iterator[str]:
    yield "## What was measured"
    yield ""
    yield f"On {figures.machine}, SQLite, the shipped mapping, the shoppers of the sandbox."
    yield ""
    yield "| an order costs | as events, over its life | as history |"
    yield "| --- | --- | --- |"
    lanes = (figures.events, figures.history)
    for what, cells in (
        ("CPU, without HTTP", [f"{one.cpu:.3g} ms" for one in lanes]),
        ("calls to Dotdigital", [f"{one.all_calls:.3g}" for one in lanes]),
        ("CPU, with HTTP", [f"{figures.cpu(one):.3g} ms" for one in lanes]),
        ("room in the database", [f"{one.growth:.3g} KiB" for one in lanes]),
        ("measured on", [f"{one.orders:,} orders" for one in lanes]),
    ):
        yield f"| {what} | {' | '.join(cells)} |"
    yield ""
    yield (
        f"A call by HTTP costs {figures.call:.2g} ms of CPU, without TLS. A service that has"
        f" nothing to do takes {figures.idle:.1%} of a core and {figures.memory:.0f} MiB."
    )


def _allowed(target: TargetLock) -> Iterator[str]:
    yield "## What the vendors allow"
    yield ""
    yield "| Dotdigital's tier | calls | so says |"
    yield "| --- | --- | --- |"
    for name, tier in target.rate_tiers.items():
        rate = "no limit" if tier.calls is None else f"{tier.calls} in {tier.seconds} s"
        yield f"| {name} | {rate} | {tier.basis} |"
    yield ""
    yield (
        f"Mirakl's orders are read every {_minutes(SELLER.poll_every.total_seconds())} minutes, as"
        f" an external partner every {_minutes(EXTERNAL_PARTNER.poll_every.total_seconds())}; a"
        " page has a hundred orders, so that Mirakl never is what ends first."
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f}"


def _carried(figures: Figures, target: TargetLock) -> Iterator[str]:
    yield "## What one account carries"
    yield ""
    yield (
        f"Orders a day by tier, planned with {_USED:.0%} of what is allowed. All brands of an"
        " account share this; what comes on top waits and goes out later, in order."
    )
    yield ""
    yield "| tier | calls an order, as events | orders a day | with " + _say_tiers() + " |"
    yield "| --- | --- | --- | --- |"
    for name, tier in target.rate_tiers.items():
        used = figures.events.calls.get(name, 0.0)
        # What is read once for all orders ends nothing.
        if tier.calls is None or tier.seconds is None or used < _SELDOM:
            continue
        given = _daily(tier.calls, tier.seconds, used)
        rich = _daily(_RICH.get(name, tier.calls), tier.seconds, used)
        yield f"| {name} | {used:.2g} | {given} | {rich} |"
    yield ""
    history = figures.history
    least = max(history.calls.items(), key=lambda one: one[1] / _calls(target, one[0]))
    calls = _calls(target, least[0])
    yield (
        f"History: {history.all_calls * 1000:.3g} calls per 1,000 orders; the tier {least[0]} ends"
        f" first, at {_two_digits(calls * _DAY * _USED / least[1])} orders a day."
    )


def _say_tiers() -> str:
    return "`" + ",".join(f"{name}={calls}" for name, calls in _RICH.items()) + "`"


def _calls(target: TargetLock, name: str) -> float:
    """Give the calls a second that a tier allows."""
    tier = target.rate_tiers[name]
    return tier.calls / tier.seconds if tier.calls and tier.seconds else math.inf


def _daily(calls: int, seconds: int, used: float) -> str:
    return _two_digits(calls / seconds * _DAY * _USED / used)


def _two_digits(number: float) -> str:
    return f"{float(f'{number:.2g}'):,.0f}"


def _needed(figures: Figures) -> Iterator[str]:
    yield "## What it takes"
    yield ""
    yield (
        f"A worker makes the calls of an event one after the other. With answers after {_ANSWER} s"
        f" an order takes it {_seconds(figures):.2g} s over its life; planned with {_USED:.0%} of a"
        " day. Several workers need PostgreSQL."
    )
    yield ""
    yield "| orders a day | workers | cores, all told | the database grows |"
    yield "| --- | --- | --- | --- |"
    for orders in _VOLUMES:
        workers = math.ceil(orders * _seconds(figures) / (_DAY * _USED))
        cores = orders * figures.cpu(figures.events) / 1000 / _DAY / _USED
        cores += workers * figures.idle
        grown = orders * 30 * figures.events.growth / 1024 / 1024
        yield f"| {orders:,} | {workers} | {cores:.2f} | {grown:.2g} GiB a month |"
    yield ""
    yield (
        "Each brand with a database of its own is a service of its own: so many fit on a core as"
        f" it has room for {figures.idle:.1%} each ({math.floor(_USED / figures.idle)} on"
        f" {_USED:.0%} of one), with {figures.memory:.0f} MiB each."
    )


def _seconds(figures: Figures) -> float:
    """Give the seconds that an order keeps a worker busy, over its life."""
    return figures.events.all_calls * _ANSWER + figures.cpu(figures.events) / 1000

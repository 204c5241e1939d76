"""`python -m benchmarks.effort`: the CPU of delivering an order, in times of mapping it once.

Both lanes and the mapping are measured in one run, in turn, so that a slow machine slows all of
them; the sandbox's own time is taken off. Fails above the limits, which leave room for noise.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import orjson

from benchmarks.capacity import measure_events, measure_history
from benchmarks.compare import check_shipped
from benchmarks.orders import make_orders
from engine.contacts import UNASKED
from engine.mapping import probe_mapping

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MOST_EVENT, MOST_HISTORY = 200, 35
_ROUNDS = 2


def measure_mapping(number: int) -> float:
    """Give the CPU ms of mapping an order as delivery does it, from its text."""
    mapping = probe_mapping(check_shipped())
    texts = [orjson.dumps(one) for one in make_orders(number, 1)]
    begun = time.process_time()
    for text in texts:
        mapping.apply(orjson.loads(text), UNASKED, NOW)
    return (time.process_time() - begun) * 1000 / len(texts)


@click.command()
@click.option("--orders", default=150, show_default=True, help="Orders of each lane and round.")
def main(orders: int) -> None:
    """Measure, print, and fail above the limits."""
    mapped, event, history = [list[float]() for _ in range(3)]
    with TemporaryDirectory() as name:
        for number in range(_ROUNDS):
            folder = Path(name) / str(number)
            folder.mkdir()
            mapped.append(measure_mapping(orders * 3))
            event.append(measure_events(folder, orders).cpu)
            mapped.append(measure_mapping(orders * 3))
            history.append(measure_history(folder, orders * 2).cpu)
    once = min(mapped)
    ratios = min(event) / once, min(history) / once
    print(f"mapping an order once: {once:.2f} ms")
    for lane, cost, ratio, most in (
        ("events, over its life", min(event), ratios[0], MOST_EVENT),
        ("history", min(history), ratios[1], MOST_HISTORY),
    ):
        print(f"delivering it as {lane}: {cost:.2f} ms, {ratio:.1f} times that (at most {most})")
    sys.exit(ratios[0] > MOST_EVENT or ratios[1] > MOST_HISTORY)


if __name__ == "__main__":
    main()

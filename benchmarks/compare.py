"""`python -m benchmarks.compare`: miradot beside hand-written Python and jmespath.py, in one run.

Every figure is a ratio of CPU times measured in turn, A B A B …, so that a drifting machine moves
both sides. Memory is the peak of a process of its own, at two sizes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click
import orjson

from benchmarks import fieldwise, handwritten
from benchmarks.citations import cite
from benchmarks.orders import make_orders
from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.contacts import UNASKED
from engine.mapping import compile_mapping
from engine.run import run_mapping
from engine.sources.records import read_records

MAPPING = Path("mappings/debenhams/orders.yaml")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def check_shipped() -> CheckedSpec:
    """Give the shipped mapping, checked."""
    checked = check_mapping(MAPPING.read_bytes(), str(MAPPING), {}).spec
    if checked is None:
        raise SystemExit("the shipped mapping has errors: run miradot validate")
    return checked


def miradot_run(checked: CheckedSpec) -> Callable[[bytes], Iterator[bytes]]:
    """Give the run of the compiled mapping from NDJSON to NDJSON, as `miradot run` does it."""
    mapping = compile_mapping(checked, masked=True)

    def run(text: bytes) -> Iterator[bytes]:
        records = read_records(BytesIO(text), mapping.envelope)
        for record in run_mapping(mapping, records, UNASKED, NOW):
            yield orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)

    return run


def measure(run: Callable[[bytes], Iterator[object]], text: bytes) -> float:
    """Give the CPU seconds of one run."""
    start = time.process_time()
    for _ in run(text):
        pass
    return time.process_time() - start


def compare(checked: CheckedSpec, orders: int, pairs: int, seed: int) -> None:
    """Print the ratios."""
    texts = [orjson.dumps(order) for order in make_orders(orders, seed)]
    text = b"\n".join(texts) + b"\n"
    mapper = handwritten.OrderMapper(cite(checked), NOW)
    runs: dict[str, Callable[[bytes], Iterator[object]]] = {
        "miradot": miradot_run(checked),
        "hand-written Python + orjson": lambda t: handwritten.map_texts(mapper, BytesIO(t)),
        "jmespath.py field by field (reading only)": lambda t: fieldwise.map_texts(BytesIO(t)),
        "floor: parse and print": lambda t: (orjson.dumps(orjson.loads(x)) for x in BytesIO(t)),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(pairs):
        for name, run in runs.items():
            times[name].append(measure(run, text))
    mean = sum(map(len, texts)) / len(texts)
    print(
        f"{orders} orders of {mean / 1000:.1f} KB, seed {seed}, median of {pairs} interleaved runs"
    )
    for name in list(runs)[1:]:
        ratios = [a / b for a, b in zip(times["miradot"], times[name], strict=True)]
        print(
            f"  miradot / {name}: {statistics.median(ratios):.2f} "
            f"(from {min(ratios):.2f} to {max(ratios):.2f})"
        )


def peak_memory(orders: int, seed: int) -> float:
    """Give the peak memory in MiB of `miradot run` over a stream of orders."""
    generate = [sys.executable, "-m", "benchmarks.orders", str(orders), "--seed", str(seed)]
    run = [sys.executable, "-m", "benchmarks.peak", str(MAPPING)]
    with subprocess.Popen(generate, stdout=subprocess.PIPE) as source:  # noqa: S603 - our own program
        done = subprocess.run(run, stdin=source.stdout, capture_output=True, check=True, text=True)  # noqa: S603 - idem
    return int(done.stdout) / 1024


@click.command()
@click.option("--orders", default=5000, help="Orders for the ratios.")
@click.option("--pairs", default=7, help="Interleaved runs.")
@click.option("--seed", default=1, help="Seed of the generator.")
@click.option("--memory/--no-memory", default=True, help="Also measure memory at two sizes.")
def main(orders: int, pairs: int, seed: int, memory: bool) -> None:  # noqa: FBT001 - a click option
    """Compare, in one run, and print ratios."""
    checked = check_shipped()
    compare(checked, orders, pairs, seed)
    if memory:
        small, large = peak_memory(20_000, seed), peak_memory(200_000, seed)
        print(f"  peak memory at 20,000 orders {small:.1f} MiB, at 200,000 {large:.1f} MiB")


if __name__ == "__main__":
    main()

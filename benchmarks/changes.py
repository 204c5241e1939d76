"""`python -m benchmarks.changes`: `miradot plan` beside two runs of the mapping, in one run.

Each edit is planned over the same orders; figures are ratios of CPU times measured in turn. Memory
is the peak of a process of its own, at two sizes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from benchmarks.compare import MAPPING, NOW, check_shipped, measure, miradot_run
from benchmarks.orders import make_orders
from benchmarks.peak import peak_kibibytes
from engine.commands.plan import PlanRequest, plan_change

# From one that changes nothing to one that changes every order.
EDITS = {
    "a comment": ("params:", "# no change\nparams:"),
    "which refunds count": ("    default: requested", "    default: settled"),
    "the days' zone": ("default: Europe/London", "default: Asia/Tokyo"),
    "everybody's key": ("    default: debenhams\n", "    default: debenhams-uk\n"),
}


def plan(folder: Path, name: str) -> None:
    """Plan one edit over the orders in a folder."""
    old, new = EDITS[name]
    edited = folder / MAPPING.name
    edited.write_text(MAPPING.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    samples = folder / "orders.ndjson"
    plan_change(PlanRequest(str(MAPPING), edited, samples, None, None, (), NOW))


def write_orders(folder: Path, count: int, seed: int) -> bytes:
    """Write orders as NDJSON and give their bytes."""
    text = b"".join(orjson.dumps(order) + b"\n" for order in make_orders(count, seed))
    (folder / "orders.ndjson").write_bytes(text)
    return text


def compare(folder: Path, orders: int, pairs: int, seed: int) -> Iterator[str]:
    """Give one line of ratios for each edit."""
    text = write_orders(folder, orders, seed)
    run = miradot_run(check_shipped())
    ratios: dict[str, list[float]] = {name: [] for name in EDITS}
    for _ in range(pairs):
        for name, found in ratios.items():
            two_runs = measure(run, text) + measure(run, text)
            start = time.process_time()
            plan(folder, name)
            found.append((time.process_time() - start) / two_runs)
    for name, found in ratios.items():
        spread = f"from {min(found):.2f} to {max(found):.2f}"
        yield f"  plan / two runs, {name}: {statistics.median(found):.2f} ({spread})"


def peak_memory(orders: int, seed: int) -> float:
    """Give the peak memory in MiB of a plan that changes every order."""
    program = [sys.executable, "-m", "benchmarks.changes", "--peak", str(orders), "--seed"]
    done = subprocess.run([*program, str(seed)], capture_output=True, check=True, text=True)  # noqa: S603 - our own program
    return int(done.stdout) / 1024


@click.command()
@click.option("--orders", default=20_000, help="Orders for the ratios.")
@click.option("--pairs", default=5, help="Interleaved runs.")
@click.option("--seed", default=1, help="Seed of the generator.")
@click.option("--peak", type=int, help="Plan over so many orders and print the peak, in KiB.")
def main(orders: int, pairs: int, seed: int, peak: int | None) -> None:
    """Compare, in one run, and print ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if peak is not None:
            with (folder / "orders.ndjson").open("wb") as stream:
                stream.writelines(orjson.dumps(one) + b"\n" for one in make_orders(peak, seed))
            plan(folder, "everybody's key")
            print(peak_kibibytes())
            return
        print(f"{orders} orders, seed {seed}, median of {pairs} interleaved runs")
        for line in compare(folder, orders, pairs, seed):
            print(line)
    small, large = peak_memory(20_000, seed), peak_memory(100_000, seed)
    print(f"  peak memory at 20,000 orders {small:.1f} MiB, at 100,000 {large:.1f} MiB")


if __name__ == "__main__":
    main()

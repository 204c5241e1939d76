"""`python -m tests.simulation SEEDS [--first N]`: so many runs, on all cores.

Prints what was gone through and what was checked; on a violation the command that shows it again.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from time import monotonic

from tests.simulation.run import memory, shipped_flow
from tests.simulation.trying import try_seed
from tests.simulation.wrong import MISTAKES, mistaken

_SEEDS_AT_ONCE = 25
_MOST_SHOWN = 10


def prepare() -> None:
    """Do once what every run needs."""
    shipped_flow()
    memory()
    gc.freeze()


def try_seeds(seeds: range, mistake: str = "", most: int = 10**9) -> tuple[Counter[str], list[str]]:
    """Try some seeds, with a mistake in the code or without; give counts, and what went wrong.

    Stops where so much went wrong that it is enough.
    """
    if mistake:
        with mistaken(MISTAKES[mistake]):
            return try_seeds(seeds, most=most)
    told, wrong = Counter[str](), list[str]()
    for seed in seeds:
        if len(wrong) >= most:
            break
        try:
            told += try_seed(seed)
        except BaseException as error:  # noqa: BLE001 - every kind of failure is a finding
            said = f"{type(error).__name__}: {error}"
            wrong.append(f"seed {seed}: {said}\n  python -m tests.simulation 1 --first {seed}")
    return told, wrong


def tell(told: Counter[str], seconds: float) -> str:
    """Give the counts in words, line by line."""
    schedules = told.pop("schedules", 0)
    points = told.pop("points", 0)
    lines = [f"{schedules} schedules, {points} points, {seconds:.0f} s"]
    for kind in ("fault", "death", "checked"):
        found = {name: n for name, n in sorted(told.items()) if name.startswith(f"{kind}: ")}
        parts = ", ".join(f"{name.partition(': ')[2]} {times}" for name, times in found.items())
        lines.append(f"{kind} ({sum(found.values())}): {parts}")
    return "\n".join(lines)


def main() -> int:
    """Try the seeds that were asked for; 1 when an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seeds", type=int, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first one")
    known = sorted(MISTAKES)
    parser.add_argument("--mistake", default="", choices=known, help="build it in; it must show")
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.seeds)
    parts = [
        seeds[start : start + _SEEDS_AT_ONCE] for start in range(0, len(seeds), _SEEDS_AT_ONCE)
    ]
    begun, told, wrong = monotonic(), Counter[str](), list[str]()
    if len(parts) == 1:
        prepare()
        told, wrong = try_seeds(seeds, given.mistake)
    else:
        prepare()
        start = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(os.cpu_count() or 1, start) as pool:
            for some, bad in pool.map(partial(try_seeds, mistake=given.mistake), parts):
                told += some
                wrong += bad
    sys.stdout.write(tell(told, monotonic() - begun) + "\n")
    for one in wrong[:_MOST_SHOWN]:
        sys.stdout.write(f"{one}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())

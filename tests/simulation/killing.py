"""`python -m tests.simulation.killing --minutes M`: kill -9 at every point of twenty orders.

Both lanes, on SQLite and on PostgreSQL, on all cores; when the time does not suffice for all points
those that were tried are spread evenly. Says how many of how many, and what shows a finding again.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, repeat, zip_longest
from pathlib import Path
from time import monotonic

from tests.simulation.dying import (
    LANES,
    DyingDatabase,
    Sync,
    count_points,
    die_at,
    make_wires,
    serving,
)
from tests.simulation.run import shipped_flow
from tests.state.databases import KINDS, prepare, running_postgres

Databases = Mapping[str, str]
"""The URL of a database by its kind."""
# A program that is killed leaves behind what it wrote, whether it reached a disk or not.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried: lanes, until when, and one point only where `point` is not 0."""

    lanes: Sequence[str]
    until: float
    point: int
    shares: int


@dataclass(slots=True)
class Tried:
    """Deaths and points by lane and database, and what was wrong afterwards."""

    deaths: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tried) -> None:
        """Take in what another process tried; each of them counted the same points."""
        self.deaths += other.deaths
        self.points |= other.points
        self.wrong += other.wrong


def spread(points: int) -> Iterator[int]:
    """Give every point once, so that the first ones, however many, are spread evenly."""
    bits = points.bit_length()
    for number in range(1 << bits):
        turned = int(f"{number:0{bits}b}"[::-1], 2)
        if turned < points:
            yield turned + 1


def try_share(share: int, wanted: Wanted, databases: Databases) -> Tried:
    """Die at a share of the points, taking lanes and databases in turn, until the time is up."""
    tried = Tried()
    with serving() as base:
        opened, wires = (
            {kind: DyingDatabase(url) for kind, url in databases.items()},
            make_wires(base),
        )
        syncs = {
            f"--lane {lane} --database {kind}": Sync(base, database, lane, wires)
            for lane in wanted.lanes
            for kind, database in opened.items()
        }
        for name, sync in syncs.items():
            tried.points[name] = count_points(sync)
        # Children look at everything once; what is frozen is not copied for that.
        gc.freeze()
        turns = take_turns(tried.points, wanted.point)
        for name, point in chain.from_iterable(turns[share :: wanted.shares]):
            if monotonic() > wanted.until and not wanted.point:
                break
            tried.wrong += [f"{name} --point {point}\n  {one}" for one in die(syncs[name], point)]
            tried.deaths[name] += 1
    return tried


def take_turns(points: Mapping[str, int], only: int) -> list[list[tuple[str, int]]]:
    """Give the points to die at in turns, each with a point of every name that has one left."""
    each = [zip(repeat(name), [only] if only else spread(n)) for name, n in points.items()]
    return [[one for one in turn if one is not None] for turn in zip_longest(*each)]


def die(sync: Sync, point: int) -> list[str]:
    """Give what is wrong after a death, a child that fails among it."""
    try:
        return die_at(sync, point)
    except AssertionError as error:
        return [str(error)]


@contextmanager
def made_databases(kinds: Sequence[str], shares: int) -> Iterator[list[Databases]]:
    """Give each share databases of its own, with all tables."""
    made: list[dict[str, str]] = [{} for _ in range(shares)]
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        if "sqlite" in kinds:
            for number, one in enumerate(made):
                one["sqlite"] = f"sqlite:///{Path(folder) / f'{number}.db'}"
        if "postgresql" not in kinds:
            prepare_all(made)
            yield list(made)
            return
        with running_postgres() as server:
            for one in made:
                one["postgresql"] = server.make()
            prepare_all(made)
            yield list(made)


def prepare_all(databases: Sequence[Databases]) -> None:
    """Make the tables."""
    for one in databases:
        for url in one.values():
            prepare(url)


def run(kinds: Sequence[str], wanted: Wanted) -> Tried:
    """Try what is wanted, each share in a process of its own."""
    tried, fork = Tried(), multiprocessing.get_context("fork")
    shipped_flow()
    with (
        made_databases(kinds, wanted.shares) as databases,
        ProcessPoolExecutor(wanted.shares, fork) as pool,
    ):
        shares = range(wanted.shares)
        for one in pool.map(try_share, shares, repeat(wanted), databases):
            tried.add(one)
    return tried


def main() -> int:
    """Die as was asked for; 1 when anything was wrong afterwards."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.killing", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long at most")
    parser.add_argument("--lane", choices=LANES, help="one lane only")
    parser.add_argument("--database", choices=KINDS, help="one kind of database only")
    parser.add_argument("--point", type=int, default=0, help="die at this point only")
    given = parser.parse_args()
    begun = monotonic()
    lanes = [given.lane] if given.lane else list(LANES)
    kinds = [given.database] if given.database else list(KINDS)
    shares = 1 if given.point else os.cpu_count() or 1
    wanted = Wanted(lanes, begun + given.minutes * 60, given.point, shares)
    tried = run(kinds, wanted)
    for name, points in tried.points.items():
        sys.stdout.write(f"{name}: died at {tried.deaths[name]} of {points} points\n")
    deaths, seconds = tried.deaths.total(), monotonic() - begun
    sys.stdout.write(f"deaths: {deaths}, wrong: {len(tried.wrong)}, {seconds:.0f} s\n")
    for one in tried.wrong:
        sys.stdout.write(f"python -m tests.simulation.killing {one}\n")
    return int(bool(tried.wrong) or not deaths)


if __name__ == "__main__":
    raise SystemExit(main())

"""Running jobs as a service that ends cleanly on a signal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType
from typing import Literal

from engine.clock import Clock, SystemClock
from engine.jobs.inline import InlineJobs
from engine.jobs.performing import Performer
from engine.jobs.port import Bodies, Health, Jobs
from engine.jobs.stopping import Stopping
from engine.jobs.table import make_schedules
from engine.log import Log, get_log

AdapterName = Literal["dbos", "inline"]


@dataclass(frozen=True, slots=True)
class Setup:
    """How jobs are run: for which flow, on which database, and how often Mirakl may be asked."""

    database_url: str
    flow: str
    poll_every: timedelta
    adapter: AdapterName = "dbos"
    clock: Clock = field(default_factory=SystemClock)
    log: Log = field(default_factory=lambda: get_log("none"))


def serve(bodies: Bodies, setup: Setup, stopping: Stopping) -> None:
    """Keep both sides in step until a signal says stop; raises Failure where it cannot go on."""
    with heeding_signals(stopping), opening_jobs(bodies, setup, stopping) as jobs:
        jobs.schedule(make_schedules(setup.poll_every))
        setup.log.info("service started", adapter=setup.adapter)
        jobs.run()
        setup.log.info("service stopped", adapter=setup.adapter)


def tell_health(bodies: Bodies, setup: Setup) -> Health:
    """Tell how jobs stand, from any process; raises Failure."""
    with opening_jobs(bodies, setup, Stopping()) as jobs:
        return jobs.health()


@contextmanager
def opening_jobs(bodies: Bodies, setup: Setup, stopping: Stopping) -> Iterator[Jobs]:
    """Open the adapter that was chosen; raises Failure where it cannot start here."""
    if setup.adapter == "inline":
        yield _inline(bodies, setup, stopping)
        return
    # It takes a third of a second to import, which the other adapter has no use for.
    from engine.jobs.dbos.adapter import DbosJobs  # noqa: PLC0415

    jobs = DbosJobs(setup.database_url, setup.flow, _performer(bodies, setup, stopping))
    try:
        yield jobs
    finally:
        jobs.close()


@contextmanager
def heeding_signals(stopping: Stopping) -> Iterator[None]:
    """Let SIGTERM and SIGINT ask to stop; a second one ends the process at once."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def ask(number: int, _frame: FrameType | None) -> None:
        stopping.ask()
        signal.signal(number, signal.SIG_DFL)

    for number in before:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _inline(bodies: Bodies, setup: Setup, stopping: Stopping) -> InlineJobs:
    return InlineJobs(_performer(bodies, setup, stopping))


def _performer(bodies: Bodies, setup: Setup, stopping: Stopping) -> Performer:
    return Performer(bodies, setup.clock, stopping, setup.log)

"""A small delivery on the real tables: `python -m tests.jobs.worker ADAPTER URL SINK MISSED`.

MISSED says after how many beats another process is taken for dead. Its bodies claim people, take
leave from the budget, write a line into the sink for each call, and end the versions. It serves
until it is told to stop.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from engine.clock import SystemClock
from engine.jobs.inline import InlineJobs
from engine.jobs.ledger import look_at
from engine.jobs.performing import Performer, Rests
from engine.jobs.port import Bodies, Figures, JobName, Jobs, Turn, Waiting
from engine.jobs.service import heeding_signals
from engine.jobs.stopping import Stopping
from engine.jobs.table import make_schedules
from engine.log import get_log
from engine.state.budget import Rate
from engine.state.claims import Claim, Claimant, ClaimLost, hold_claim, release_claim
from engine.state.database import Database, DatabaseUnavailable
from engine.state.orders import (
    Arrival,
    End,
    Landed,
    Lane,
    land_orders,
    list_waiting,
    settle_version,
)
from engine.state.pacing import BudgetPace
from engine.state.shops import Feed
from tests.state.databases import NOW

FLOW = "orders"
RATE = Rate(40, 1.0, burst=10)
# So long that no claim runs out because a machine is slow; see `let_run_out` for the dead.
LEASE = timedelta(hours=1)
RESTS = Rests(timedelta(seconds=0.2), timedelta(seconds=0.2))


@dataclass
class MarkedClock(SystemClock):
    """Remembers the moment it told last: when leave was given."""

    told: datetime = NOW

    def now(self) -> datetime:
        self.told = super().now()
        return self.told


@dataclass
class Delivery:
    """What the bodies share."""

    database: Database
    sink: Path
    name: str
    clock: MarkedClock = field(default_factory=MarkedClock)
    owed: list[Claim] = field(default_factory=list)

    def bodies(self) -> Bodies:
        return Bodies(
            poll=self.nothing,
            ring=self.nothing,
            events=lambda turn: self.deliver(turn, "event"),
            batches=lambda turn: self.deliver(turn, "batch"),
            mirror=self.nothing,
            reconcile=lambda turn: self.hold("reconcile", turn),
            retention=self.nothing,
            surveys=self.nothing,
            alerts=self.nothing,
            look=self.look,
        )

    def nothing(self, _turn: Turn) -> Figures:
        return {}

    def hold(self, job: JobName, turn: Turn) -> Figures:
        """Go on with a job until its file beside the sink is gone, or it is told to end."""
        held = self.sink.with_name(f"hold-{job}")
        if held.exists():
            self.tell(f"{self.name} upkeep {job} 0 0")
        while held.exists() and turn.may_go_on():
            time.sleep(0.01)
        return {}

    def look(self) -> Waiting:
        return look_at(self.database, Feed(FLOW), SystemClock().now())

    def deliver(self, turn: Turn, lane: Lane) -> Figures:
        claimant, settled = Claimant(FLOW, self.name, LEASE), 0
        self.give_back()
        if lane == "batch":
            self.hold("batches", turn)
        while turn.may_go_on():
            with self.database.transaction() as connection:
                claims = claimant.claim(connection, lane, SystemClock().now())
            if not claims:
                break
            try:
                settled += self.settle(claims[0], lane)
            except DatabaseUnavailable:
                self.owed += claims
                raise
            self.stay(turn)
        return {"settled": settled}

    def give_back(self) -> None:
        """Give back what was left while the database was away."""
        while self.owed:
            with self.database.transaction() as connection:
                release_claim(connection, self.owed[0])
            del self.owed[0]

    def stay(self, turn: Turn) -> None:
        """Serve nobody else while a file beside the sink is there."""
        while self.sink.with_name("stay").exists() and turn.may_go_on():
            time.sleep(0.01)

    def settle(self, claim: Claim, lane: Lane) -> int:
        with self.database.transaction() as connection:
            waiting = list_waiting(connection, FLOW, claim.subject)
        pace = BudgetPace(self.database, self.clock, "account", {"calls": RATE}, lane == "event")
        for number, one in enumerate(waiting):
            pace.take("calls")
            self.tell(f"{self.name} {lane} {one.subject} {one.id} {self.clock.told.timestamp():f}")
            try:
                with self.database.transaction() as connection:
                    hold_claim(connection, claim)
                    settle_version(connection, one.id, End("sent", "", ""), SystemClock().now())
            except ClaimLost:
                return number
        with self.database.transaction() as connection:
            release_claim(connection, claim)
        return len(waiting)

    def tell(self, line: str) -> None:
        sink = os.open(self.sink, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
        os.write(sink, f"{line}\n".encode())
        os.close(sink)


def land(database: Database, people: int, versions: int, lane: Lane = "event") -> None:
    """Land versions of people's orders, all with the same stamps, so that only ids tell order."""
    keys = [(f"{lane}-{one}", number) for number in range(versions) for one in range(people)]
    landed = [
        Landed(f"{person}-{number}", _digest(f"{person}-{number}"), "", "{}", person)
        for person, number in keys
    ]
    with database.transaction() as connection:
        land_orders(connection, landed, Arrival(FLOW, lane, "run", NOW))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def start_jobs(adapter: str, url: str, performer: Performer, missed: int) -> Jobs:
    if adapter == "inline":
        return InlineJobs(performer)
    from engine.jobs.dbos.adapter import DbosJobs, Timing  # noqa: PLC0415 - the others go without

    quick = Timing(
        turn=0.05, beat=timedelta(seconds=0.2), missed=missed, events=0.05, others=0.05, grace=30
    )
    return DbosJobs(url, FLOW, performer, quick)


def main(adapter: str, url: str, sink: str, missed: str) -> None:
    delivery = Delivery(Database(url), Path(sink), str(os.getpid()))
    stopping = Stopping()
    performer = Performer(delivery.bodies(), SystemClock(), stopping, get_log("none"), rests=RESTS)
    jobs = start_jobs(adapter, url, performer, int(missed))
    jobs.schedule(make_schedules(timedelta(minutes=5)))
    with heeding_signals(stopping):
        jobs.run()


if __name__ == "__main__":
    main(*sys.argv[1:5])

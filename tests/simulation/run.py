"""One run: workers with the real code, rough weather and a life that goes on; then rest."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Connection

from engine.connections.dotdigital import DotdigitalClient
from engine.connections.mirakl import MiraklSource, SourceError
from engine.connections.pace import Unpaced
from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.whole import Sandbox
from engine.sandbox.wire import SandboxWire
from engine.sandbox.world.life import Habits
from engine.state.claims import Claimant
from engine.state.database import Database
from engine.state.orders import count_waiting
from engine.state.people import subjects_of_contact
from engine.state.rings import count_all_waiting
from engine.state.tables import DOUBT, METADATA
from engine.sync.cycle import settle_all, wait_until_due
from engine.sync.flow import Flow, make_flow
from engine.sync.landing import Landing, Poll
from engine.sync.worker import Rules, Worker
from tests.shipped import ORDERS, checked
from tests.simulation.baton import Actor, Baton, Killed, VirtualClock
from tests.simulation.life import FAR, Life, Scale
from tests.simulation.weather import MIRAKL, RoughWire, Weather
from tests.simulation.witness import Violation, Witness

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
EVERY = timedelta(minutes=5)
KEY = b"a key of the simulation, no secret"
LISTS = {"marketing_list": 4711, "marketplace_list": 4712, "programme": 881}
DAY = 86_400.0
_SLACK = timedelta(minutes=5)
_EMPTY = tuple(table.delete() for table in METADATA.sorted_tables)
_EMPTY_SCRIPT = ";".join(map(str, _EMPTY))


class SteppedDatabase(Database):
    """A database in memory whose transactions begin and end at points of the schedule."""

    baton: Baton | None = None
    hit: random.Random | None = None
    """When set, a transaction may be killed right before its commit."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        self._connection = self.engine.connect()
        self._connection.begin()
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self._driver = driver
        self._driver.execute("COMMIT")

    def empty(self) -> None:
        """Empty every table."""
        self._driver.executescript(_EMPTY_SCRIPT)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        if self.baton is not None:
            self.baton.point("begin")
        with self.told_plainly(), self._whole() as connection:
            yield connection
            if self.hit is not None and self.hit.random() < 0.5:
                self.hit = None
                raise Killed
        if self.baton is not None:
            self.baton.point("committed")

    @contextmanager
    def _whole(self) -> Iterator[Connection]:
        # One connection serves all, as one thread runs at a time, and SQLAlchemy's transaction on
        # it stays open: to make both anew each time costs a tenth of a run.
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._driver.execute("ROLLBACK")
            raise
        self._driver.execute("COMMIT")


@cache
def shipped_flow() -> Flow:
    """Give the shipped mapping, ready to deliver; once per process, as it takes a while."""
    return make_flow(checked(ORDERS, **LISTS))


@cache
def memory() -> SteppedDatabase:
    """Give the one database of this process; each run begins with `empty`."""
    database = SteppedDatabase()
    METADATA.create_all(database.engine)
    return database


def clear(database: Database) -> None:
    """Empty every table."""
    with database.engine.begin() as connection:
        for statement in _EMPTY:
            connection.execute(statement)


@dataclass(frozen=True, slots=True)
class Temper:
    """How rough a run is, by its seed."""

    workers: int
    weather: float
    happen: float
    kill: float
    pause: float
    kills: int
    stay: float
    page: int
    ahead: float
    backfill: bool


@dataclass(frozen=True, slots=True)
class Hand:
    """A worker with what it lands orders by."""

    worker: Worker
    landing: Landing
    mirakl: RoughWire


@dataclass(slots=True)
class Run:
    """One run of one seed."""

    seed: int
    chance: random.Random
    temper: Temper
    scale: Scale
    sandbox: Sandbox
    baton: Baton
    life: Life
    witness: Witness
    weather: Weather
    database: SteppedDatabase
    counts: Counter[str] = field(default_factory=Counter)
    polls: list[tuple[datetime, datetime]] = field(default_factory=list)
    calm_at: datetime | None = None
    rest_by: datetime | None = None
    rested: datetime | None = None
    workers: int = 0
    figures: list[str] = field(default_factory=list)

    def go(self) -> None:
        """Live through it all, until nothing waits any more."""
        self.database.baton, self.database.hit = self.baton, None
        self.life.is_tied = self._is_tied
        self.witness.strict = not (self.temper.pause or self.temper.weather)
        self.baton.between = self.between
        try:
            for number in range(self.temper.workers):
                self._hire(after=self.chance.uniform(0, 200) if number else 0.0)
            self.baton.run()
        finally:
            self.database.baton = None

    def pass_again(self) -> int:
        """Read and deliver once more with nothing new; give how many requests changed anything."""
        before = self.witness.writes
        self.act("second pass", self.cycle)
        return self.witness.writes - before

    def act(self, name: str, do: Callable[[Hand], None]) -> None:
        """Let one more worker do something, alone."""
        self.database.baton = self.baton
        try:
            self.baton.add(name, lambda: do(self._make_worker(name, 0)))
            self.baton.run()
        finally:
            self.database.baton = None

    def between(self, actor: Actor, where: str) -> None:
        """Let something happen at a point; raises Killed."""
        if self.life.left:
            if self.chance.random() < self.temper.happen:
                self.life.happen()
                self.witness.look(ours=False)
        elif self.calm_at is None:
            self._calm()
        if self.calm_at is not None:
            return
        # What must not be done twice is where a death tells most.
        drawn = self.chance.random() / (10 if where.endswith("once") else 1)
        if drawn < self.temper.kill and self.counts["kill"] < self.temper.kills:
            self.counts["kill"] += 1
            self._hire(after=self.chance.uniform(0, 120))
            if where == "begin" and self.chance.random() < 0.5:
                self.counts["kill at a commit"] += 1
                self.database.hit = self.chance
                return
            raise Killed
        if self.temper.kill <= drawn < self.temper.kill + self.temper.pause:
            self.counts["pause"] += 1
            minutes = self.chance.choice([0.5, 3, 16, 17, 40])
            actor.wake = max(actor.wake, self.baton.now + timedelta(minutes=minutes))

    def _calm(self) -> None:
        """Let nothing go wrong from here on; whoever is asleep wakes later."""
        self.weather.over = True
        self.weather.raise_dead(all_of_them=True)
        self.life.heal()
        self.database.hit = None
        self.calm_at = self.baton.now
        rules = Rules()
        latest = max([one.wake for one in self.baton.actors if not one.over] + [self.calm_at])
        busy = rules.lease + rules.longest_wait + self.sandbox.account.import_takes * 2
        # An order with two contents under one stamp is read twice more.
        # What was held back on its way is overwritten when its time is over.
        self.rest_by = latest + 4 * EVERY + busy + 2 * rules.late_wait + _SLACK

    def _is_tied(self, contact: int) -> bool:
        with self.database.engine.begin() as connection:
            return bool(subjects_of_contact(connection, contact))

    def _hire(self, after: float) -> None:
        self.workers += 1
        number = self.workers
        self.baton.add(f"worker {number}", lambda: self._work(number), after=after)

    def _make_worker(self, name: str, number: int) -> Hand:
        flow, weather, baton = shipped_flow(), self.weather, self.baton
        # Workers' clocks are all wrong alike, and a little apart: a lease asks for no more.
        ahead = self.temper.ahead + 7.0 * (number % 3)
        mirakl, dotdigital = (
            RoughWire(weather, service, SandboxWire(self.sandbox, service), self.temper.page)
            for service in ("mirakl", "dotdigital")
        )
        lanes = self.chance.choice([0, 0, 1, 10**9, 10**9, 10**9])
        rules = Rules(events_as_batch=lanes, people_in_batch=self.chance.choice([1, 3, 2000]))
        worker = Worker(
            flow=flow,
            database=self.database,
            client=DotdigitalClient(dotdigital, flow.target, Unpaced()),
            clock=VirtualClock(baton, ahead),
            claimant=Claimant(flow.name, name, rules.lease),
            tombstone_key=KEY,
            rules=rules,
            talk=self.witness,
            chance=random.Random(self.chance.random()),  # noqa: S311 - chance, not secrets
        )
        source = MiraklSource(mirakl, "TAX_INCLUDED", mirakl.inner.home)
        landing = Landing(worker, source, "run", Poll(first=timedelta(days=400)))
        return Hand(worker, landing, mirakl)

    def _work(self, number: int) -> None:
        hand = self._make_worker(f"worker {number}", number)
        worker = hand.worker
        if number == 1 and self.temper.backfill:
            self._backfill(worker, hand.landing)
        due = self.baton.now
        while not self._is_over(worker):
            if self.baton.now >= due:
                due = self.baton.now + EVERY
                self._poll(hand)
            settle_all(worker)
            left = due - self.baton.now
            if left > timedelta() and not wait_until_due(worker, left):
                worker.clock.sleep(left.total_seconds())

    def _backfill(self, worker: Worker, landing: Landing) -> None:
        offset: int | None = 0
        try:
            while offset is not None:
                page = landing.source.read_page(None, offset)
                with worker.transaction() as connection:
                    landing.land(connection, page.orders, "batch")
                offset = page.next_offset
        except SourceError:
            self.counts["backfill broken off"] += 1

    def _poll(self, hand: Hand) -> None:
        begun = self.baton.now
        try:
            self.figures.append(str(hand.landing.read_rung()))
            self.figures.append(str(hand.landing.read_changes()))
        except SourceError as error:
            self.witness.warning("poll", why=str(error))
            return
        self.polls.append((begun, hand.mirakl.first_at))

    def cycle(self, hand: Hand) -> None:
        """Read what changed and deliver it."""
        self._poll(hand)
        settle_all(hand.worker)

    def _is_over(self, worker: Worker) -> bool:
        if self.calm_at is None or self.rest_by is None:
            return False
        with worker.transaction() as connection:
            waiting = count_waiting(connection, worker.flow.name)
            rung = count_all_waiting(connection, worker.flow.name)
            rung += len(connection.execute(DOUBT.select()).all())
        polled = [one for one in self.polls if one[0] >= self.calm_at]
        if len(polled) >= 2 and not waiting and not rung:
            self.rested = self.rested or self.baton.now
            return True
        if self.baton.now > self.rest_by:
            late = self.baton.now - self.calm_at
            raise Violation(f"I14: no rest {late} after the last fault, {waiting} {rung} wait")
        return False


def draw_temper(chance: random.Random) -> Temper:
    """Draw how rough a run is: a third are calm, some are brutal."""
    rough = chance.choice([0.0, 0.0, 0.04, 0.1, 0.25])
    return Temper(
        workers=chance.choice([1, 2, 2, 2, 3]),
        weather=rough,
        happen=chance.choice([0.02, 0.05, 0.15]),
        kill=chance.choice([0.0, 0.0, 0.004, 0.02]),
        pause=chance.choice([0.0, 0.0, 0.003, 0.01]),
        kills=chance.choice([1, 2, 4]),
        stay=chance.choice([0.2, 0.6, 0.9]),
        page=chance.choice([1, 2, 3, 100]),
        ahead=chance.choice([0.0, 0.0, 0.0, 20.0, -20.0, DAY, -DAY]),
        backfill=chance.random() < 0.3,
    )


def draw_scale(chance: random.Random) -> Scale:
    """Draw how much happens in a run."""
    orders = chance.choice([1, 2, 2, 3, 4])
    return Scale(
        people=chance.choice([2, 2, 3]),
        orders=orders,
        happenings=chance.randrange(2, 4 + orders),
        grain=chance.choice([0.001, 0.001, 1.0, 5.0]),
        deletes=chance.random() < 0.2,
        poison=chance.random() < 0.15,
    )


def make_run(seed: int, *, calm: bool = False) -> Run:
    """Make the run of a seed; `calm`: one worker, and nothing goes wrong or happens."""
    chance = random.Random(seed)  # noqa: S311 - chance, not secrets
    temper, scale = draw_temper(chance), draw_scale(chance)
    if calm:
        temper = Temper(1, 0.0, 0.0, 0.0, 0.0, 0, 1.0, 100, 0.0, backfill=False)
    takes = timedelta(seconds=chance.choice([1, 10, 10, 90]))
    clock = SandboxClock(START)
    account = Account(tiers={}, import_takes=takes)
    sandbox = Sandbox(clock, seed, habits=Habits(every=FAR, shoppers=0), account=account)
    for name, kind in (("Orders", "orders"), ("Shipments", "custom")):
        sandbox.state.insight.collection(name, "contact", kind)
    baton = Baton(chance, clock, temper.stay)
    life = Life(chance, sandbox, scale)
    witness = Witness(life)
    weather = Weather(chance, baton, life, witness, temper.weather)
    if temper.ahead > DAY / 2:
        # Two clocks that are wrong at once are one fault too many.
        weather.mirakl = tuple(one for one in MIRAKL if one != "date")
    database = memory()
    database.empty()
    if not calm:
        life.begin()
    witness.look(ours=False)
    return Run(
        seed=seed,
        chance=chance,
        temper=temper,
        scale=scale,
        sandbox=sandbox,
        baton=baton,
        life=life,
        witness=witness,
        weather=weather,
        database=database,
    )

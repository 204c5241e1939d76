"""A worker: everything that the steps of delivery need, handed in."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from engine.clock import Clock
from engine.connections.dotdigital import DotdigitalClient
from engine.state.claims import LEASE, Claim, Claimant
from engine.state.database import Connection, Database
from engine.sync.flow import Flow


class Talk(Protocol):
    """Where it is told what happens; `facts` hold nothing personal."""

    def info(self, event: str, **facts: object) -> object:
        """Tell of something usual."""
        ...

    def warning(self, event: str, **facts: object) -> object:
        """Tell of something that people should know."""
        ...


class Quiet:
    """Nobody listens."""

    def info(self, event: str, **facts: object) -> None:
        """Tell nobody."""

    def warning(self, event: str, **facts: object) -> None:
        """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient delivery is, and how much it takes at once."""

    lease: timedelta = LEASE
    first_wait: timedelta = timedelta(seconds=5)
    longest_wait: timedelta = timedelta(minutes=15)
    doubt_wait: timedelta = timedelta(seconds=60)
    """Longer than anything on the way holds a request back whose answer was lost."""
    reread_wait: timedelta = timedelta(minutes=3)
    """Longer than Mirakl shows an order as it was before."""
    late_wait: timedelta = timedelta(hours=1)
    """After so long a request whose answer was lost has landed, or never does."""
    attempts_before_telling: int = 20
    """Attempts after which people are told of an order; some hours, when Dotdigital is down."""
    fresh: timedelta = timedelta(seconds=30)
    """How old a contact's status may be when something is decided on it."""
    mirror_age: timedelta = timedelta(minutes=1)
    people_in_batch: int = 1000
    """Whose order comes meanwhile waits for the batch's end; more people make fewer calls."""
    events_as_batch: int = 200
    """More waiting events than this are delivered as a batch is."""
    report_wait: timedelta = timedelta(seconds=10)
    longest_report_wait: timedelta = timedelta(hours=6)
    trail: bool = False
    """Whether each reading of a person's status is kept; decisions and creations always are."""


@dataclass(slots=True)
class Worker:
    """One worker on one flow."""

    flow: Flow
    database: Database
    client: DotdigitalClient
    clock: Clock
    claimant: Claimant
    tombstone_key: bytes
    rules: Rules = field(default_factory=Rules)
    talk: Talk = field(default_factory=Quiet)
    chance: random.Random = field(default_factory=random.Random)
    owed: deque[Claim] = field(default_factory=deque)
    """Claims to be given back once the database is there again."""

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection; nothing goes over the wire before the block ends."""
        with self.database.transaction() as connection:
            yield connection

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.clock.now()

    def wait_for(self, attempts: int, *, at_least: float = 0.0) -> datetime:
        """Give when something that failed `attempts` times before is tried again."""
        longest = self.rules.longest_wait.total_seconds()
        base = min(self.rules.first_wait.total_seconds() * 2 ** min(attempts, 20), longest)
        seconds = max(at_least, base * (0.5 + self.chance.random() / 2))
        return self.now + timedelta(seconds=seconds)

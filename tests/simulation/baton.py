"""Threads of which exactly one runs: at every point it hands a baton over, and a seed decides whom.

Time is virtual: when everybody sleeps, it jumps to whoever wakes first.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.sandbox.clock import SandboxClock


class Killed(BaseException):
    """This thread dies here, as a process does: nothing of it goes on."""


class Stopped(BaseException):
    """The run is over."""


def closed() -> threading.Lock:
    """Give a gate that lets nobody through until it is released, once; a semaphore takes longer."""
    gate = threading.Lock()
    gate.acquire()
    return gate


@dataclass(slots=True)
class Actor:
    """One thread; it may run once the clock reaches `wake`."""

    name: str
    wake: datetime
    gate: threading.Lock = field(default_factory=closed)
    over: bool = False


@dataclass(slots=True)
class Baton:
    """Who runs; `between` is called at every point by whoever holds the baton.

    `stay` is the chance that the holder keeps it, though others could run.
    """

    chance: random.Random
    clock: SandboxClock
    stay: float
    between: Callable[[Actor, str], None] = lambda _actor, _where: None
    actors: list[Actor] = field(default_factory=list)
    points: int = 0
    most_points: int = 200_000
    error: BaseException | None = None
    _threads: list[threading.Thread] = field(default_factory=list)
    _holder: Actor | None = None
    _done: threading.Lock = field(default_factory=closed)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def add(self, name: str, live: Callable[[], None], *, after: float = 0.0) -> None:
        """Let a thread begin to live after some seconds."""
        actor = Actor(name, self.now + timedelta(seconds=after))
        self.actors.append(actor)
        thread = threading.Thread(target=self._live, args=(actor, live), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def run(self) -> None:
        """Let everybody run until all are over; raises what one of them raised."""
        self._give(self._choose(None))
        self._done.acquire()
        for thread in self._threads:
            thread.join()
        if self.error is not None:
            raise self.error

    def point(self, where: str) -> None:
        """Let something else happen, or somebody else run; may raise Killed."""
        actor = self._held()
        self._count()
        self.between(actor, where)
        self._hand_over(actor)

    def sleep(self, seconds: float) -> None:
        """Sleep in virtual time."""
        actor = self._held()
        self._count()
        actor.wake = self.now + timedelta(seconds=seconds)
        self.between(actor, "sleep")
        self._hand_over(actor)

    def fail(self, error: BaseException) -> None:
        """Stop everybody for a reason."""
        self.error = self.error or error

    def _count(self) -> None:
        self.points += 1
        if self.points > self.most_points:
            self.fail(AssertionError("I14: it does not come to rest, it is busy for ever"))
        if self.error is not None:
            raise Stopped

    def _held(self) -> Actor:
        assert self._holder is not None
        return self._holder

    def _live(self, actor: Actor, live: Callable[[], None]) -> None:
        actor.gate.acquire()
        try:
            if self.error is None:
                live()
        except (Killed, Stopped):
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised again by run
            self.fail(error)
        actor.over = True
        following = self._choose(None)
        if following is None:
            self._done.release()
        else:
            self._give(following)

    def _hand_over(self, actor: Actor) -> None:
        following = self._choose(actor)
        assert following is not None
        if following is not actor:
            self._give(following)
            actor.gate.acquire()
        if self.error is not None:
            raise Stopped

    def _give(self, actor: Actor | None) -> None:
        assert actor is not None
        self._holder = actor
        actor.gate.release()

    def _choose(self, holder: Actor | None) -> Actor | None:
        living = [one for one in self.actors if not one.over]
        if not living:
            return None
        if self.error is not None:
            return holder or living[0]
        now = self.now
        ready = [one for one in living if one.wake <= now]
        if not ready:
            first = min(one.wake for one in living)
            self.clock.advance(first - now)
            ready = [one for one in living if one.wake <= first]
        alone = len(ready) == 1
        if holder in ready and (alone or self.chance.random() < self.stay):
            return holder
        return self.chance.choice(ready)


@dataclass(frozen=True, slots=True)
class VirtualClock:
    """The clock that workers are given; `ahead` is by how many seconds it is wrong."""

    baton: Baton
    ahead: float = 0.0

    def now(self) -> datetime:
        return self.baton.now + timedelta(seconds=self.ahead)

    def sleep(self, seconds: float) -> None:
        self.baton.sleep(max(seconds, 0.0))

"""Releasing: claims given back, also those that were left while the database was away."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from engine.state.claims import Claim, release_claim
from engine.state.database import DatabaseUnavailable
from engine.sync.worker import Worker

_AT_ONCE = 100
"""Claims given back in one transaction."""


def give_back(worker: Worker, claims: Iterable[Claim]) -> None:
    """Give claims back as they were: what stopped the worker is no fault of theirs."""
    with worker.transaction() as connection:
        for claim in claims:
            release_claim(connection, claim)


def give_back_owed(worker: Worker) -> None:
    """Give back the claims that were left while the database was away; raises DatabaseUnavailable.

    Nobody is at them any more. What was on its way then is given its time before they are tried
    again.
    """
    while owed := sorted(_draw(worker.owed), key=lambda one: one.subject):
        until = worker.now + worker.rules.doubt_wait
        try:
            with worker.transaction() as connection:
                for claim in owed:
                    release_claim(connection, claim, not_before=until)
        except DatabaseUnavailable:
            worker.owed.extend(owed)
            raise


def _draw(owed: deque[Claim]) -> Iterator[Claim]:
    for _ in range(_AT_ONCE):
        try:
            yield owed.popleft()
        except IndexError:
            # Another thread of this process may draw as well.
            return

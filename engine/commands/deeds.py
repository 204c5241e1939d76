"""Deeds: whatever people change or reveal is put on record before it is done, and then its end."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from engine.clock import Clock
from engine.problem import Failure
from engine.state.audit import Deed, Ended, end_deed, note_deed
from engine.state.database import Database
from engine.sync.worker import Worker


@dataclass(frozen=True, slots=True)
class Recorder:
    """Keeps the audit; without a key a deed is not tied to the person it was done to."""

    database: Database
    clock: Clock
    key: bytes

    @contextmanager
    def record(self, *deeds: Deed) -> Iterator[None]:
        """Put on record who does what before it is done, and then how it ended.

        Where the process ends in between, the rows say that nobody knows.
        """
        with self.database.transaction() as connection:
            numbers = [
                note_deed(connection, self.key, self._tie(one), self.clock.now()) for one in deeds
            ]
        try:
            yield
        except Failure:
            self._end(numbers, "refused")
            raise
        self._end(numbers, "done")

    def _tie(self, deed: Deed) -> Deed:
        return deed if self.key else replace(deed, person="")

    def _end(self, numbers: Sequence[int], ended: Ended) -> None:
        with self.database.transaction() as connection:
            for number in numbers:
                end_deed(connection, number, ended)


def recorder_of(worker: Worker) -> Recorder:
    """Give the recorder of an open delivery."""
    return Recorder(worker.database, worker.clock, worker.tombstone_key)


def name_doer(user: str = "") -> str:
    """Give the name of somebody at a command line: as they name themselves, else as they are."""
    try:
        name = user or getpass.getuser()
    except (KeyError, OSError):
        name = "somebody"
    return f"{name} (command line)"

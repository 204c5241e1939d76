"""Watching: figures are judged, changes noted, and each change told once, by one process.

What is noted stands before anything is sent. A notice that a service did not take is tried again;
one whose sending was cut off by the end of a process is not, because it may have gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

from engine.alerts.judging import Reading, judge
from engine.alerts.kinds import KINDS, Name
from engine.alerts.notices import write_notices
from engine.alerts.routes import Answer, Mood, Routes
from engine.clock import Clock, read_time
from engine.log import Log
from engine.state.alerts import (
    AlertKey,
    AlertState,
    Ended,
    Notice,
    Taken,
    add_notices,
    close_lost,
    drop_untrue,
    end_notice,
    list_told,
    lock_alerts,
    put_alerts,
    put_off,
    take_notice,
)
from engine.state.database import Connection, Database

_ENDED: Mapping[str, Ended] = {"taken": "sent", "unknown": "unknown", "refused": "dropped"}
_NOT_SET = Answer("refused", "its route is no longer set")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a notice is tried that no service takes."""

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    given_up: timedelta = timedelta(hours=24)

    def wait(self, attempts: int) -> timedelta:
        """Give how long to wait after a number of attempts before."""
        return min(self.first * (1 << min(attempts, 20)), self.longest)


@dataclass(frozen=True, slots=True)
class Watch:
    """What watching one flow needs; `address` is where people find the page, '' where unknown."""

    database: Database
    flow: str
    clock: Clock
    routes: Routes
    address: str
    log: Log
    patience: Patience = field(default_factory=Patience)

    def note(self, readings: Sequence[Reading]) -> Counter[str]:
        """Judge figures and note what is to be told of them; give how many alerts changed."""
        now = self.clock.now()
        changed: list[tuple[Reading, AlertState]] = []
        with self.database.transaction() as connection:
            keys = [one.key for one in readings]
            states = lock_alerts(connection, self.flow, keys, now)
            put: list[tuple[AlertKey, AlertState]] = []
            for one in (*readings, *_find_gone(readings, states)):
                before = states[one.key]
                after = judge(before, one, now)
                put.append((one.key, after))
                self._note_change(connection, one, (before, after), now)
                if after.flips != before.flips:
                    changed.append((one, after))
            put_alerts(connection, put)
        for one, state in changed:
            if state.raised:
                self.log.warning("alert raised", kind=one.kind, flow=self.flow)
            else:
                self.log.info("alert over", kind=one.kind, flow=self.flow)
        raised = sum(state.raised for _, state in changed)
        return Counter(opened=raised, closed=len(changed) - raised)

    def send(self, may_go_on: Callable[[], bool] = lambda: True) -> Counter[str]:
        """Send what is due, while it may go on; give how many notices went and did not."""
        figures = Counter[str]()
        with self.database.transaction() as connection:
            lost = close_lost(connection, self.flow, self.clock.now())
        if lost:
            self.log.warning("notice cut off and not sent again", flow=self.flow, records=lost)
        while may_go_on() and (taken := self._take()) is not None:
            target = self.routes.find(taken.notice.target)
            notice = taken.notice
            mood: Mood = "raised" if notice.raised else "over"
            answer = target.service.post(notice.title, notice.body, mood) if target else _NOT_SET
            figures[self._end(taken, answer)] += 1
        return figures

    def _note_change(
        self,
        connection: Connection,
        reading: Reading,
        states: tuple[AlertState, AlertState],
        now: datetime,
    ) -> None:
        before, after = states
        if after.flips != before.flips:
            drop_untrue(connection, reading.key, after.flips, now)
        elif not after.raised:
            return
        # Of what is raised already, whoever got a route since then is told too.
        notice = write_notices(reading.key, reading.kind, states, self.address)
        targets = [one.name for one in self.routes.of(after.owner)]
        if not after.raised:
            targets = list_told(connection, reading.key, before.flips)
        add_notices(connection, _address(notice, targets), now)

    def _take(self) -> Taken | None:
        with self.database.transaction() as connection:
            return take_notice(connection, self.flow, self.clock.now())

    def _end(self, taken: Taken, answer: Answer) -> str:
        """Note what became of a notice, and tell the log; give it as a figure."""
        notice, now = taken.notice, self.clock.now()
        log = self.log.bind(flow=self.flow, kind=notice.key.kind, attempts=taken.attempts + 1)
        old = now - read_time(taken.made_at) >= self.patience.given_up
        with self.database.transaction() as connection:
            if answer.outcome == "refused" and not old:
                put_off(connection, notice, answer.said, now + self.patience.wait(taken.attempts))
            else:
                end_notice(connection, notice, _ENDED[answer.outcome], answer.said, now)
        if answer.outcome == "taken":
            log.info("notice sent")
            return "sent"
        if answer.outcome == "unknown":
            log.warning("notice without an answer and not sent again")
        elif old:
            log.warning("notice given up")
        else:
            log.warning("notice not taken and tried again")
        return "failed"


def _find_gone(
    readings: Sequence[Reading], states: Mapping[AlertKey, AlertState]
) -> Iterator[Reading]:
    """Give a figure that is well for each alert that is raised though nothing is watched there."""
    watched = {one.key for one in readings}
    for key, state in states.items():
        if state.raised and key not in watched and key.kind in KINDS:
            kind = cast("Name", key.kind)
            yield Reading(key.flow, kind, 0.0, 1.0, "it is no longer watched", key.part)


def _address(notice: Notice, targets: Sequence[str]) -> Iterator[Notice]:
    return (replace(notice, target=name) for name in targets)

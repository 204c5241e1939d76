"""One cycle, in order: land what changed, deliver events, deliver batches, until nothing is due.

Events go first and again between batches; a batch reads the consent mirror before it decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from engine.state.claims import Claim, next_due
from engine.state.orders import Lane, count_waiting
from engine.sync.batching import BatchRun
from engine.sync.forgetting import deliver_deletions
from engine.sync.knowledge import NotNow
from engine.sync.latecomers import overwrite_latecomers
from engine.sync.leftovers import read_leftovers
from engine.sync.mirror import is_fresh, refresh_mirror, was_read
from engine.sync.releasing import give_back_owed
from engine.sync.settling import settle_subject
from engine.sync.worker import Worker

Tell = Callable[[int], None]


def settle_all(worker: Worker, tell: Tell = lambda _: None) -> Counter[str]:
    """Settle whatever is due now; give how many subjects in which lane.

    `tell` is told now and then how many it has been so far.
    """
    figures = Counter[str]()
    deliver_deletions(worker)
    overwrite_latecomers(worker)
    while True:
        events = settle_events(worker, tell=count_on(tell, figures.total()))
        batches = settle_batch(worker, "batch")
        figures += Counter(events=events, batches=batches)
        tell(figures.total())
        if not events and not batches:
            return figures


def count_on(tell: Tell, before: int) -> Tell:
    """Give what tells a number on top of what was there before."""
    return lambda number: tell(before + number)


def wait_until_due(worker: Worker, longest: timedelta) -> bool:
    """Wait until something that failed before is due again; False when nothing waits."""
    with worker.transaction() as connection:
        due = next_due(connection, worker.flow.name, worker.now)
    if due is None:
        return False
    until = (due - worker.now).total_seconds()
    if until <= 0:
        # It is due and was not taken: Dotdigital could not be asked, or another worker was faster.
        until = worker.rules.first_wait.total_seconds()
    worker.clock.sleep(min(until, longest.total_seconds()))
    return True


def settle_events(
    worker: Worker, may_go_on: Callable[[], bool] = lambda: True, tell: Tell = lambda _: None
) -> int:
    """Settle the events that are due, while they may go on; give how many subjects."""
    with worker.transaction() as connection:
        waiting = count_waiting(connection, worker.flow.name).get("event", 0)
    if waiting > worker.rules.events_as_batch:
        return settle_batch(worker, "event")
    if not waiting or not _has_mirror(worker):
        return 0
    settled = 0
    while may_go_on() and (claims := _claim(worker, "event", 1)):
        settle_subject(worker, claims[0])
        settled += 1
        tell(settled)
    return settled


def _has_mirror(worker: Worker) -> bool:
    """See that contacts were read once: some may carry the keys of people whom we never met."""
    try:
        if not was_read(worker):
            refresh_mirror(worker)
    except NotNow as wait:
        worker.talk.warning("consent mirror not read", cause=wait.cause)
        return False
    return True


def settle_batch(worker: Worker, lane: Lane) -> int:
    """Settle one batch of what is due in a lane; give how many subjects."""
    with worker.transaction() as connection:
        if not count_waiting(connection, worker.flow.name).get(lane):
            return 0
    read_leftovers(worker)
    try:
        if not is_fresh(worker):
            refresh_mirror(worker)
    except NotNow as wait:
        worker.talk.warning("consent mirror not read", cause=wait.cause)
        return 0
    claims = _claim(worker, lane, worker.rules.people_in_batch)
    if claims:
        BatchRun(worker, claims).run()
    return len(claims)


def _claim(worker: Worker, lane: Lane, limit: int) -> list[Claim]:
    give_back_owed(worker)
    with worker.transaction() as connection:
        return worker.claimant.claim(connection, lane, worker.now, limit)

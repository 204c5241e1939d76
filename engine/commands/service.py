"""`miradot sync` as a service: its jobs and the doorbell, until a signal says stop."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from engine.clock import SystemClock
from engine.commands.alerts import Watcher, watch_delivery
from engine.commands.delivery import SYNCING, Delivery, choose_flow, open_delivery, refuse_examples
from engine.commands.landing import find_shop, open_landing
from engine.commands.surveys import make_surveys
from engine.connections.answers import StopError
from engine.connections.mirakl import SourceDenied, SourceError
from engine.doorbell.app import Doorbell, make_app
from engine.doorbell.senders import Senders
from engine.doorbell.server import make_server
from engine.jobs.ledger import look_at
from engine.jobs.port import Bodies, Body, Figures, Turn, Waiting
from engine.jobs.service import AdapterName, Setup, serve
from engine.jobs.stopping import StoppableClock, Stopping
from engine.log import get_log
from engine.problem import Failure
from engine.settings import read_settings
from engine.state.database import Database
from engine.state.retention import Retention
from engine.state.runs import Ending, end_run, start_run
from engine.state.shops import Feed
from engine.sync.account import prepare_account
from engine.sync.cycle import settle_batch, settle_events
from engine.sync.forgetting import deliver_deletions
from engine.sync.knowledge import NotNow
from engine.sync.landing import Landing
from engine.sync.latecomers import overwrite_latecomers
from engine.sync.mirror import is_fresh, refresh_mirror
from engine.sync.releasing import give_back_owed
from engine.sync.retention import keep_house
from engine.sync.sweeping import sweep

_SWEPT_DAYS = 7
# A sender waits for its answer; better 503 in time than 202 too late.
_BELL_BUSY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """How the service runs; `doorbell` is host and port, None where nobody may ring."""

    mapping: Path | None
    brand: Path | None
    adapter: AdapterName
    doorbell: tuple[str, int] | None


def run_service(request: ServiceRequest) -> None:
    """Keep both sides in step until a signal says stop; raises Failure."""
    settings = read_settings()
    flow = choose_flow(settings, request.mapping, request.brand, *SYNCING)
    refuse_examples(flow)
    stopping = Stopping()
    # Every wait lies before a request leaves, or after its answer is on record.
    clock = StoppableClock(SystemClock(), stopping)
    with open_delivery(settings, flow, clock=clock) as delivery:
        watcher = watch_delivery(delivery)
        with _telling_of_failure(delivery, watcher):
            feed = _find_feed(delivery)
            # Jobs of one shop are no other one's: each process reads its own.
            jobs = f"{feed.flow}@{feed.shop}"
            every, log = delivery.profile.poll_every, get_log("service")
            setup = Setup(settings.database, jobs, every, request.adapter, log=log)
            with _hearing(delivery, feed, request.doorbell):
                try:
                    prepare_account(delivery.worker)
                except StopError as error:
                    raise Failure(str(error)) from None
                serve(make_bodies(delivery, watcher, feed), setup, stopping)


def _find_feed(delivery: Delivery) -> Feed:
    try:
        return Feed(delivery.worker.flow.name, find_shop(delivery))
    except SourceError as error:
        raise Failure(f"Mirakl could not be read: {error}") from None


def make_bodies(delivery: Delivery, watcher: Watcher, feed: Feed) -> Bodies:
    """Give what each job does."""
    worker, patient = delivery.worker, delivery.patient
    policy = Retention(**delivery.settings.retention)

    def events(turn: Turn) -> Figures:
        return {"people": settle_events(worker, turn.may_go_on)}

    def batches(_turn: Turn) -> Figures:
        deleted = deliver_deletions(patient)
        return {"people": settle_batch(patient, "batch"), "calls": int(bool(deleted))}

    def mirror(_turn: Turn) -> Figures:
        deliver_deletions(patient)
        overwrite_latecomers(patient)
        return {"read": 0 if is_fresh(patient) else refresh_mirror(patient)}

    def look() -> Waiting:
        # The database is there: what was left while it was not is free again.
        give_back_owed(worker)
        return look_at(worker.database, feed, worker.now)

    return Bodies(
        poll=_landing(delivery, Landing.read_changes),
        ring=_landing(delivery, Landing.read_rung),
        reconcile=_landing(delivery, lambda landing: sweep(landing, _SWEPT_DAYS)),
        events=events,
        batches=batches,
        mirror=_waiting(mirror),
        retention=lambda _turn: keep_house(patient, policy),
        surveys=make_surveys(delivery),
        alerts=lambda turn: watcher.watch_once(turn.may_go_on),
        look=look,
    )


@contextmanager
def _telling_of_failure(delivery: Delivery, watcher: Watcher) -> Iterator[None]:
    """Put on record that the service could not go on, and tell people, while there is anybody."""
    try:
        yield
    except Failure as failure:
        worker = delivery.worker
        # Where the database is what failed, nothing can be put on record, nor be told.
        with suppress(Failure), worker.transaction() as connection:
            run = start_run(connection, worker.flow.name, "sync", worker.now)
            end_run(connection, run, Ending("failed", {}, str(failure)), worker.now)
        with suppress(Failure):
            watcher.watch_once()
        raise


def _landing(delivery: Delivery, read: Callable[[Landing], Counter[str]]) -> Body:
    """Give the body of a job that reads Mirakl, each time as a run of its own."""
    worker = delivery.worker

    def body(_turn: Turn) -> Figures:
        with worker.transaction() as connection:
            run = start_run(connection, worker.flow.name, "sync", worker.now)
        ending = Ending("stopped")
        try:
            ending = Ending("done", read(open_landing(delivery, run, get_log(run))))
        except SourceError as error:
            ending = Ending("failed", {}, f"Mirakl could not be read: {error}")
            if isinstance(error, SourceDenied):
                raise StopError(ending.note) from None
            raise Failure(ending.note) from None
        finally:
            with worker.transaction() as connection:
                end_run(connection, run, ending, worker.now)
        return dict(ending.figures)

    return body


def _waiting(body: Body) -> Body:
    """Turn a wait into a failure that is tried again later."""

    def call(turn: Turn) -> Figures:
        try:
            return body(turn)
        except NotNow as wait:
            raise Failure(str(wait)) from None

    return call


@contextmanager
def _hearing(delivery: Delivery, feed: Feed, place: tuple[str, int] | None) -> Iterator[None]:
    """Hear the doorbell, where it is wanted, in a thread of its own."""
    if place is None:
        yield
        return
    settings, worker = delivery.settings, delivery.worker
    secrets = settings.require_doorbell()
    senders = Senders(
        [one.get_secret_value() for one in secrets.signing],
        secrets.bearer.get_secret_value() if secrets.bearer is not None else None,
    )
    database = Database(settings.database, _BELL_BUSY_SECONDS)
    bell = Doorbell(database, feed, senders, worker.clock, get_log("doorbell"))
    server = make_server(make_app(bell), *place)
    thread = threading.Thread(target=server.run, name="doorbell", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timedelta(seconds=15).total_seconds())
        database.close()

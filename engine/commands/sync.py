"""`miradot sync`: land what changed in Mirakl, deliver it, and say how it ended."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from engine.clock import write_time
from engine.commands.alerts import watch_delivery
from engine.commands.delivery import SYNCING, Delivery, choose_flow, open_delivery, refuse_examples
from engine.commands.landing import open_landing
from engine.connections.answers import StopError
from engine.connections.mirakl import SourceDenied, SourceError
from engine.log import get_log
from engine.problem import Failure
from engine.report.sync import SYNC_SCHEMA, CauseDocument, SyncDocument
from engine.settings import read_settings
from engine.state.exceptions import count_open
from engine.state.orders import count_outcomes, count_waiting
from engine.state.outbox import count_calls
from engine.state.runs import Ending, end_run, start_run
from engine.sync.account import prepare_account
from engine.sync.cycle import Tell, count_on, settle_all, wait_until_due

_LONGEST_IDLE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """One call of `miradot sync`; mapping and brand are those of the settings where not given."""

    mapping: Path | None
    brand: Path | None
    until_idle: bool


def sync(request: SyncRequest, tell: Tell) -> SyncDocument:
    """Land and deliver once, or until nothing waits; give how it ended.

    `tell` is told how many people have been dealt with.
    """
    settings = read_settings()
    flow = choose_flow(settings, request.mapping, request.brand, *SYNCING)
    refuse_examples(flow)
    with open_delivery(settings, flow) as delivery, _watching(delivery):
        return _run(delivery, tell, until_idle=request.until_idle)


@contextmanager
def _watching(delivery: Delivery) -> Iterator[None]:
    """Tell people at the end what changed, also where it failed; Failure for a route that is none.

    Whoever interrupts it does not wait for that.
    """
    watcher = watch_delivery(delivery)
    try:
        yield
    except Failure:
        with suppress(Failure):
            watcher.watch_once()
        raise
    try:
        watcher.watch_once()
    except Failure:
        # What was delivered stays so; the next cycle tells what is to be told.
        get_log("alerts").warning("alerts not judged", flow=delivery.worker.flow.name)


def _run(delivery: Delivery, tell: Tell, *, until_idle: bool) -> SyncDocument:
    worker = delivery.worker
    started = worker.now
    with worker.transaction() as connection:
        run = start_run(connection, worker.flow.name, "sync", started)
    worker.talk = get_log(run)
    figures, note = Counter[str](), ""
    try:
        made = prepare_account(worker)
        figures["made"] = len(made)
        note = _read_mirakl(delivery, run, figures)
        settled = settle_all(worker, tell)
        while until_idle and wait_until_due(worker, _LONGEST_IDLE):
            settled += settle_all(worker, count_on(tell, settled.total()))
        figures += settled
    except (StopError, SourceDenied, Failure) as error:
        _end(delivery, run, Ending("failed", figures, str(error)))
        raise Failure(str(error)) from None
    _end(delivery, run, Ending("failed" if note else "done", figures, note))
    return tell_run(delivery, run, write_time(started), figures, note)


def _read_mirakl(delivery: Delivery, run: str, figures: Counter[str]) -> str:
    """Land what was named and, if Mirakl may be asked, what changed; give why not, if so."""
    try:
        landing = open_landing(delivery, run)
        figures += landing.read_rung()
        seconds = landing.seconds_left()
        figures["early"] = math.ceil(seconds)
        if not seconds:
            figures += landing.read_changes()
    except SourceDenied:
        raise
    except SourceError as error:
        return f"Mirakl could not be read: {error}"
    return ""


def _end(delivery: Delivery, run: str, ending: Ending) -> None:
    with delivery.worker.transaction() as connection:
        end_run(connection, run, ending, delivery.worker.now)


def tell_run(
    delivery: Delivery, run: str, since: str, figures: Mapping[str, int], note: str
) -> SyncDocument:
    """Give what a run did: what came, how it ended, what it cost, what waits for people."""
    worker = delivery.worker
    with worker.transaction() as connection:
        outcomes = count_outcomes(connection, worker.flow.name, since)
        waiting = count_waiting(connection, worker.flow.name)
        calls = count_calls(connection, worker.flow.name, since)
        open_now = count_open(connection, worker.flow.name)
    checked = worker.flow.mapping.checked
    causes: list[CauseDocument] = [
        {"code": code, "owner": owner, "orders": orders} for code, owner, orders in open_now
    ]
    document: SyncDocument = {
        "schema": SYNC_SCHEMA,
        "mapping": checked.spec.mapping,
        "version": checked.spec.version,
        "spec_sha256": checked.sha256,
        "run": run,
        "seen": figures.get("seen", 0),
        "landed": figures.get("landed", 0),
        "early": figures.get("early", 0),
        "erased": figures.get("erased", 0),
        "outcomes": {name: outcomes.get(name, 0) for name in _OUTCOMES},
        "waiting": sum(waiting.values()),
        "calls": calls,
        "exceptions": causes,
        "note": note,
    }
    return document


_OUTCOMES = ("sent", "unchanged", "held", "rejected")

"""`miradot backfill`: what history would cost, and with `--send` the history itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from engine.commands.delivery import SYNCING, Delivery, choose_flow, open_delivery, refuse_examples
from engine.commands.landing import open_landing
from engine.connections.answers import StopError
from engine.connections.mirakl import LONGEST_EXPORT, SourceError
from engine.log import get_log
from engine.problem import Failure
from engine.report.backfill import (
    BACKFILL_SCHEMA,
    BackfillDocument,
    ForecastDocument,
    ResultDocument,
    show_tiers,
)
from engine.settings import read_settings
from engine.state.exceptions import count_open
from engine.state.orders import count_of_run
from engine.state.outbox import count_calls_of_run
from engine.state.runs import Ending, end_run, start_run
from engine.sync.account import prepare_account, recognise_account
from engine.sync.backfilling import Backfill, Range, Tell, read_stand
from engine.sync.exporting import Exporter, cut_windows
from engine.sync.forecasting import Forecast, show_calls
from engine.sync.knowledge import NotNow
from engine.sync.landing import Landing
from engine.sync.mirror import is_fresh, refresh_mirror

_OUTCOMES = ("sent", "unchanged", "held", "rejected")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """One call of `miradot backfill`: orders created on the days from `start` to `end`, both in.

    Mapping and brand are those of the settings where not given.
    """

    mapping: Path | None
    brand: Path | None
    start: date
    end: date
    window_days: int
    send: bool


def backfill(request: BackfillRequest, tell: Tell) -> BackfillDocument:
    """Forecast the history of some days, or deliver it; `tell` is told how far it is."""
    history = _range(request)
    settings = read_settings()
    flow = choose_flow(settings, request.mapping, request.brand, *SYNCING)
    if request.send:
        refuse_examples(flow)
    with open_delivery(settings, flow, urgent=False) as delivery:
        try:
            if request.send:
                return _send(delivery, history, tell)
            return _forecast(delivery, history, tell)
        except StopError as error:
            raise Failure(str(error)) from None


def _range(request: BackfillRequest) -> Range:
    if request.end < request.start:
        raise Failure(f"--to {request.end} is before --from {request.start}")
    window = timedelta(days=request.window_days)
    if not _DAY <= window <= LONGEST_EXPORT:
        raise Failure(f"--window takes 1 to {LONGEST_EXPORT.days} days")
    start = datetime.combine(request.start, time(), UTC)
    return Range(start, datetime.combine(request.end, time(), UTC) + _DAY, window)


def _forecast(delivery: Delivery, history: Range, tell: Tell) -> BackfillDocument:
    landing = _landing(delivery, "")
    forecast, exporter = Forecast(landing), Exporter(delivery.worker, landing.source)
    note = ""
    recognise_account(delivery.worker)
    try:
        if not is_fresh(delivery.worker):
            refresh_mirror(delivery.worker)
        windows = cut_windows(history.start, history.end, history.window)
        for number, window in enumerate(windows):
            tell("reading", number, len(windows))
            for part in exporter.parts(window):
                forecast.take(part)
        tell("reading", len(windows), len(windows))
    except (SourceError, NotNow) as error:
        note = f"the forecast broke off: {error}"
    access = delivery.settings.require_dotdigital()
    document = _head(delivery, history, exporter, note)
    document["orders"] = forecast.seen
    document["forecast"] = _show_forecast(
        forecast, {str(name): calls for name, calls in access.tiers.items()}
    )
    return document


def _show_forecast(forecast: Forecast, tiers: dict[str, int]) -> ForecastDocument:
    calls = show_tiers(show_calls(forecast, tiers))
    return {
        "here": forecast.here,
        "erased": forecast.erased,
        "planned": forecast.outcomes["planned"],
        "unchanged": forecast.outcomes["unchanged"],
        "held": forecast.outcomes["held"],
        "exceptions": [
            {"code": code, "owner": owner, "orders": orders}
            for (code, owner), orders in forecast.causes.most_common()
        ],
        "people": forecast.people,
        "known": forecast.known,
        "new_by_import": forecast.relayed,
        "new_one_by_one": forecast.alone,
        "imports": dict(forecast.imports),
        "calls": calls,
        "minutes": round(sum(one["minutes"] or 0.0 for one in calls), 1),
    }


def _send(delivery: Delivery, history: Range, tell: Tell) -> BackfillDocument:
    worker = delivery.worker
    stand = read_stand(_landing(delivery, ""), history)
    run = stand.progress.run
    if not stand.resumed or not run:
        with worker.transaction() as connection:
            run = start_run(connection, worker.flow.name, "backfill", worker.now)
    worker.talk = get_log(run)
    filling = Backfill(_landing(delivery, run), history, stand.progress, tell)
    note, state = "", "done"
    if stand.resumed:
        worker.talk.info("backfill goes on", orders=stand.progress.seen)
    try:
        prepare_account(worker)
        filling.run()
    except SourceError as error:
        note, state = f"Mirakl could not be read: {error}; call it again to go on", "stopped"
    document = _head(delivery, history, filling.exporter, note)
    document |= {"sent": True, "run": run, "resumed": stand.resumed}
    document["orders"] = filling.progress.seen
    document["result"] = _show_result(delivery, filling, run)
    if state == "done":
        figures = {"seen": filling.progress.seen, "landed": filling.progress.landed}
        with worker.transaction() as connection:
            end_run(connection, run, Ending("done", figures, note), worker.now)
    return document


def _show_result(delivery: Delivery, filling: Backfill, run: str) -> ResultDocument:
    worker, progress = delivery.worker, filling.progress
    with worker.transaction() as connection:
        ended = count_of_run(connection, worker.flow.name, run)
        calls = count_calls_of_run(connection, worker.flow.name, run)
        open_now = count_open(connection, worker.flow.name)
    return {
        "landed": progress.landed,
        "erased": progress.erased,
        "outcomes": {name: ended.get(name, 0) for name in _OUTCOMES},
        "waiting": ended.get(None, 0),
        "calls": calls,
        "exceptions": [
            {"code": code, "owner": owner, "orders": orders} for code, owner, orders in open_now
        ],
    }


def _head(delivery: Delivery, history: Range, exporter: Exporter, note: str) -> BackfillDocument:
    checked = delivery.worker.flow.mapping.checked
    return {
        "schema": BACKFILL_SCHEMA,
        "mapping": checked.spec.mapping,
        "version": checked.spec.version,
        "spec_sha256": checked.sha256,
        "first_day": f"{history.start:%Y-%m-%d}",
        "last_day": f"{history.end - _DAY:%Y-%m-%d}",
        "windows": len(cut_windows(history.start, history.end, history.window)),
        "sent": False,
        "run": "",
        "resumed": False,
        "orders": 0,
        "exports": exporter.exports,
        "requests": exporter.requests,
        "forecast": None,
        "result": None,
        "note": note,
    }


def _landing(delivery: Delivery, run: str) -> Landing:
    try:
        return open_landing(delivery, run)
    except SourceError as error:
        raise Failure(f"Mirakl could not be read: {error}") from None

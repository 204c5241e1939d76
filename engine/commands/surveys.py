"""Surveys that the service makes by itself: usability, drift, reconciliation, audit of consent.

Each reads whole listings, so it is made once in its time, by whichever process is there first; its
time is told by the latest one on record, which may be a command's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from engine.clock import read_time
from engine.commands.consent_audit import audit
from engine.commands.delivery import Delivery
from engine.commands.drift import look_for_drift
from engine.commands.measurements import (
    store_of,
    sum_up_consent,
    sum_up_drift,
    sum_up_reconciliation,
    sum_up_usability,
)
from engine.commands.reconcile import reconcile_month
from engine.commands.usability import measure_usability
from engine.connections.dotdigital_reads import NotReadError
from engine.connections.mirakl import MiraklSource, SourceError
from engine.jobs.port import Body, Figures, Turn
from engine.problem import Failure
from engine.state.measurements import Kind, read_latest
from engine.sync.exporting import Exporter
from engine.sync.months import Month, read_month, zone_of
from engine.sync.reckoning import Reckoning, make_reckoning
from engine.sync.worker import Worker

# A little less than the time itself, since it is looked at by the hour; but never less where the
# vendor counts days.
_DAY = timedelta(hours=23)
_WHOLE_DAY = timedelta(days=1)
_WEEK = timedelta(days=7) - timedelta(hours=1)
_USED = timedelta(days=30)
_DRIFT_DAYS, _DRIFT_SAMPLE = 7, 20


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey, made again when the latest of its kind and part is so old."""

    kind: Kind
    every: timedelta
    make: Callable[[], object]
    part: str = ""


def make_surveys(delivery: Delivery) -> Body:
    """Give the body that makes each survey whose time has come.

    One that fails keeps no other from being made; the first failure is raised at the end.
    """
    worker = delivery.patient

    def body(turn: Turn) -> Figures:
        made, failures = 0, list[Failure]()
        for survey in list_surveys(worker, delivery.source):
            if not turn.may_go_on() or _is_fresh(worker, survey):
                continue
            try:
                _make(survey)
                made += 1
            except Failure as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        return {"surveys": made}

    return body


def list_surveys(worker: Worker, source: MiraklSource | None) -> Iterator[Survey]:
    """Give all surveys of a flow; months need Mirakl and a mapping that counts money."""
    store, flow = store_of(worker), worker.flow

    def usability() -> None:
        # What the mapping declares to be its floors counts; nobody gives others here.
        document = measure_usability(worker.database, flow, {}, worker.now - _USED, worker.now)
        store.keep(sum_up_usability, document)

    yield Survey("usability", _DAY, usability)
    yield Survey(
        "drift",
        _DAY,
        lambda: store.keep(sum_up_drift, look_for_drift(worker, _DRIFT_DAYS, _DRIFT_SAMPLE)),
    )
    reckoning = _find_reckoning(worker)
    if source is not None and reckoning is not None:
        for month in _months_of(worker):
            yield _survey_month(worker, source, reckoning, month)
    yield Survey("consent", _WEEK, lambda: store.keep(sum_up_consent, audit(worker)))


def _survey_month(
    worker: Worker, source: MiraklSource, reckoning: Reckoning, month: Month
) -> Survey:
    def make() -> None:
        # Mirakl gives billing cycles once a day: those of a month that goes on are left to people.
        exporter, is_over = Exporter(worker, source), month.end <= worker.now
        document = reconcile_month(worker, exporter, reckoning, month, with_cycles=is_over)
        store_of(worker).keep(sum_up_reconciliation, document)

    return Survey("reconciliation", _WHOLE_DAY, make, month.name)


def _make(survey: Survey) -> None:
    """Make a survey; what cannot be read is a failure that is tried again in an hour."""
    try:
        survey.make()
    except SourceError as error:
        # Orders may be read where exports may not: the service goes on.
        raise Failure(f"Mirakl could not be read: {error}") from None
    except NotReadError as error:
        raise Failure(f"Dotdigital could not be read: {error}") from None


def _is_fresh(worker: Worker, survey: Survey) -> bool:
    with worker.transaction() as connection:
        latest = read_latest(connection, worker.flow.name, survey.kind, survey.part)
    return latest is not None and read_time(latest.measured.at) + survey.every > worker.now


def _find_reckoning(worker: Worker) -> Reckoning | None:
    try:
        return make_reckoning(worker.flow)
    except Failure:
        return None


def _months_of(worker: Worker) -> Iterator[Month]:
    """Give last month, whose orders may still change, and this one as far as it has come."""
    zone = zone_of(worker.flow)
    today = worker.now.astimezone(ZoneInfo(zone))
    before = today.replace(day=1) - timedelta(days=1)
    for one in (before, today):
        yield read_month(f"{one:%Y-%m}", zone)

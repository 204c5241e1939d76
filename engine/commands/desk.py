"""The desk behind the page: each question answered from the store, each act put on record first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Lock
from typing import TypeVar

from engine.clock import read_time, write_time
from engine.commands.causes import ServedCauses
from engine.commands.current_plan import tell_plan
from engine.commands.deeds import recorder_of
from engine.commands.delivery import (
    Delivery,
    list_allowances,
    refuse_examples,
)
from engine.commands.docs import write_handbook
from engine.commands.dossier import read_dossier
from engine.commands.exception import tell_exception
from engine.commands.exceptions import advice_of, as_row, group, require_flow
from engine.commands.health import Limits, judge_database
from engine.commands.replay import ReplayRequest, replay_orders
from engine.commands.resolve import ResolveRequest, UndoRequest, resolve_with, undo_with
from engine.commands.surveyed import Surveyed
from engine.connections.answers import StopError
from engine.handbook.blocks import Handbook
from engine.log import get_log
from engine.problem import Failure
from engine.report.exceptions import EXCEPTIONS_SCHEMA, ExceptionsDocument
from engine.report.replay import ReplayDocument
from engine.report.resolution import ResolutionDocument
from engine.report.status import FlowHealth
from engine.state.activity import count_by_hour, count_left, read_lag, read_last_success
from engine.state.audit import (
    AuditEntry,
    Deed,
    WantedDeeds,
    hash_person,
    list_deeds,
    list_doers,
)
from engine.state.database import DatabaseUnavailable
from engine.state.reviews import Entry, Wanted, list_exceptions, read_exception
from engine.state.runs import Run, list_runs
from engine.sync.deciding import is_identity_review
from engine.web.desk import (
    AuditPage,
    Decision,
    DeedFilter,
    DeedRow,
    ExceptionPage,
    Filter,
    FlowPage,
    HealthPage,
    NotThere,
    OpenState,
    PersonPage,
    ReviewRow,
    ReviewsPage,
    RunRow,
    RunsPage,
)
from engine.web.plans import PlanPage

_NEWEST_RUNS = 100
Given = TypeVar("Given")


class ServedDesk:
    """Answers for one mapping; whoever changes something takes turns with the others here."""

    def __init__(self, delivery: Delivery, mapping: Path) -> None:
        self._delivery = delivery
        self._worker = delivery.worker
        self._mapping = mapping
        self._turn = Lock()
        self._recorder = recorder_of(delivery.worker)

    @property
    def causes(self) -> ServedCauses:
        """What is done to all exceptions of a cause at once."""
        return ServedCauses(self._worker, self._turn)

    @property
    def surveys(self) -> Surveyed:
        """What was surveyed."""
        return Surveyed(self._worker)

    def tell_health(self) -> HealthPage:
        """Give how everything stands."""
        worker, now = self._worker, self._worker.now
        every = self._delivery.profile.poll_every
        health = judge_database(worker.database, now, Limits(every))
        flows = [self._tell_flow(one, every) for one in health["flows"]]
        allowed = list_allowances(self._delivery.settings, worker.flow)
        with worker.transaction() as connection:
            left = count_left(connection, [one for _, one in allowed], now.timestamp())
        return {
            "schema": "miradot/page-health.v1",
            "at": health["at"],
            "ok": health["ok"],
            "brand": worker.flow.brand,
            "flows": flows,
            "surveys": self.surveys.list_newest(),
            "shared": health["shared"],
            "left": [
                {
                    "side": side,
                    "account": one.account,
                    "tier": one.tier,
                    "calls": one.calls,
                    "of": one.of,
                    "share": round(one.calls * 100 / one.of, 1),
                    "paused_seconds": one.paused_seconds,
                }
                for (side, _), one in zip(allowed, left, strict=True)
            ],
        }

    def tell_runs(self) -> RunsPage:
        """Give the newest runs."""
        with self._worker.transaction() as connection:
            found = list_runs(connection, limit=_NEWEST_RUNS)
        return {
            "schema": "miradot/page-runs.v1",
            "at": write_time(self._worker.now),
            "runs": [_run(one) for one in found],
        }

    def list_exceptions(self, wanted: Filter) -> ExceptionsDocument:
        """Give exceptions by cause."""
        asked = Wanted(
            owner=wanted.owner,
            code=wanted.code,
            order=wanted.order,
            subject=wanted.person,
            state=wanted.state,
        )
        with self._worker.transaction() as connection:
            found = list_exceptions(connection, asked)
        return {
            "schema": EXCEPTIONS_SCHEMA,
            "at": write_time(self._worker.now),
            "state": wanted.state,
            "causes": group(found, advice_of(self._worker.flow), rows=wanted.rows),
        }

    def show_exception(self, number: int, revealed_to: str = "") -> ExceptionPage:
        """Give one exception, masked unless it is revealed to somebody."""
        entry = self._require(number)
        if not revealed_to:
            return self._show(entry, masked=True)
        get_log("none").warning("personal data shown", exceptions=number)
        with self._recorder.record(Deed(revealed_to, "revealed", number, entry.subject)):
            return self._show(entry, masked=False)

    def resolve(self, decision: Decision) -> ResolutionDocument:
        """Close an exception."""
        entry = self._require(decision.number)
        request = ResolveRequest(
            number=decision.number,
            note=decision.note,
            by=decision.by,
            contact=decision.contact,
            recreate=decision.recreate,
            happened=decision.happened,
            mapping=None,
            brand=None,
        )
        return self._act(
            Deed(decision.by, "resolved", decision.number, entry.subject),
            lambda: resolve_with(self._worker, request),
        )

    def undo(self, number: int, note: str, by: str) -> ResolutionDocument:
        """Take a decision back."""
        entry = self._require(number)
        request, deed = UndoRequest(number, note, by), Deed(by, "undone", number, entry.subject)
        return self._act(deed, lambda: undo_with(self._worker, request))

    def look_ahead(self, number: int) -> ReplayDocument:
        """Give what would be sent for the order of an exception now."""
        self._require(number)
        with self._turn:
            return self._replay(number, send=False)

    def send_again(self, number: int, by: str, most_seen: int | None) -> ReplayDocument:
        """Send the order of an exception once more."""
        entry = self._require(number)
        refuse_examples(self._worker.flow)
        deed = Deed(by, "replayed", number, entry.subject)
        return self._act(deed, lambda: self._replay(number, most_seen, send=True))

    def list_reviews(self, state: OpenState) -> ReviewsPage:
        """Give the questions about whose contact it is."""
        flow = self._worker.flow
        with self._worker.transaction() as connection:
            found = list_exceptions(connection, Wanted(state=state, flow=flow.name))
        reviews = [_review(one) for one in found if is_identity_review(flow, one.code)]
        return {
            "schema": "miradot/page-reviews.v1",
            "at": write_time(self._worker.now),
            "state": state,
            "reviews": reviews,
        }

    def tell_person(self, wanted: str, revealed_to: str = "") -> PersonPage:
        """Give what was done for a person, by hashed key or by an order."""
        page, address = read_dossier(self._worker, wanted)
        if not revealed_to:
            return page
        get_log("none").warning("personal data shown", people=1)
        with self._recorder.record(Deed(revealed_to, "revealed", person=page["person"])):
            page["masked"] = False
            if "contact" in page:
                page["contact"]["address"] = address
        return page

    def list_deeds(self, wanted: DeedFilter, most: int) -> AuditPage:
        """Give what people did, the newest first, and no more than asked for."""
        worker = self._worker
        asked = WantedDeeds(
            who=wanted.who,
            act=wanted.act,
            exception=wanted.exception,
            person=hash_person(worker.tombstone_key, wanted.person) if wanted.person else "",
            since=_begin(wanted.since),
            until=_begin(wanted.until, days=1),
            before=wanted.before,
            most=most + 1,
        )
        with worker.transaction() as connection:
            found = list_deeds(connection, asked)
            doers = list_doers(connection)
        page: AuditPage = {
            "schema": "miradot/page-audit.v1",
            "at": write_time(worker.now),
            "deeds": [_deed(one) for one in found[:most]],
            "doers": doers,
            "kept_days": self._delivery.settings.retention["audit"],
        }
        if len(found) > most:
            page["older"] = found[most - 1].id
        return page

    def tell_mapping(self) -> Handbook:
        """Give the handbook of the mapping in force."""
        written = write_handbook(self._mapping)
        if written.handbook is None:
            raise Failure(f"the mapping has errors: {written.problems[0].message}")
        return written.handbook

    def tell_plan(self) -> PlanPage:
        """Give the mapping in force, and what it would send of what waits."""
        return tell_plan(self._worker)

    def is_ready(self) -> bool:
        """Whether the database answers."""
        try:
            with self._worker.transaction() as connection:
                list_runs(connection, limit=1)
        except DatabaseUnavailable:
            return False
        return True

    def _tell_flow(self, health: FlowHealth, every: timedelta) -> FlowPage:
        name, now = health["mapping"], self._worker.now
        with self._worker.transaction() as connection:
            hours = count_by_hour(connection, name, now)
            lag = read_lag(connection, name, now)
            success = read_last_success(connection, name)
        page: FlowPage = {
            "health": health,
            "hours": [{"hour": hour, "ended": number} for hour, number in hours],
        }
        if lag is not None:
            page["lag"] = {"median": lag.median, "longest": lag.longest}
        if success is not None:
            page["last_success"] = success
        if "read_at" in health:
            page["next_run"] = write_time(read_time(health["read_at"]) + every)
        return page

    def _require(self, number: int) -> Entry:
        with self._worker.transaction() as connection:
            entry = read_exception(connection, number)
        if entry is None:
            raise NotThere(f"there is no exception {number}")
        require_flow(entry, self._worker.flow)
        return entry

    def _show(self, entry: Entry, *, masked: bool) -> ExceptionPage:
        shown = tell_exception(self._worker, entry.id, masked=masked)
        with self._worker.transaction() as connection:
            deeds = list_deeds(connection, WantedDeeds(exception=entry.id))
        identity = is_identity_review(self._worker.flow, entry.code)
        return {
            "schema": "miradot/page-exception.v1",
            "shown": shown,
            "deeds": [_deed(one) for one in deeds],
            "identity": identity,
        }

    def _replay(self, number: int, most_seen: int | None = None, *, send: bool) -> ReplayDocument:
        request = ReplayRequest((number,), "", "", send, None, None, most_seen)
        try:
            return replay_orders(replace(self._worker), request)
        except StopError as error:
            raise Failure(str(error)) from None

    def _act(self, deed: Deed, act: Callable[[], Given]) -> Given:
        with self._turn, self._recorder.record(deed):
            return act()


def _run(one: Run) -> RunRow:
    row: RunRow = {
        "id": one.id,
        "mapping": one.flow,
        "kind": one.kind,
        "state": one.state,
        "started_at": one.started_at,
        "figures": one.figures,
        "note": one.note,
    }
    if one.ended_at is not None:
        row["ended_at"] = one.ended_at
    return row


def _deed(one: AuditEntry) -> DeedRow:
    row: DeedRow = {"id": one.id, "at": one.at, "who": one.who, "act": one.act}
    if one.exception_id is not None:
        row["exception"] = one.exception_id
    if one.ended is not None:
        row["ended"] = one.ended
    return row


def _begin(day: date | None, days: int = 0) -> datetime | None:
    """Give when a day begins in UTC, or one so many days later."""
    if day is None or day >= date.max - timedelta(days=days):
        return None
    return datetime.combine(day + timedelta(days=days), time(), UTC)


def _review(one: Entry) -> ReviewRow:
    undoable = "decision" in one.evidence and "undone_by" not in one.evidence
    return {"row": as_row(one), "person": one.subject, "undoable": undoable}

"""`miradot alerts`, and the watching that each cycle ends with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.alerts.facts import Facts, Tier, read_facts
from engine.alerts.judging import Reading
from engine.alerts.kinds import KINDS
from engine.alerts.ping import ping
from engine.alerts.readings import Rules, is_good, read_figures
from engine.alerts.routes import Routes, Target, open_routes
from engine.alerts.watching import Watch
from engine.clock import Clock, SystemClock, write_time
from engine.commands.delivery import (
    PROFILES,
    Delivery,
    choose_flow,
    list_allowances,
    open_database,
)
from engine.commands.health import Limits
from engine.log import Log, get_log, set_up_log
from engine.report.alerts import (
    ALERTS_SCHEMA,
    AlertsDocument,
    AlertView,
    NoticeView,
    TestView,
)
from engine.settings import Settings, read_settings
from engine.settings.alerts import read_routes
from engine.state.alerts import AlertState, NoticeEntry, list_notices, read_alerts
from engine.state.database import Database
from engine.sync.causes import CAUSES
from engine.sync.flow import Flow
from engine.sync.landing import ORDERS

_TEST_TITLE = "miradot: a test"
_TEST_BODY = "Somebody asked whether notices arrive here. Nothing is wrong, and nothing is to do."


@dataclass(frozen=True, slots=True)
class AlertsRequest:
    """One call of `miradot alerts`; `send` watches once more, `test` tries every route."""

    mapping: Path | None
    brand: Path | None
    send: bool
    test: bool


@dataclass(frozen=True, slots=True)
class Watcher:
    """Watching one flow by the settings, as each cycle ends with it."""

    settings: Settings
    flow: Flow
    watch: Watch

    def watch_once(self, may_go_on: Callable[[], bool] = lambda: True) -> Counter[str]:
        """Judge, tell what changed, and ping where the cycle went well; give figures."""
        readings = self.read()
        figures = self.watch.note(readings)
        figures += self.watch.send(may_go_on)
        address = self.settings.alert_ping
        if address is not None and is_good(readings):
            said = ping(address.get_secret_value())
            if said:
                self.watch.log.warning("ping not answered well", flow=self.watch.flow)
        return figures

    def read(self) -> list[Reading]:
        """Give every figure that is watched, as it is now."""
        now = self.watch.clock.now()
        return read_figures(self._read_facts(), _make_rules(self.settings, self.flow), now)

    def _read_facts(self) -> Facts:
        watch, now = self.watch, self.watch.clock.now()
        tiers = [
            Tier(f"{side} {one.tier}", one)
            for side, one in list_allowances(self.settings, self.flow)
        ]
        with watch.database.transaction() as connection:
            return read_facts(connection, watch.flow, ORDERS, tiers, now)


def make_watcher(
    settings: Settings, flow: Flow, database: Database, clock: Clock, log: Log
) -> Watcher:
    """Give the watching of a flow; Failure for a route that nothing can send to."""
    watch = Watch(
        database, flow.name, clock, _open_routes(settings), settings.web_address or "", log
    )
    return Watcher(settings, flow, watch)


def watch_delivery(delivery: Delivery) -> Watcher:
    """Give the watching of what is delivered; Failure for a route that nothing can send to."""
    worker, log = delivery.worker, get_log("alerts")
    return make_watcher(delivery.settings, worker.flow, worker.database, worker.clock, log)


def tell_alerts(request: AlertsRequest, clock: Clock | None = None) -> AlertsDocument:
    """Give how alerts stand; Failure where a setting or a route is wrong."""
    clock = clock or SystemClock()
    settings = read_settings()
    set_up_log(settings.log_format, settings.log_level)
    flow = choose_flow(settings, request.mapping, request.brand)
    routes = _open_routes(settings)
    document = _tell_nothing(settings, routes, clock.now())
    file = Database(settings.database).file
    # A database is never made for looking.
    if file is None or Path(file).exists():
        database = open_database(settings, clock)
        try:
            watcher = make_watcher(settings, flow, database, clock, get_log("alerts"))
            if request.send:
                document["sent"] = watcher.watch_once()["sent"]
            document["alerts"] = _list_alerts(watcher)
        finally:
            database.close()
    tests = [_try(one) for one in routes] if request.test else []
    if request.test:
        document["tests"] = tests
    raised = any(one["raised"] for one in document["alerts"])
    document["ok"] = not raised and all(one["taken"] for one in tests)
    return document


def _open_routes(settings: Settings) -> Routes:
    addresses = read_routes(settings.alert_routes)
    if not addresses:
        return Routes()
    # It takes a third of a second to import, which whoever has no routes has no use for.
    from engine.alerts.posting import open_service  # noqa: PLC0415

    return open_routes(addresses, open_service)


def _make_rules(settings: Settings, flow: Flow) -> Rules:
    limits = settings.alert_limits
    every = PROFILES[settings.mirakl_profile].poll_every
    advice = {code: cause.do for code, cause in CAUSES.items()}
    for code, rule in flow.mapping.checked.spec.exceptions.items():
        advice[code] = rule.do or ""
    return Rules(limits, Limits(every, missed=limits["late"]).late, advice)


def _tell_nothing(settings: Settings, routes: Routes, now: datetime) -> AlertsDocument:
    """Give where notices go, before anything was watched."""
    return {
        "schema": ALERTS_SCHEMA,
        "at": write_time(now),
        "ok": True,
        "alerts": [],
        "routes": [
            {"owner": owner, "services": [one.service.scheme for one in targets]}
            for owner, targets in routes.by_owner.items()
        ],
        "ping": settings.alert_ping is not None,
    }


def _list_alerts(watcher: Watcher) -> list[AlertView]:
    readings = {one.key: one for one in watcher.read()}
    watch = watcher.watch
    with watch.database.transaction() as connection:
        states = read_alerts(connection, watch.flow)
        notices = list_notices(connection, watch.flow)
    never = AlertState(raised=False, since=write_time(watch.clock.now()))
    return [_view(one, states.get(key, never), notices) for key, one in readings.items()]


def _view(reading: Reading, state: AlertState, notices: Sequence[NoticeEntry]) -> AlertView:
    """Give an alert as it was judged last, with its figure as it is now."""
    kind = KINDS[reading.kind]
    known = reading.value is not None
    view: AlertView = {
        "mapping": reading.flow,
        "kind": reading.kind,
        "part": reading.part,
        "title": kind.title,
        "raised": state.raised,
        "known": known,
        "since": state.since,
        "said": reading.said,
        "cause": reading.cause,
        "owner": (state.owner if state.raised else reading.owner) or kind.owner,
        "notices": [_view_notice(one) for one in notices if one.key == reading.key],
    }
    if state.turning is not None:
        view["turning"] = state.turning
    return view


def _view_notice(one: NoticeEntry) -> NoticeView:
    return {"to": one.target, "state": one.state, "attempts": one.attempts, "said": one.said}


def _try(target: Target) -> TestView:
    answer = target.service.post(_TEST_TITLE, _TEST_BODY, "test")
    return {
        "to": target.name,
        "service": target.service.scheme,
        "taken": answer.outcome == "taken",
        "said": answer.said,
    }

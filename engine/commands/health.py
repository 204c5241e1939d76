"""How things stand, judged by facts and a clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.clock import Clock, read_time, write_time
from engine.commands.delivery import PROFILES, open_database
from engine.report.ages import count, tell_seconds
from engine.report.status import FlowHealth, Health, RunView, SharedHealth, State, WaitingView
from engine.settings import Settings
from engine.state.database import Database
from engine.state.standing import (
    RUNNING,
    Shared,
    ShopRead,
    Standing,
    Waiting,
    list_flows,
    read_shared,
    read_standing,
)
from engine.sync.landing import ORDERS
from engine.sync.mirror import ACCOUNT, STREAM

NEVER = "nothing was read from Mirakl yet"
_OUTCOMES = ("sent", "unchanged", "held", "rejected")
# From bad to worse; the worst that is found is the state.
_ORDER: tuple[State, ...] = ("ok", "late", "stuck", "failed", "never ran")


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is wrong."""

    poll_every: timedelta
    missed: int = 3
    """Polls that may be missed before it is late; `grace` is given at least."""
    grace: timedelta = timedelta(minutes=5)
    events: timedelta = timedelta(hours=1)
    batches: timedelta = timedelta(hours=24)
    imports: timedelta = timedelta(hours=6)
    attempts: int = 8

    @property
    def late(self) -> timedelta:
        """How old the last whole read may be."""
        return max(self.missed * self.poll_every, self.grace)


def tell_health(settings: Settings, clock: Clock) -> Health:
    """Give how every flow of the database stands; a database is never made for that."""
    limits = Limits(PROFILES[settings.mirakl_profile].poll_every)
    file = Database(settings.database).file
    if file is not None and not Path(file).exists():
        return {"at": write_time(clock.now()), "ok": False, "flows": [], "shared": _no_shared()}
    database = open_database(settings, clock)
    try:
        return judge_database(database, clock.now(), limits)
    finally:
        database.close()


def judge_database(database: Database, now: datetime, limits: Limits) -> Health:
    """Give how every flow in a database stands."""
    with database.transaction() as connection:
        names = list_flows(connection, ORDERS)
        standings = [read_standing(connection, name, ORDERS, now) for name in names]
        shared = read_shared(connection, ACCOUNT, STREAM)
    flows = [_view(one, now, limits) for one in standings]
    return {
        "at": write_time(now),
        "ok": bool(flows) and all(one["state"] == "ok" for one in flows),
        "flows": flows,
        "shared": _shared(shared, now),
    }


def judge(standing: Standing, now: datetime, limits: Limits) -> tuple[State, list[str]]:
    """Give the state of a flow, with a sentence for each thing that is not as it should be."""
    found = list(_find_wrong(standing, now, limits))
    state: State = max((state for state, _ in found), key=_ORDER.index, default="ok")
    return state, [sentence for _, sentence in found]


def _find_wrong(standing: Standing, now: datetime, limits: Limits) -> Iterator[tuple[State, str]]:
    run = standing.last_run
    if standing.read_at is None:
        yield "never ran", NEVER
    yield from _find_late(standing, now, limits)
    if run is not None and run.state == "failed":
        yield "failed", f"the last run ({run.kind}) failed: {run.note or 'no reason was given'}"
    for what, waiting, longest in (
        ("an order", standing.events, limits.events),
        ("an order of history", standing.batches, limits.batches),
        ("an import", standing.imports, limits.imports),
    ):
        if waiting.oldest is not None and (age := now - read_time(waiting.oldest)) > longest:
            yield "stuck", f"{what} has waited for {_age(age)}"
    blocked = standing.blocked
    if blocked.attempts >= limits.attempts:
        people, tries = count(blocked.people, "person"), count(blocked.attempts, "attempt")
        yield "stuck", f"{people} could not be served, one of them in {tries}"


def _find_late(standing: Standing, now: datetime, limits: Limits) -> Iterator[tuple[State, str]]:
    expected = tell_seconds(limits.poll_every.total_seconds())
    several = len(standing.shops) > 1
    for one in standing.shops or (ShopRead("", standing.read_at),):
        if one.read_at is None or (age := now - read_time(one.read_at)) <= limits.late:
            continue
        whose = f"Mirakl's shop {one.shop or '(unnamed)'}" if several else "Mirakl"
        yield "late", f"{whose} was read whole {_age(age)} ago; every {expected} is expected"


def _view(standing: Standing, now: datetime, limits: Limits) -> FlowHealth:
    state, wrong = judge(standing, now, limits)
    view: FlowHealth = {
        "mapping": standing.flow,
        "state": state,
        "wrong": wrong,
        "last_24_hours": {name: standing.outcomes.get(name, 0) for name in _OUTCOMES},
        "events": _waiting(standing.events),
        "batches": _waiting(standing.batches),
        "rung": standing.rung,
        "imports": _waiting(standing.imports),
        "for_people": standing.open_by_owner,
        "unknown_calls": standing.unknown_calls,
        "blocked": {"people": standing.blocked.people, "attempts": standing.blocked.attempts},
    }
    if standing.blocked.next_at is not None:
        view["blocked"]["next_at"] = standing.blocked.next_at
    if standing.read_at is not None:
        view["read_at"] = standing.read_at
    run = standing.last_run
    if run is not None:
        told: RunView = {
            "id": run.id,
            "kind": run.kind,
            "state": run.state,
            "started_at": run.started_at,
            "note": run.note,
        }
        if run.state != RUNNING and run.ended_at is not None:
            told["ended_at"] = run.ended_at
        view["last_run"] = told
    return view


def _waiting(waiting: Waiting) -> WaitingView:
    view: WaitingView = {"waiting": waiting.number}
    if waiting.oldest is not None:
        view["oldest"] = waiting.oldest
    return view


def _shared(shared: Shared, now: datetime) -> SharedHealth:
    moment = now.timestamp()
    view: SharedHealth = {
        "tiers": [
            {
                "account": one.account,
                "tier": one.tier,
                "paused_seconds": max(round(one.paused_until - moment), 0),
            }
            for one in shared.tiers
        ],
        "deletions": shared.deletions,
    }
    if shared.mirror_read_at is not None:
        view["mirror_read_at"] = shared.mirror_read_at
    return view


def _no_shared() -> SharedHealth:
    return {"tiers": [], "deletions": 0}


def _age(age: timedelta) -> str:
    return tell_seconds(age.total_seconds())

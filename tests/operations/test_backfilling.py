"""History: landed by exports, resumable anywhere, settled in batches, forecast before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.connections.mirakl import SourceFailed
from engine.connections.wire import Sent
from engine.sandbox.faults import Fault
from engine.sandbox.world.orders import refund
from engine.state.runs import start_run
from engine.sync.backfilling import Backfill, Range, read_stand
from engine.sync.exporting import Exporter, cut_windows
from engine.sync.forecasting import Forecast, show_calls
from engine.sync.forgetting import Identifier, erase, find
from engine.sync.landing import Landing
from engine.sync.mirror import refresh_mirror
from engine.sync.sweeping import sweep
from tests.operations.hands import Hands
from tests.sandbox import START

DAYS = 2


def history(days: int = DAYS, window: int = 1) -> Range:
    return Range(START - timedelta(days=1), START + timedelta(days=days), timedelta(days=window))


def fill(hands: Hands, past: Range, tell: Callable[..., None] = lambda *_: None) -> Backfill:
    stand = read_stand(hands.landing, past)
    run = stand.progress.run
    if not run:
        with hands.worker.transaction() as connection:
            run = start_run(connection, hands.flow.name, "backfill", hands.clock.now())
    landing = Landing(hands.worker, hands.landing.source, run)
    filling = Backfill(landing, past, stand.progress, tell)
    filling.run()
    return filling


def orders_before(hands: Hands, past: Range) -> set[str]:
    orders = hands.there.sandbox.world.orders.values()
    return {one.id for one in orders if past.start <= one.created < past.end}


def exports(hands: Hands) -> int:
    return sum(one.method == "POST" for one in hands.mirakl.sent)


def test_windows_cover_a_range_without_a_gap() -> None:
    windows = cut_windows(START, START + timedelta(days=7), timedelta(days=3))
    assert [(one.end - one.start).days for one in windows] == [3, 3, 1]
    assert [one.end for one in windows[:-1]] == [one.start for one in windows[1:]]


def test_every_order_of_the_range_is_delivered_in_batches() -> None:
    hands, past = Hands(days=DAYS), history()
    wanted = orders_before(hands, past)
    fill(hands, past)
    assert {row[0] for row in hands.rows("SELECT order_key FROM order_version")} == wanted
    assert hands.rows("SELECT DISTINCT lane FROM order_version") == [("batch",)]
    assert hands.rows("SELECT count(*) FROM order_version WHERE outcome IS NULL") == [(0,)]
    assert any(one.path == "/insightData/v3/import" for one in hands.dotdigital.sent)
    stand = read_stand(hands.landing, past)
    assert (stand.resumed, bool(stand.done_at)) == (False, True)


def test_one_export_runs_at_a_time() -> None:
    hands = Hands(days=DAYS)
    fill(hands, history())
    refused = [one for one in hands.mirakl.sent if one.method == "POST"]
    assert len(refused) == DAYS + 1


@pytest.mark.parametrize("request_number", [0, 1, 3, 6, 10, 14])
def test_a_backfill_that_is_killed_anywhere_goes_on(request_number: int) -> None:
    hands, past = Hands(days=DAYS), history(window=2)
    wanted = orders_before(hands, past)
    left = [request_number]

    def kill(_sent: Sent) -> None:
        left[0] -= 1
        if left[0] == -1:
            raise KeyboardInterrupt

    hands.mirakl.meddle = hands.dotdigital.meddle = kill
    with pytest.raises(KeyboardInterrupt):
        fill(hands, past)
    first = exports(hands)
    resumed = read_stand(hands.landing, past)
    assert resumed.resumed == (request_number > 0)
    hands.there.wait(minutes=20)
    fill(hands, past)
    assert {row[0] for row in hands.rows("SELECT order_key FROM order_version")} == wanted
    assert hands.rows("SELECT count(*) FROM order_version WHERE outcome IS NULL") == [(0,)]
    assert len(hands.rows("SELECT DISTINCT run FROM order_version")) == 1
    assert exports(hands) <= first + 3


def test_what_was_landed_is_not_asked_for_again() -> None:
    hands, past = Hands(days=DAYS), history()
    reads: list[str] = []

    def stop_at_second(sent: Sent) -> None:
        reads.extend([sent.path] if "/file/" in sent.path else [])
        if len(reads) == 2:
            raise KeyboardInterrupt

    hands.mirakl.meddle = stop_at_second
    with pytest.raises(KeyboardInterrupt):
        fill(hands, past)
    hands.mirakl.meddle = None
    hands.mirakl.sent.clear()
    fill(hands, past)
    again = {one.path for one in hands.mirakl.sent if "/file/" in one.path}
    assert reads[0] not in again
    assert reads[1] in again


def test_live_orders_go_before_the_next_window_and_batch() -> None:
    hands, past = Hands(days=DAYS), history()
    told: list[tuple[str, int]] = []
    live: list[Any] = []

    def tell(stage: str, done: int, _total: int) -> None:
        told.append((stage, done))
        if (stage, done) == ("landing", 2):
            order = hands.place()
            live.append(order)
            orders = hands.landing.source.read_orders([order.id])
            with hands.worker.transaction() as connection:
                hands.landing.land(connection, orders, "event")
        if (stage, done) == ("landing", 3):
            ended = f"SELECT outcome FROM order_version WHERE order_key = '{live[0].id}'"  # noqa: S608 - ours
            assert hands.rows(ended) == [("sent",)]

    fill(hands, past, tell)
    assert ("landing", 3) in told
    assert hands.rows("SELECT count(*) FROM order_version WHERE outcome IS NULL") == [(0,)]


def test_an_export_that_mirakl_no_longer_knows_is_asked_for_again() -> None:
    hands, past = Hands(days=DAYS), history(window=30)
    hands.mirakl.meddle = _interrupt_at("/status/")
    with pytest.raises(KeyboardInterrupt):
        fill(hands, past)
    hands.mirakl.meddle = None
    fault = Fault(kind="refuse", status=404, service="mirakl", path="/api/orders/async", times=3)
    hands.there.sandbox.faults.on.append(fault)
    hands.there.wait(minutes=5)
    fill(hands, past)
    assert exports(hands) == 2
    wanted = orders_before(hands, past)
    assert {row[0] for row in hands.rows("SELECT order_key FROM order_version")} == wanted


def _interrupt_at(part: str) -> Callable[[Sent], None]:
    def interrupt(sent: Sent) -> None:
        if part in sent.path:
            raise KeyboardInterrupt

    return interrupt


def test_a_source_that_stays_broken_ends_it_with_all_that_came() -> None:
    hands, past = Hands(days=DAYS), history(window=2)
    fault = Fault(kind="refuse", service="mirakl", path="/api/orders/async-export/file", skip=1)
    hands.there.sandbox.faults.on.append(fault.model_copy(update={"times": 99}))
    with pytest.raises(SourceFailed):
        fill(hands, past)
    assert hands.count("order_version") > 0
    hands.there.sandbox.faults.on.clear()
    fill(hands, past)
    wanted = orders_before(hands, past)
    assert {row[0] for row in hands.rows("SELECT order_key FROM order_version")} == wanted


def test_the_forecast_is_what_the_backfill_then_costs() -> None:
    hands, past = Hands(days=DAYS), history(window=30)
    refresh_mirror(hands.worker)
    forecast, exporter = (
        Forecast(hands.landing),
        Exporter(hands.worker, hands.landing.source),
    )
    for window in cut_windows(past.start, past.end, past.window):
        for part in exporter.parts(window):
            forecast.take(part)
    assert hands.count("order_version") == 0
    assert forecast.seen == len(orders_before(hands, past))
    hands.dotdigital.sent.clear()
    fill(hands, past)
    ended = dict(
        tuple(row) for row in hands.rows("SELECT outcome, count(*) FROM order_version GROUP BY 1")
    )
    assert ended == {
        "sent": forecast.outcomes["planned"],
        "unchanged": forecast.outcomes["unchanged"],
    }
    imports = [
        one for one in hands.dotdigital.sent if one.method == "PUT" and one.path.endswith("/import")
    ]
    assert len(imports) == forecast.imports.total()
    created = [
        one for one in hands.dotdigital.sent if (one.method, one.path) == ("POST", "/contacts/v3")
    ]
    assert len(created) == forecast.alone
    assert hands.count("person") == forecast.people
    tiers = {one["tier"]: one["calls"][0] for one in show_calls(forecast, {})}
    enrolled = [one for one in hands.dotdigital.sent if "enrolments" in one.path]
    assert tiers.get("enrolment", 0) == len(enrolled)


def test_a_forecast_knows_what_is_here_already() -> None:
    hands, past = Hands(days=DAYS), history(window=30)
    fill(hands, past)
    forecast, exporter = (
        Forecast(hands.landing),
        Exporter(hands.worker, hands.landing.source),
    )
    for part in exporter.parts(cut_windows(past.start, past.end, past.window)[0]):
        forecast.take(part)
    # A few changed while the backfill took its time.
    assert forecast.seen * 0.95 < forecast.here
    assert forecast.people < 5


def test_a_sweep_finds_what_the_filter_of_changes_never_showed() -> None:
    hands = Hands()
    order = hands.place()
    hands.sync()
    hands.there.wait(minutes=20)
    hands.sync()
    refund(order, 0, 100, 0, order.changed)
    versions = f"SELECT count(*) FROM order_version WHERE order_key = '{order.id}'"  # noqa: S608 - ours
    hands.landing.read_changes()
    assert hands.rows(versions) == [(1,)]
    sweep(hands.landing, 2)
    assert hands.rows(versions) == [(2,)]
    sweep(hands.landing, 2)
    assert hands.rows(versions) == [(2,)]


def test_a_backfill_leaves_out_who_was_erased() -> None:
    hands, past = Hands(), history()
    order = hands.place()
    fill(hands, past)
    who = Identifier("order", order.id)
    erase(hands.worker, find(hands.worker, who), who)
    refund(order, 0, 100, 0, hands.clock.now())
    assert fill(hands, past).progress.erased >= 1
    assert hands.rows("SELECT order_key FROM order_version WHERE lane = 'batch'") == []

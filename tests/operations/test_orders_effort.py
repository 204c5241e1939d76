"""The effort that an audit tells is the forecast of a backfill that meets nobody it knows."""

from __future__ import annotations

import orjson

from engine.commands.orders_effort import Effort
from engine.connections.order_texts import OrderText
from engine.sync.forecasting import Forecast
from tests.operations.hands import Hands


def test_an_audit_counts_the_calls_that_a_forecast_counts() -> None:
    there, empty = Hands(days=5), Hands()
    there.landing.read_changes()
    texts = [str(row[0]) for row in there.rows("SELECT payload FROM order_version")]
    orders = [orjson.loads(text) for text in texts]
    forecast = Forecast(empty.landing)
    forecast.take(
        [
            OrderText(text.encode(), order, str(order["order_id"]))
            for text, order in zip(texts, orders, strict=True)
        ]
    )
    effort = Effort(there.flow.mapping.checked, empty.clock.now())
    for order in orders:
        effort.plan(order)
    told = {one["tier"]: one["calls"] for one in effort.show_by_imports()["tiers"]}
    assert told == dict(forecast.calls())
    assert min(forecast.relayed, forecast.alone, told["enrolment"]) > 0

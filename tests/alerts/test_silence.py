"""Nothing of a customer leaves with a notice, is kept with an alert, or reaches the log."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import text

from engine.clock import write_time
from engine.commands.alerts import Watcher, make_watcher
from engine.log import get_log, set_up_log
from engine.settings import Settings
from engine.state.measurements import Kind, Measured, keep_measurement
from engine.state.runs import Ending, end_run, start_run
from tests.alerts.listening import Listener
from tests.operations.hands import NAME, SURNAME, Hands

CUSTOMER = "7700077"
MAIL = f"{NAME.lower()}.{CUSTOMER}@example.com"


@pytest.fixture
def log() -> Iterator[StringIO]:
    stream = StringIO()
    set_up_log("json", "debug", stream=stream)
    yield stream
    structlog.reset_defaults()


def hold_everything(hands: Hands) -> list[str]:
    """Let orders of one customer be held, by a rule of the mapping; give their keys."""
    orders = [hands.place(CUSTOMER) for _ in range(5)]
    hands.sync()
    with hands.worker.transaction() as connection:
        connection.execute(text("UPDATE order_version SET outcome = 'held'"))
        connection.execute(
            text(
                "INSERT INTO exception (flow, order_key, subject, code, level, owner, message,"
                " place, rule, retry, evidence, opened_at) SELECT flow, order_key, subject,"
                " 'PERSON_CHANGED', 'review', 'customer-care', :said, :said, '', 'by_hand', :said,"
                " landed_at FROM order_version"
            ),
            {"said": f"{NAME} {SURNAME} {MAIL}"},
        )
    return [order.id for order in orders]


def fail_a_run(hands: Hands) -> None:
    with hands.worker.transaction() as connection:
        run = start_run(connection, hands.flow.name, "sync", hands.clock.now())
        note = f"Mirakl could not be read: {NAME} {SURNAME} <{MAIL}> is no shopper"
        end_run(connection, run, Ending("failed", {}, note), hands.clock.now())


def measure(hands: Hands, orders: list[str]) -> None:
    """Keep surveys in which every free text names the customer."""
    flow, at, said = hands.flow.name, write_time(hands.clock.now()), f"{NAME} {MAIL}"
    item = {"what": said, "examples": [MAIL, *orders], "do": said, "number": 1, "lines": []}
    order = {"order": orders[0], "said": said, "cause": "held"}
    floor = {"segment": "all", "percent": 95.0, "reached": 1.0, "below": True, "stale": False}
    field = {"field": "order_record.total", "below": True, "floors": [{**floor, "about": said}]}
    documents: dict[Kind, Any] = {
        "drift": {"items": [{"kind": "new code", **item}]},
        "usability": {"fields": [{**field, "fall": {"order": orders[0]}, "places": [said]}]},
        "reconciliation": {
            "over": True,
            "differences": [order],
            "causes": [{"cause": "held", "orders": 1, "do": said}],
        },
        "consent": {"findings": [{"kind": "no consent", "breach": True, "said": said}]},
    }
    with hands.worker.transaction() as connection:
        for kind, document in documents.items():
            part = "2026-02" if kind == "reconciliation" else ""
            one = Measured(flow, kind, at, ok=False, found=1, cause=said, figure=1.0, part=part)
            keep_measurement(connection, one, document)


def watch(hands: Hands, listener: Listener) -> Watcher:
    settings = Settings(
        alert_routes=SecretStr(f"default={listener.route()}"),
        dotdigital_user="apiuser-1@apiconnector.example.com",
    )
    log = get_log("alerts")
    return make_watcher(settings, hands.flow, hands.database, hands.clock, log)


def test_no_notice_alert_or_line_of_the_log_names_a_customer(
    listener: Listener, log: StringIO
) -> None:
    hands = Hands()
    orders = hold_everything(hands)
    fail_a_run(hands)
    measure(hands, orders)
    hands.there.wait(hours=2)
    watch(hands, listener).watch_once()
    titles = " ".join(listener.titles())
    for told in ("held", "runs fail", "late", "changed", "less often", "agree", "consent"):
        assert told in titles
    kept = hands.rows('SELECT * FROM "alert"') + hands.rows('SELECT * FROM "notice"')
    everything = f"{listener.heard} {kept} {log.getvalue()}".lower()
    assert "person_changed, 5 orders" in everything
    canaries = [NAME, SURNAME, MAIL, CUSTOMER, *orders, "apiuser-1", "127.0.0.1"]
    assert [one for one in canaries if one.lower() in everything] == []

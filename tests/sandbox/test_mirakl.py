"""Mirakl's seller API as documented: pages, overlap, limits, exports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.sandbox.service import Request
from tests.sandbox import START, Rehearsal

ORDERS = "/mirakl/api/orders"
EXPORT = f"{ORDERS}/async-export"


@pytest.fixture
def mirakl() -> Rehearsal:
    return Rehearsal(days=4)


def test_a_page_holds_ten_orders_unless_more_are_asked_for(mirakl: Rehearsal) -> None:
    page = mirakl.get(ORDERS)
    assert len(page["orders"]) == 10
    assert len(mirakl.get(ORDERS, max="100")["orders"]) == 100 < page["total_count"]


@pytest.mark.parametrize("asked", [{"max": "101"}, {"max": "0"}, {"offset": "-1"}, {"max": "x"}])
def test_a_page_that_cannot_be_is_refused(mirakl: Rehearsal, asked: dict[str, str]) -> None:
    assert mirakl.call("GET", ORDERS, **asked).status == 400


def test_following_the_links_gives_every_order_once(mirakl: Rehearsal) -> None:
    seen: list[str] = []
    total, offset, link = 0, 0, "next"
    while link:
        answer = mirakl.call("GET", ORDERS, max="100", offset=str(offset))
        assert isinstance(answer.body, dict)
        seen += [one["order_id"] for one in answer.body["orders"]]
        total = answer.body["total_count"]
        link = answer.headers.get("Link", "")
        offset += 100
    assert len(seen) == len(set(seen)) == total


def test_orders_come_by_creation_oldest_first(mirakl: Rehearsal) -> None:
    dates = [one["created_date"] for one in mirakl.get(ORDERS, max="100")["orders"]]
    assert dates == sorted(dates)
    newest = mirakl.get(ORDERS, order="desc")["orders"][0]["created_date"]
    assert newest > dates[-1]


def test_the_start_of_updates_is_moved_back(mirakl: Rehearsal) -> None:
    order = mirakl.get(ORDERS)["orders"][0]
    changed = mirakl.sandbox.world.orders[order["order_id"]].changed
    for late, found in ((20, True), (40, False)):
        moment = (changed + timedelta(seconds=late)).isoformat()
        ids = {
            one["order_id"]
            for one in mirakl.get(ORDERS, max="100", start_update_date=moment)["orders"]
        }
        assert (order["order_id"] in ids) == found


def test_orders_are_found_by_id_a_hundred_at_most(mirakl: Rehearsal) -> None:
    ids = [one["order_id"] for one in mirakl.get(ORDERS)["orders"]][:3]
    found = mirakl.get(ORDERS, order_ids=",".join(ids))["orders"]
    assert [one["order_id"] for one in found] == ids
    assert mirakl.call("GET", ORDERS, order_ids=",".join(["x"] * 101)).status == 400


def test_without_the_key_nothing_is_told(mirakl: Rehearsal) -> None:
    answer = mirakl.sandbox.handle(Request("GET", ORDERS)).answer
    assert answer.status == 401


def test_too_many_calls_are_told_when_to_return(mirakl: Rehearsal) -> None:
    for _ in range(mirakl.sandbox.rules.calls_per_hour):
        mirakl.get("/mirakl/api/version")
    refused = mirakl.call("GET", ORDERS)
    assert refused.status == 429
    wait = int(refused.headers["Retry-After"])
    mirakl.wait(seconds=wait - 2)
    assert mirakl.call("GET", ORDERS).status == 429
    mirakl.wait(seconds=2)
    assert mirakl.call("GET", ORDERS).status == 200


def test_every_answer_tells_the_sandbox_time(mirakl: Rehearsal) -> None:
    assert mirakl.call("GET", ORDERS).headers["Date"] == "Thu, 05 Mar 2026 09:00:00 GMT"


def ask_for_export(mirakl: Rehearsal, **more: object) -> str:
    body = {
        "start_update_date": START.isoformat(),
        "end_update_date": (START + timedelta(days=30)).isoformat(),
        **more,
    }
    answer = mirakl.call("POST", EXPORT, body)
    assert isinstance(answer.body, dict)
    return str(answer.body["tracking_id"])


def test_an_export_is_ready_after_a_while_and_holds_every_order(mirakl: Rehearsal) -> None:
    tracking = ask_for_export(mirakl, items_per_chunk=100)
    status = f"{EXPORT}/status/{tracking}"
    assert mirakl.get(status)["status"] == "PENDING"
    mirakl.wait(seconds=30)
    ready = mirakl.get(status)
    assert ready["status"] == "COMPLETED"
    files = [url.removeprefix("http://127.0.0.1:8790") for url in ready["urls"]]
    orders = [one["order_id"] for file in files for one in mirakl.get(file)["orders"]]
    assert len(files) > 1
    assert len(orders) == len(set(orders)) >= mirakl.get(ORDERS)["total_count"] - 5


def test_one_export_runs_at_a_time(mirakl: Rehearsal) -> None:
    ask_for_export(mirakl)
    body = {"start_date": START.isoformat(), "end_date": START.isoformat()}
    assert mirakl.call("POST", EXPORT, body).status == 429


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"start_date": "2026-03-01T00:00:00Z"},
        {"start_date": "2024-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "yesterday", "end_date": "today"},
        [],
    ],
)
def test_an_export_needs_a_range_of_a_year_at_most(mirakl: Rehearsal, body: object) -> None:
    assert mirakl.call("POST", EXPORT, body).status == 400


def test_tax_mode_offers_fields_and_configuration_are_told(mirakl: Rehearsal) -> None:
    page = mirakl.get(ORDERS, order_tax_mode="TAX_EXCLUDED")
    assert {one["order_tax_mode"] for one in page["orders"]} == {"TAX_EXCLUDED"}
    assert mirakl.call("GET", ORDERS, order_tax_mode="NET").status == 400
    assert mirakl.get("/mirakl/api/offers")["total_count"] == 8
    codes = {
        one["code"] for one in mirakl.get("/mirakl/api/additional_fields")["additional_fields"]
    }
    assert {"marketing-optin", "contact-email"} <= codes
    features = mirakl.get("/mirakl/api/platform/configuration")["features"]
    assert features["order_tax_mode"] == "TAX_INCLUDED"

"""Orders out of Mirakl: every page, every order, and no silence taken for "no orders"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from engine.connections.credentials import mirakl_key
from engine.connections.mirakl import (
    EXTERNAL_PARTNER,
    SELLER,
    Export,
    MiraklSource,
    SourceDenied,
    SourceError,
    SourceFailed,
    SourceThrottled,
)
from engine.connections.wire import Got, NoAnswer
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.wire import SandboxWire
from tests.connections import DATE, HOME, Scripted, got, lost, orders_of, switch
from tests.sandbox import START, Rehearsal

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)


def source(*answers: Got | NoAnswer) -> tuple[MiraklSource, Scripted]:
    wire = Scripted(*answers)
    return MiraklSource(wire, "TAX_INCLUDED", HOME), wire


def page(*orders: object, total: object = None, **more: object) -> dict[str, object]:
    return {"orders": list(orders), "total_count": len(orders) if total is None else total, **more}


def refusal(*answers: Got | NoAnswer) -> SourceError:
    with pytest.raises(SourceError) as raised:
        source(*answers)[0].read_page(None, 0)
    return raised.value


def test_page_by_page_every_order_comes_once() -> None:
    there = Rehearsal(days=4)
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        read = orders_of(there).read_page(None, offset)
        seen += [one.key for one in read.orders]
        offset = read.next_offset
    assert len(seen) == len(set(seen)) == read.total == len(there.sandbox.world.orders)
    assert read.server_time == NOW


def test_an_order_is_what_mirakl_showed() -> None:
    there = Rehearsal(days=4)
    for one in orders_of(there).read_page(None, 0).orders:
        shown = show_order(there.sandbox.world.orders[one.key], "TAX_INCLUDED")
        assert one.text == orjson.dumps(shown)
        assert one.value == orjson.loads(one.text)
        assert one.fault == ""


def test_only_what_changed_since_comes() -> None:
    there = Rehearsal(days=4)
    since = NOW - timedelta(hours=2)
    found = orders_of(there).read_page(since, 0)
    changed = [one for one in there.sandbox.world.orders.values() if one.changed >= since]
    assert {one.id for one in changed} <= {one.key for one in found.orders}
    assert 0 < found.total < len(there.sandbox.world.orders)


def test_a_page_is_asked_for_with_its_order_and_tax_mode_and_without_an_end() -> None:
    reader, wire = source(got(200, page()))
    reader.read_page(datetime(2026, 3, 1, 9, 0, 0, 999_999, UTC), 200)
    assert wire.asked[0].query == {
        "order_tax_mode": "TAX_INCLUDED",
        "sort": "dateCreated",
        "order": "asc",
        "max": "100",
        "offset": "200",
        "start_update_date": "2026-03-01T09:00:00Z",
    }


def test_a_shop_is_picked_where_a_user_has_several() -> None:
    wire = Scripted(got(200, page()))
    MiraklSource(wire, "TAX_EXCLUDED", HOME, shop_id="2310").read_page(None, 0)
    assert wire.asked[0].query["shop_id"] == "2310"
    assert wire.asked[0].query["order_tax_mode"] == "TAX_EXCLUDED"


LONG = "12.1000000000000000000000001"
TEXTS = [
    (b'{"order_id": "A-1",  "price": ' + LONG.encode() + b"}", "A-1", ""),
    (b'{"order_id": "A-2", "order_id": "A-3"}', "", "stands twice"),
    (b'{"order_id": "A-4", "lines": [{"a": 1, "a": 2}]}', "A-4", '"a" stands twice'),
    (b'{"order_id": null}', "", ""),
    (b'{"order_id": 17}', "", ""),
    (b'{"order_id": ""}', "", ""),
    (b'{"order_id": "A\\n"}', "", ""),
    (b"{}", "", ""),
    (b"null", "", "an object"),
    (b"[[1], {}]", "", "an object"),
    (b'"orders"', "", "an object"),
]


@pytest.mark.parametrize(("text", "key", "fault"), TEXTS)
def test_every_order_comes_through_as_its_text(text: bytes, key: str, fault: str) -> None:
    body = b'{"total_count": 3, "orders": [{"order_id": "0"}, ' + text + b', {"order_id": "9"}]}'
    orders = source(got(200, body))[0].read_page(None, 0).orders
    assert [one.key for one in orders] == ["0", key, "9"]
    assert orders[1].text == text
    assert fault in orders[1].fault
    assert bool(fault) == bool(orders[1].fault)


def test_a_list_of_orders_elsewhere_in_the_answer_hides_none() -> None:
    body = {"facets": {"orders": [1]}, "orders": [{"order_id": "A-1"}], "total_count": 1}
    orders = source(got(200, body))[0].read_page(None, 0).orders
    assert [(one.key, one.text) for one in orders] == [("A-1", b'{"order_id":"A-1"}')]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Maintenance</body></html>",
        b'{"orders": [',
        b'{"orders": [{"order_id": "1"}], "total_count": 1',
        b"null",
        b"[]",
        b'"orders"',
        b"{}",
        b'{"message": "Internal error", "status": 500}',
        b'{"orders": null, "total_count": 0}',
        b'{"orders": {}, "total_count": 0}',
        b'{"orders": [], "orders": [], "total_count": 0}',
        b'{"orders": []}',
        b'{"orders": [], "total_count": -1}',
        b'{"orders": [], "total_count": true}',
        b'{"orders": [], "total_count": "0"}',
        b'{"orders": [], "total_count": 500}',
        b'\xff\xfe{"orders": []}',
    ],
)
def test_an_answer_that_is_no_page_is_a_failure_and_not_no_orders(body: bytes) -> None:
    assert isinstance(refusal(got(200, body)), SourceFailed)


@pytest.mark.parametrize("status", [302, 304, 400, 404, 405, 408, 500, 502, 503, 504, 204, 206])
def test_any_other_status_is_a_failure(status: int) -> None:
    refused = refusal(got(status, page()))
    assert isinstance(refused, SourceFailed)
    assert str(status) in str(refused)


def test_a_failure_tells_what_mirakl_said() -> None:
    refused = refusal(got(400, {"message": "max is 1\n to 100" + "x" * 900, "status": 400}))
    assert "max is 1  to 100" in str(refused)
    assert len(str(refused)) < 300


def test_an_address_at_which_there_are_no_orders_is_told_with_its_setting() -> None:
    told = str(refusal(got(404)))
    assert told.endswith(
        "404 at https://shop.mirakl.example.com/api/orders; is MIRADOT_MIRAKL_URL right?"
    )


@pytest.mark.parametrize("taken", [True, False])
def test_no_answer_is_a_failure(*, taken: bool) -> None:
    assert isinstance(refusal(lost(taken=taken)), SourceFailed)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Mar 2026 09:00:00 GMT"])
def test_a_page_without_a_date_moves_no_watermark(date: str) -> None:
    assert isinstance(refusal(got(200, page(), date=date)), SourceFailed)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_apart_and_not_shown(status: int) -> None:
    assert isinstance(refusal(got(status, {"message": "Unauthorized"})), SourceDenied)
    there = Rehearsal()
    wire = SandboxWire(there.sandbox, "mirakl", mirakl_key("canary-1234"))
    with pytest.raises(SourceDenied) as raised:
        MiraklSource(wire, "TAX_INCLUDED", wire.home).read_page(None, 0)
    assert "canary" not in repr(raised.value) + repr(wire)


WAITS = [
    ({"retry_after": "17"}, 17),
    ({"retry_after": "1.5"}, 1.5),
    ({"retry_after": "Thu, 05 Mar 2026 09:02:00 GMT"}, 120),
    ({"retry_after": "Thu, 05 Mar 2026 08:00:00 GMT"}, 1),
    ({"retry_after": "Thu, 05 Mar 2027 09:00:00 GMT"}, 3600),
    ({"retry_after": "0"}, 1),
    ({"retry_after": "-5"}, 1),
    ({"retry_after": "31536000"}, 3600),
    ({"retry_after": "9" * 400}, 60),
    ({"retry_after": "soon"}, 60),
    ({"retry_after": "1e3"}, 60),
    ({"retry_after": "nan"}, 60),
    ({"retry_after": ""}, 60),
    ({"retry_after": "Thu, 05 Mar 2026 09:02:00 GMT", "date": "?"}, 60),
    ({}, 60),
]


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_the_wait_is_what_mirakl_asks_for_within_bounds(
    headers: dict[str, str], seconds: float
) -> None:
    refused = refusal(got(429, {"message": "Too many requests"}, **headers))
    assert isinstance(refused, SourceThrottled)
    assert refused.seconds == seconds


def test_the_sandbox_says_how_long_to_wait() -> None:
    there = Rehearsal()
    switch(there, "refuse", "mirakl", status=429, retry_after=42)
    with pytest.raises(SourceThrottled) as raised:
        orders_of(there).read_page(None, 0)
    assert raised.value.seconds == 42


@pytest.mark.parametrize("kind", ["cut", "lose"])
def test_a_cut_answer_of_the_sandbox_is_a_failure(kind: str) -> None:
    there = Rehearsal(days=1)
    switch(there, kind, "mirakl", bytes=100)
    with pytest.raises(SourceFailed):
        orders_of(there).read_page(None, 0)


ONE = {"order_id": "A-1"}


@pytest.mark.parametrize(
    ("link", "total", "following"),
    [
        ("", 1, None),
        ("", 5, 1),
        ('<https://shop.mirakl.example.com/api/orders?offset=1>; rel="next"', 5, 1),
        ('<https://shop.mirakl.example.com/api/orders?offset=100>; rel="next"', 500, 1),
        ('</api/orders?offset=1&max=100>; rel="next"', 5, 1),
        ('</api/orders?offset=0>; rel="previous", </api/orders?offset=1>; rel="next"', 5, 1),
        ('</api/orders?offset=0>; rel="previous"', 1, None),
        ('</api/orders?offset=1>; title="x"; rel=next', 5, 1),
    ],
)
def test_the_next_page_is_where_the_link_or_the_count_says(
    link: str, total: int, following: int | None
) -> None:
    read = source(got(200, page(ONE, total=total), link=link))[0].read_page(None, 0)
    assert (read.next_offset, read.total) == (following, total)


@pytest.mark.parametrize(
    "link",
    [
        '<https://evil.example.com/api/orders?offset=1>; rel="next"',
        '</api/orders>; rel="next"',
        '</api/orders?offset=0>; rel="next"',
        '</api/orders?offset=-1>; rel="next"',
        '</api/orders?offset=x>; rel="next"',
    ],
)
def test_a_link_that_leads_elsewhere_or_nowhere_is_a_failure(link: str) -> None:
    assert isinstance(refusal(got(200, page(ONE, total=5), link=link)), SourceFailed)


def test_a_full_page_is_followed_even_past_the_count() -> None:
    full = [{"order_id": f"A-{number}"} for number in range(100)]
    answers = [got(200, page(*full, total=total)) for total in (3, 100, 101)]
    reader, _ = source(*answers)
    assert [reader.read_page(None, 0).next_offset for _ in answers] == [100, None, 100]


def test_a_moment_without_a_zone_is_not_asked_for() -> None:
    reader, wire = source()
    with pytest.raises(ValueError, match="zone"):
        reader.read_page(datetime(2026, 3, 1), 0)  # noqa: DTZ001 - what must not be
    assert wire.asked == []


def test_a_page_that_ends_early_is_a_failure() -> None:
    reader, _ = source(got(200, page(total=7)))
    with pytest.raises(SourceFailed, match="empty page at 5 of 7"):
        reader.read_page(None, 5)


def test_orders_are_read_by_id_a_hundred_at_a_time() -> None:
    there = Rehearsal(days=4)
    orders_of(there).read_page(None, 0)
    wanted = list(there.sandbox.world.orders)[:250]
    found = orders_of(there).read_orders([*wanted, wanted[0], "no-such-order"])
    assert [one.key for one in found] == wanted


def test_ids_that_no_order_has_are_not_asked_for() -> None:
    reader, wire = source(got(200, page(ONE)))
    reader.read_orders(["A-1", "A,2", "", " ", "A\n3", "x" * 200, "ü", "A-1"])
    assert wire.asked[0].query["order_ids"] == "A-1"
    assert reader.read_orders([","]) == ()


def test_an_export_gives_every_order_of_a_range() -> None:
    there = Rehearsal(days=4)
    reader = orders_of(there)
    export = reader.start_export(START - timedelta(days=364), START + timedelta(days=1))
    assert reader.tell_export(export) == Export("running")
    with pytest.raises(SourceThrottled):
        reader.start_export(START, START + timedelta(days=1))
    there.wait(seconds=30)
    told = reader.tell_export(export)
    assert told.state == "done"
    orders = [one.key for url in told.files for one in reader.read_export_file(url)]
    until = START + timedelta(days=1)
    created = [one.id for one in there.sandbox.world.orders.values() if one.created <= until]
    assert sorted(orders) == sorted(created)


def test_an_export_is_asked_for_in_files_that_can_be_read_at_once() -> None:
    reader, wire = source(got(200, {"tracking_id": "abc-1"}))
    assert reader.start_export(START, START + timedelta(days=1)) == "abc-1"
    assert orjson.loads(wire.asked[0].body) == {
        "start_date": "2026-03-01T09:00:00Z",
        "end_date": "2026-03-02T09:00:00Z",
        "order_tax_mode": "TAX_INCLUDED",
        "items_per_chunk": 10_000,
        "megabytes_per_chunk": 32,
    }


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_an_export_of_an_impossible_range_is_not_asked_for(days: int) -> None:
    with pytest.raises(ValueError, match="at most a year"):
        source()[0].start_export(START, START + timedelta(days=days))


@pytest.mark.parametrize("told", [{}, {"tracking_id": ""}, {"tracking_id": "../x"}, [], None])
def test_an_export_without_an_id_is_a_failure(told: object) -> None:
    with pytest.raises(SourceFailed):
        source(got(200, told))[0].start_export(START, START + timedelta(days=1))


@pytest.mark.parametrize(
    ("told", "export"),
    [
        ({"status": "FAILED"}, Export("failed")),
        ({"status": "CANCELED", "urls": []}, Export("failed")),
        ({"status": "COMPLETED", "urls": []}, Export("done")),
        ({"status": "PENDING", "urls": None}, Export("running")),
    ],
)
def test_an_export_tells_its_state(told: object, export: Export) -> None:
    assert source(got(200, told))[0].tell_export("abc") == export


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"status": "ODD"},
        {"status": "COMPLETED", "urls": {}},
        {"status": "COMPLETED"},
        b"<html>",
    ],
)
def test_an_export_in_no_known_state_is_a_failure(told: object) -> None:
    with pytest.raises(SourceFailed):
        source(got(200, told))[0].tell_export("abc")


def test_a_file_is_asked_for_at_home_whatever_scheme_and_port_it_names() -> None:
    reader, wire = source(got(200, {"orders": [ONE]}))
    url = "http://shop.mirakl.example.com:123/api/3f9edb57?file=fileA"
    assert [one.key for one in reader.read_export_file(url)] == ["A-1"]
    assert (wire.asked[0].path, wire.asked[0].query) == ("/api/3f9edb57", {"file": "fileA"})


def test_a_file_of_another_host_is_not_asked_for() -> None:
    reader, wire = source()
    with pytest.raises(SourceFailed, match="elsewhere"):
        reader.read_export_file("https://evil.example.com/api/x")
    assert wire.asked == []


def test_every_call_asks_for_leave_and_tells_what_came_back() -> None:
    told: list[Any] = []

    class Pacing:
        def take(self, tier: str) -> float:
            told.append(tier)
            return 0.0

        def heed(self, tier: str, status: int, headers: Any) -> None:
            told.append((tier, status, headers["date"]))

    wire = Scripted(got(429), lost(taken=True))
    reader = MiraklSource(wire, "TAX_INCLUDED", HOME, Pacing())
    for _ in range(2):
        with pytest.raises(SourceError):
            reader.read_page(None, 0)
    assert told == ["orders", ("orders", 429, DATE), "orders"]


def test_no_profile_polls_more_often_than_mirakl_allows() -> None:
    for profile in (SELLER, EXTERNAL_PARTNER):
        assert profile.poll_every >= profile.at_least >= timedelta(seconds=60)
    assert EXTERNAL_PARTNER.at_least == timedelta(minutes=15)


def test_the_shop_of_a_key_is_asked_for_once_and_not_where_it_is_set() -> None:
    given, wire = source(Got(200, {}, b'{"shop_id": 2310, "shop_name": "Example"}'))
    assert given.read_shop() == "2310"
    assert [one.path for one in wire.asked] == ["/api/account"]
    assert MiraklSource(wire, "TAX_INCLUDED", HOME, shop_id="77").read_shop() == "77"
    assert len(wire.asked) == 1


@pytest.mark.parametrize(
    "answer", [Got(403, {}, b""), Got(404, {}, b"{}"), Got(200, {}, b"{}"), Got(200, {}, b"[]")]
)
def test_an_answer_that_names_no_shop_says_what_to_do(answer: Got) -> None:
    given, _ = source(answer)
    with pytest.raises(SourceError, match="MIRADOT_MIRAKL_SHOP_ID"):
        given.read_shop()


def test_a_key_that_is_refused_needs_no_advice_about_shops() -> None:
    given, _ = source(Got(401, {}, b""))
    with pytest.raises(SourceDenied) as raised:
        given.read_shop()
    assert "MIRADOT_MIRAKL_SHOP_ID" not in str(raised.value)


def test_naming_the_shop_is_no_advice_where_nobody_answers() -> None:
    given, _ = source(lost(taken=False))
    with pytest.raises(SourceError) as raised:
        given.read_shop()
    assert "MIRADOT_MIRAKL_SHOP_ID" not in str(raised.value)


def test_a_refused_key_is_told_with_its_setting() -> None:
    assert str(refusal(got(401))) == "Mirakl refuses the key (401); see MIRADOT_MIRAKL_KEY"

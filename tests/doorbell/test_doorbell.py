"""The doorbell over real HTTP: who is heard, what is kept, and what is never said to be kept."""

from __future__ import annotations

import base64
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.doorbell.app import LARGEST_BODY
from engine.doorbell.senders import Senders
from tests.doorbell import (
    BEARER,
    FORGED,
    HOOK,
    NOW,
    OLD_SECRET,
    SECRET,
    Porch,
    bearing,
    make_porch,
    serving,
    signed,
)
from tests.doorbell.test_orders import JSON

ORDER = {"order_id": "A-A"}
BODY = orjson.dumps(ORDER)
CANARY = "jane.doe@example.com"


def test_a_signed_message_rings(porch: Porch) -> None:
    answer = porch.sign({"order_ids": ["A-A", "B-A"]})
    assert (answer.status_code, answer.json()) == (202, {"orders": 2})
    assert porch.waiting() == ["A-A", "B-A"]


def test_who_knows_the_bearer_secret_rings(porch: Porch) -> None:
    assert porch.post(ORDER).status_code == 202
    assert porch.waiting() == ["A-A"]


def test_a_message_signed_with_both_secrets_or_the_old_one_rings(porch: Porch) -> None:
    for number, secrets in enumerate([(OLD_SECRET,), (FORGED, SECRET), (SECRET, OLD_SECRET)]):
        headers = signed(BODY, f"msg_{number}", NOW, *secrets)
        assert porch.post(BODY, headers).status_code == 202


def test_other_json_media_types_are_taken(porch: Porch) -> None:
    for media in ("application/json; charset=utf-8", "application/cloudevents+json"):
        assert porch.post(ORDER, bearing(content_type=media)).status_code == 202


def changed(**headers: str | None) -> dict[str, str]:
    made = signed(BODY) | {name.replace("_", "-"): value for name, value in headers.items()}
    return {name: value for name, value in made.items() if value is not None}


STRANGERS: dict[str, dict[str, str]] = {
    "nothing": {"content-type": "application/json"},
    "another secret": signed(BODY, "msg_1", NOW, FORGED),
    "another body": signed(b'{"order_id": "B-A"}'),
    "another message": changed(webhook_id="msg_2"),
    "another time": changed(webhook_timestamp=str(int(NOW.timestamp()) + 1)),
    "too old": signed(BODY, "msg_1", NOW - timedelta(seconds=301)),
    "from the future": signed(BODY, "msg_1", NOW + timedelta(seconds=301)),
    "no message": changed(webhook_id=None),
    "an endless message": changed(webhook_id="m" * 257),
    "no time": changed(webhook_timestamp=None),
    "a time in words": changed(webhook_timestamp="nan"),
    "a time beyond time": changed(webhook_timestamp="9" * 12),
    "no signature": changed(webhook_signature=""),
    "an odd signature": changed(webhook_signature="v1,é,"),
    "a signature without its version": changed(
        webhook_signature=signed(BODY)["webhook-signature"].removeprefix("v1,")
    ),
    "too many signatures": changed(
        webhook_signature=" ".join(["v1,x"] * 10 + [signed(BODY)["webhook-signature"]])
    ),
    "a wrong bearer": bearing("bearer-of-a-sender-that-cannot-sigm"),
    "a shorter bearer": bearing(BEARER[:-1]),
    "another scheme": {"authorization": f"Basic {BEARER}", "content-type": "application/json"},
    "a wrong signature and the bearer": bearing() | changed(webhook_signature="v1,x"),
}


@pytest.mark.parametrize("who", list(STRANGERS))
def test_a_stranger_is_refused_and_nothing_is_kept(porch: Porch, who: str) -> None:
    headers = [(name.encode(), value.encode()) for name, value in STRANGERS[who].items()]
    answer = porch.client.post(HOOK, content=BODY, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "the sender is not known"})
    assert (porch.waiting(), porch.seen()) == ([], [])


def test_a_stranger_is_refused_before_the_body_is_read(porch: Porch) -> None:
    answer = porch.post(b"[" * 100_000, bearing("another-bearer-secret-of-length"))
    assert answer.status_code == 401
    assert porch.post(b"{", signed(b"{", "msg_1", NOW, FORGED)).status_code == 401


@pytest.mark.parametrize("late", [timedelta(seconds=-300), timedelta(seconds=300)])
def test_five_minutes_off_is_taken(porch: Porch, late: timedelta) -> None:
    assert porch.post(BODY, signed(BODY, "msg_1", NOW + late)).status_code == 202


def test_a_replay_is_answered_and_does_nothing(porch: Porch) -> None:
    assert porch.sign(ORDER).status_code == 202
    with porch.doorbell.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM ring")
    answer = porch.sign(ORDER)
    assert (answer.status_code, answer.json()) == (200, {"orders": 0})
    assert porch.waiting() == []


def test_a_message_that_comes_many_times_at_once_rings_once(porch: Porch) -> None:
    porch.doorbell.database.close()
    headers = signed(BODY)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: porch.post(BODY, headers).status_code, range(16)))
    assert max(answers) in (202, 503)
    assert answers.count(202) == 1


def test_a_sender_that_cannot_sign_may_ring_again(porch: Porch) -> None:
    assert [porch.post(ORDER).status_code for _ in range(2)] == [202, 202]
    assert (porch.waiting(), porch.seen()) == (["A-A"], [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 5_000, 400),
        (b"{}", 400),
        (b'{"order_id": 1}', 400),
        (b'{"order_id": "\\ud800"}', 400),
        (b" " * (LARGEST_BODY + 1), 413),
        (BODY + b" " * (LARGEST_BODY - len(BODY)), 202),
    ],
)
def test_an_odd_body_is_answered(porch: Porch, body: bytes, status: int) -> None:
    answer = porch.post(body)
    assert answer.status_code == status
    assert (status == 202) == (porch.waiting() != [])


def test_a_body_without_an_end_is_cut_off(porch: Porch) -> None:
    def chunks() -> Any:
        for _ in range(100):
            yield b" " * 1024

    answer = porch.client.post(HOOK, content=chunks(), headers=bearing())
    assert answer.status_code == 413


def test_a_body_that_is_no_text_is_not_signed(porch: Porch) -> None:
    assert porch.post(b"\xff", signed(b"{}")).status_code == 401


def test_a_body_of_another_kind_is_refused(porch: Porch) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert porch.post(ORDER, bearing(content_type=media)).status_code == 415


def test_a_body_that_does_not_arrive_is_not_waited_for(tmp_path: Path) -> None:
    with (
        serving(make_porch(tmp_path), body_seconds=0.05) as porch,
        socket.create_connection(("127.0.0.1", porch.port), timeout=10) as caller,
    ):
        head = [f"POST {HOOK} HTTP/1.1", "Host: localhost", "Content-Length: 100"]
        given = [f"{name}: {value}" for name, value in bearing().items()]
        caller.sendall("\r\n".join([*head, *given, "", '{"order']).encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 408")
        assert porch.waiting() == []


def test_a_caller_that_goes_away_leaves_nothing(porch: Porch) -> None:
    with socket.create_connection(("127.0.0.1", porch.port), timeout=10) as caller:
        head = [f"POST {HOOK} HTTP/1.1", "Host: localhost", "Content-Length: 100"]
        given = [f"{name}: {value}" for name, value in bearing().items()]
        caller.sendall("\r\n".join([*head, *given, "", '{"order']).encode())
    assert porch.post({"order_id": "B-A"}).status_code == 202
    assert porch.waiting() == ["B-A"]


def test_other_ways_and_places_are_not_there(porch: Porch) -> None:
    assert porch.client.get(HOOK).status_code == 405
    assert porch.client.post("/hooks/other", headers=bearing()).status_code == 404
    assert porch.client.get("/livez").text == "ok\n"


def test_it_is_never_told_as_stored_when_it_is_not(porch: Porch, tmp_path: Path) -> None:
    holding = sqlite3.connect(tmp_path / "ring.db", isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    answer = porch.sign(ORDER)
    holding.execute("ROLLBACK")
    holding.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert porch.waiting() == []
    # What was not stored is no replay when it comes again.
    assert porch.sign(ORDER).status_code == 202
    assert porch.waiting() == ["A-A"]


def test_a_flood_fills_the_ring_and_no_more(tmp_path: Path) -> None:
    with serving(make_porch(tmp_path), most_waiting=500) as porch:
        answers = [
            porch.post({"order_ids": [f"{call}-{number}" for number in range(100)]})
            for call in range(20)
        ]
        assert [one.status_code for one in answers] == [202] * 5 + [429] * 15
        assert answers[-1].headers["retry-after"] == "60"
        assert len(porch.waiting()) == 500
        with porch.doorbell.database.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM ring WHERE order_key LIKE '0-%'")
        assert porch.post({"order_ids": ["again"]}).status_code == 202


def test_a_message_that_found_the_ring_full_may_come_again(tmp_path: Path) -> None:
    with serving(make_porch(tmp_path), most_waiting=0) as porch:
        assert porch.sign(ORDER).status_code == 429
        assert porch.seen() == []


def test_a_flood_of_strangers_leaves_no_trace(porch: Porch) -> None:
    wrong = bearing("bearer-of-a-stranger-who-guesses")
    assert {porch.post(ORDER, wrong).status_code for _ in range(50)} == {401}
    assert (porch.waiting(), porch.seen()) == ([], [])


def test_nothing_but_ids_is_kept_or_logged(porch: Porch, tmp_path: Path) -> None:
    body = {
        "order_id": "A-A",
        "customer": {"email": CANARY},
        "orders": [{"order_id": "B-A", "e": CANARY}],
    }
    assert porch.sign(body).status_code == 202
    assert porch.post({"order_id": CANARY}).status_code == 400
    assert CANARY not in porch.post(body | {"order_ids": CANARY}).text
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"A-A" in files
    assert CANARY.encode() not in files
    log = porch.log.getvalue()
    assert '"status":202' in log
    for told in (CANARY, "A-A", BEARER, SECRET):
        assert told not in log


def test_nobody_is_heard_without_a_secret() -> None:
    with pytest.raises(ValueError, match="without a secret"):
        Senders([], None)


def test_who_signs_is_not_heard_where_only_a_bearer_is_known(tmp_path: Path) -> None:
    with serving(make_porch(tmp_path), senders=Senders([], BEARER)) as porch:
        assert porch.sign(ORDER).status_code == 401
        assert porch.post(ORDER).status_code == 202


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | st.binary(max_size=200), signing=st.booleans())
def test_no_body_is_a_surprise(porch: Porch, body: Any, *, signing: bool) -> None:
    try:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
    except (TypeError, orjson.JSONEncodeError):
        content = repr(body).encode()
    if signing and not isinstance(body, bytes):
        message = base64.b32encode(content)[:200].decode() or "empty"
        answer = porch.post(content, signed(content, message))
    else:
        answer = porch.post(content)
    assert answer.status_code in (200, 202, 400)
    assert CANARY not in answer.text


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
                "authorization",
                "content-type",
            ]
        ),
        st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40),
    )
)
def test_no_header_is_a_surprise(porch: Porch, headers: dict[str, str]) -> None:
    given_headers = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = porch.client.post(HOOK, content=BODY, headers=given_headers)
    assert answer.status_code in (400, 401, 415)

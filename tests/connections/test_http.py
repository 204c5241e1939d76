"""The wire over real HTTP: whole answers or none, one host, nothing told to anybody else."""

from __future__ import annotations

import copy
import logging
import pickle
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server, socket

import orjson
import pytest

from engine.connections.credentials import (
    Credentials,
    CredentialsError,
    dotdigital_user,
    mirakl_key,
)
from engine.connections.dotdigital import DotdigitalClient
from engine.connections.home import AddressError, find_home
from engine.connections.http import HttpWire, Limits
from engine.connections.mirakl import MiraklSource
from engine.connections.outcomes import Done, Refused
from engine.connections.pace import Unpaced
from engine.connections.wire import NoAnswer, Sent
from tests.connections import TARGET, switch
from tests.connections.test_allowed import CREATE
from tests.sandbox import Rehearsal
from tests.sandbox.test_server import free_port, serving

CANARY = "canary-3f9edb57"
KEY = mirakl_key(CANARY)


@contextmanager
def wire_to(there: Rehearsal, service: str, limits: Limits | None = None) -> Iterator[HttpWire]:
    account = there.sandbox.state.account
    key = mirakl_key(there.sandbox.rules.key)
    user = dotdigital_user(account.user, account.password)
    with serving(there) as client:
        base = f"{client.base_url}/{service}".replace("//" + service, "/" + service)
        shown = key if service == "mirakl" else user
        with HttpWire(base, shown, ["127.0.0.1"], limits or Limits()) as wire:
            yield wire


@contextmanager
def answering(*raw: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Serve these bytes, one connection each, and keep what was asked."""
    asked: list[bytes] = []
    listener = create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in raw:
            connection: socket = listener.accept()[0]
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    thread.join(timeout=10)
    listener.close()
    assert not thread.is_alive()


def ask(base: str, **limits: float) -> NoAnswer:
    """Ask for something that is not answered, and give why."""
    with (
        HttpWire(base, KEY, ["127.0.0.1"], Limits(**limits)) as wire,  # type: ignore[arg-type]
        pytest.raises(NoAnswer) as raised,
    ):
        wire.exchange(Sent("POST", "/api/orders", body=b"{}"))
    assert CANARY not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__context__ is None
    return raised.value


def test_a_page_of_orders_comes_whole_over_http() -> None:
    there = Rehearsal(days=3)
    with wire_to(there, "mirakl") as wire:
        source = MiraklSource(wire, "TAX_INCLUDED", wire.home)
        first = source.read_page(None, 0)
        second = source.read_page(None, first.next_offset or 0)
    assert len(first.orders) == 100
    assert first.next_offset == 100
    assert not {one.key for one in first.orders} & {one.key for one in second.orders}


def test_paths_and_queries_arrive_as_they_were_meant() -> None:
    there = Rehearsal()
    there.call("POST", "/sandbox/contacts", {"email": "a+b&c@example.com", "status": "subscribed"})
    with wire_to(there, "dotdigital") as wire:
        path = "/contacts/v3/email/a%2Bb%26c%40example.com"
        told = wire.exchange(Sent("GET", path))
        listed = wire.exchange(
            Sent("GET", "/contacts/v3", {"~modified": "gte::2026-03-01T09:00:00+00:00"})
        )
    assert told.status == 200
    assert orjson.loads(told.body)["identifiers"]["email"] == "a+b&c@example.com"
    assert len(orjson.loads(listed.body)["_items"]) == 1


@pytest.mark.parametrize("kind", ["lose", "cut"])
@pytest.mark.parametrize("arrives", [0, 1, 2, 17, 60])
def test_an_answer_that_breaks_off_anywhere_is_none_and_may_have_taken_effect(
    kind: str, arrives: int
) -> None:
    there = Rehearsal()
    switch(there, kind, "dotdigital", bytes=arrives)
    body = orjson.dumps({"identifiers": {"email": "jo@example.com"}})
    with wire_to(there, "dotdigital") as wire:
        with pytest.raises(NoAnswer) as raised:
            wire.exchange(Sent("POST", "/contacts/v3", body=body))
        assert raised.value.taken
        assert wire.exchange(Sent("GET", "/contacts/v3/email/jo%40example.com")).status == 200


def test_where_nobody_listens_nothing_was_taken() -> None:
    none = ask(f"http://127.0.0.1:{free_port()}")
    assert not none.taken
    assert str(none).startswith("no connection to http://127.0.0.1:")


def test_where_the_other_side_speaks_no_tls_nothing_was_taken() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (base, asked):
        none = ask(base.replace("http:", "https:"))
    assert not none.taken
    assert CANARY.encode() not in asked[0]


def test_the_client_reads_and_writes_over_http() -> None:
    there = Rehearsal()
    with wire_to(there, "dotdigital") as wire:
        client = DotdigitalClient(wire, TARGET, Unpaced())
        made = client.send(**CREATE)
        told = client.read_contact("email", "ada@example.com")
        assert client.send(**CREATE) == Refused(
            409, "contacts:idAlreadyExists", "the address is taken"
        )
        listed = client.list_contacts(client.server_time(), None, ["MIRAKL_PERSON"])
    assert isinstance(made, Done)
    assert isinstance(told, Done)
    assert [told.body] == [made.body] == list(listed.contacts)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123456789",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"something else entirely\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_is_none_that_may_have_been_taken(raw: bytes) -> None:
    with answering(raw) as (base, _):
        assert ask(base).taken


def test_an_answer_may_be_too_long() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"x" * 3000
    with answering(raw) as (base, _):
        none = ask(base, answer=2999)
    assert (none.taken, str(none)) == (True, "the answer is too long")


def test_an_answer_that_never_ends_is_given_up() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"x" * 10
    ticks = iter(range(0, 10_000, 200))
    with (
        answering(raw) as (base, _),
        HttpWire(base, KEY, ["127.0.0.1"], Limits(whole=100), lambda: next(ticks)) as wire,
        pytest.raises(NoAnswer, match="took too long") as raised,
    ):
        wire.exchange(Sent("GET", "/x"))
    assert raised.value.taken


def test_redirects_are_not_followed_and_cookies_not_kept() -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nSet-Cookie: a=b\r\n"
    raw = away + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(raw, raw) as (base, asked), HttpWire(base, KEY, ["127.0.0.1"]) as wire:
        assert [wire.exchange(Sent("GET", "/x")).status for _ in range(2)] == [302, 302]
    assert b"ookie" not in asked[1]


def test_the_environment_adds_no_proxy_and_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    headers = {"Authorization": "Basic other", "X-Kind": "test"}
    with answering(raw) as (base, asked), HttpWire(base, KEY, ["127.0.0.1"]) as wire:
        assert wire.exchange(Sent("GET", "/x", headers=headers)).body == b"{}"
    assert f"Authorization: {CANARY}".encode() in asked[0]
    assert b"other" not in asked[0]
    assert b"X-Kind: test" in asked[0]


@pytest.mark.parametrize("path", ["", "evil.example.com/", "@evil.example.com/", "/a?b=c", "/a#b"])
def test_a_path_cannot_change_the_host_or_the_query(path: str) -> None:
    with (
        HttpWire("http://127.0.0.1:1", KEY, ["127.0.0.1"]) as wire,
        pytest.raises(AddressError),
    ):
        wire.exchange(Sent("GET", path))


def test_no_log_holds_an_address_or_a_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    there = Rehearsal()
    with wire_to(there, "dotdigital") as wire:
        wire.exchange(Sent("GET", "/contacts/v3/email/jo%40example.com"))
    mine = [one for one in caplog.messages if "jo%40" in one or "Basic" in one]
    assert mine == []


def test_no_repr_shows_a_key() -> None:
    key = KEY
    user = dotdigital_user("apiuser@example.com", CANARY)
    wire = HttpWire("https://shop.example.com", key, ["shop.example.com"])
    shown = [repr(one) for one in (key, user, wire, wire.home)] + [str(key), f"{user}"]
    assert not [one for one in shown if CANARY in one or user.authorization()[6:] in one]
    assert not hasattr(key, "__dict__")
    wire.close()


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_key_is_not_copied(copier: object) -> None:
    assert callable(copier)
    with pytest.raises(TypeError):
        copier(KEY)


@pytest.mark.parametrize("value", ["", f"{CANARY}\r\nX: y", f"{CANARY}é", f" {CANARY}", "x" * 5000])
def test_a_key_that_no_header_carries_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(CredentialsError) as raised:
        Credentials(value)
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize(("user", "password"), [("", "x"), ("x", ""), ("a:b", "x")])
def test_an_api_user_without_a_name_or_password_is_refused(user: str, password: str) -> None:
    with pytest.raises(CredentialsError):
        dotdigital_user(user, password)


@pytest.mark.parametrize(
    ("base", "hosts"),
    [
        ("http://shop.example.com", ["shop.example.com"]),
        ("https://shop.example.com", []),
        ("https://shop.example.com", ["example.com"]),
        ("https://shop.example.com.evil.example.com", ["shop.example.com"]),
        ("https://key@shop.example.com", ["shop.example.com"]),
        ("https://shop.example.com/a/../b", ["shop.example.com"]),
        ("https://shop.example.com/?a=b", ["shop.example.com"]),
        ("http://127.0.0.1.example.com", ["127.0.0.1.example.com"]),
        ("ftp://127.0.0.1", ["127.0.0.1"]),
        ("https://shop.example.com:x", ["shop.example.com"]),
        ("https://shop.example.com\\@evil", ["shop.example.com"]),
        ("shop.example.com", ["shop.example.com"]),
        ("https:///m", [""]),
        ("", [""]),
    ],
)
def test_a_base_address_must_be_allowed_and_safe(base: str, hosts: list[str]) -> None:
    with pytest.raises(AddressError):
        find_home(base, hosts)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8790", "http://[::1]:8790", "http://localhost"])
def test_this_machine_needs_no_https(base: str) -> None:
    assert find_home(base, ["127.0.0.1", "::1", "localhost"]).origin == base


HERE = find_home("https://shop.example.com/m", ["shop.example.com", "files.example.com"])


@pytest.mark.parametrize(
    ("address", "path", "query"),
    [
        ("https://shop.example.com/m/api/x?file=a%2Bb", "/api/x", {"file": "a+b"}),
        ("http://shop.example.com:123/m/api/x", "/api/x", {}),
        ("https://FILES.example.com/m/api/x?e=", "/api/x", {"e": ""}),
        ("/m/api/x?offset=100", "/api/x", {"offset": "100"}),
    ],
)
def test_an_address_of_the_vendor_becomes_a_path_at_home(
    address: str, path: str, query: dict[str, str]
) -> None:
    assert HERE.locate(address) == (path, query)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.com/m/api/x",
        "//evil.example.com/m/api/x",
        "https://shop.example.com@evil.example.com/m/api/x",
        "https://shop.example.com.evil.example.com/m/api/x",
        "https://shop.example.com/m/../admin",
        "https://shop.example.com/m/%2e%2e/admin",
        "https://shop.example.com/other",
        "https://shop.example.com/m/x?a=1&a=2",
        "file:///m/etc",
        "ftp://shop.example.com/m/x",
        "https://shop.example.com\\m/x",
        "https://shop.example.com/m/x y",
        "x" * 5000,
        "",
    ],
)
def test_an_address_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        HERE.locate(address)

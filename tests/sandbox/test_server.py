"""The sandbox over real HTTP, and the calls of the shipped mapping delivered to it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import unquote

import httpx
import orjson
import pytest

from engine.check import check_mapping
from engine.commands.sandbox import SandboxRequest, prepare_sandbox
from engine.contacts import read_contacts
from engine.mapping import Mapping, compile_mapping
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.server import make_server
from tests.sandbox import START, Rehearsal

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(there: Rehearsal) -> Iterator[httpx.Client]:
    port = free_port()
    server = make_server(there.sandbox, port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    account = there.sandbox.state.account
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        client.auth = (account.user, account.password)
        for _ in range(200):
            if server.started:
                break
            time.sleep(0.02)
        yield client
    server.should_exit = True
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.fixture
def there() -> Rehearsal:
    return Rehearsal(days=3)


def test_a_page_of_orders_comes_over_http(there: Rehearsal) -> None:
    with serving(there) as client:
        key = {"Authorization": there.sandbox.rules.key}
        answer = client.get("/mirakl/api/orders", params={"max": 100}, headers=key, auth=None)
    assert answer.status_code == 200
    assert len(answer.json()["orders"]) == 100
    assert 'rel="next"' in answer.headers["Link"]


@pytest.mark.parametrize("kind", ["cut", "lose"])
def test_an_answer_that_breaks_off_is_an_error_for_the_caller_and_has_taken_effect(
    there: Rehearsal, kind: str
) -> None:
    there.call("POST", "/sandbox/faults", {"kind": kind, "service": "dotdigital", "bytes": 5})
    with serving(there) as client:
        path = "/dotdigital/contacts/v3"
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(path, json={"identifiers": {"email": "jo@example.com"}})
        assert client.get(f"{path}/email/jo@example.com").status_code == 200


def test_a_body_that_is_too_long_is_refused(
    there: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.sandbox.server._LARGEST_BODY", 1000)
    with serving(there) as client:
        assert client.post("/sandbox/clock", content=b"x" * 2000).status_code == 413


def test_the_command_says_where_both_sides_are() -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "sandbox", "--port", str(port), "--speed", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = "".join(process.stderr.readline() for _ in range(10))
    overview = {}
    for _ in range(200):
        try:
            overview = httpx.get(f"http://127.0.0.1:{port}/sandbox/", trust_env=False).json()
            break
        except httpx.TransportError:
            time.sleep(0.05)
    process.terminate()
    process.communicate(timeout=10)
    assert f"http://127.0.0.1:{port}/dotdigital" in told
    assert overview["contacts"] == {}
    assert sum(overview["orders"].values()) > 1000


def test_the_sandbox_takes_every_call_that_the_shipped_mapping_plans() -> None:
    there = Rehearsal(days=10, tiers={})
    there.get("/sandbox/")
    mapping = shipped_mapping()
    for name, kind in (("Orders", "orders"), ("Shipments", "custom")):
        there.call(
            "POST",
            f"/dotdigital/insightData/v3/collections/{name}",
            collectionScope="contact",
            collectionType=kind,
        )
    refused = []
    for order in there.sandbox.world.orders.values():
        contacts = read_contacts(
            [one.show() for one in there.sandbox.state.contacts.by_id.values()],
            mapping.contact_form,
        )
        plan = mapping.apply(show_order(order, "TAX_INCLUDED"), contacts, there.sandbox.clock.now())
        answer: object = None
        for call in plan["calls"]:
            filled = fill_answers(orjson.dumps(call).decode(), answer)
            path = f"/dotdigital{unquote(filled['path'])}"
            done = there.call(filled["method"], path, filled["body"], **filled["query"])
            answer = done.body if call["operation"] == "contacts.create" else answer
            refused += [(call["path"], done)] if done.status >= 300 else []
    assert refused == []
    assert there.get("/sandbox/differences") == {"differences": []}


def fill_answers(call: str, answer: object) -> Any:
    """Give a call with what the answer to an earlier one of the same record holds."""
    number = answer["contactId"] if isinstance(answer, dict) else 0
    return orjson.loads(call.replace('{"$answer":"contact_create.contactId"}', str(number)))


def shipped_mapping() -> Mapping:
    brand = {"marketing_list": 4711, "marketplace_list": 4712, "programme": 881}
    path = ROOT / "mappings/debenhams/orders.yaml"
    checked = check_mapping(path.read_bytes(), str(path), brand).spec
    assert checked is not None
    return compile_mapping(checked, masked=False)


def test_the_locks_fields_are_those_of_the_sandbox(there: Rehearsal) -> None:
    target = orjson.loads((ROOT / "schemas/dotdigital/target.json").read_bytes())
    known = there.sandbox.state.account.fields
    assert {name: known.get(name) for name in target["built_in_fields"]} == target[
        "built_in_fields"
    ]


@pytest.mark.parametrize(
    ("speed", "told"), [(0.0, "time stands still, so imports"), (60.0, "a second here is 60 there")]
)
def test_the_sandbox_says_how_time_passes_in_it(speed: float, told: str) -> None:
    _, said = prepare_sandbox(SandboxRequest(8790, 1, speed, 0, START, lambda: 0.0))
    assert said.splitlines()[1].startswith(told)

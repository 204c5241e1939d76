"""Alerts as people meet them: commands over real HTTP, on a sandbox, with somebody who hears."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import cli
from engine.problem import Failure
from engine.resources import read_schema
from tests.alerts.listening import Listener
from tests.rehearsal import BRAND, MAPPING, ROOT, sandbox, settings_for

KEY = "a-key-that-nobody-sees"


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, and what it printed."""

    code: int
    out: str
    talk: str


@dataclass
class Room:
    """Somebody at the command line, in this process, and somebody who hears."""

    folder: Path
    listener: Listener
    environment: dict[str, str]

    def set(self, name: str, value: str) -> None:
        self.environment[f"MIRADOT_{name}"] = value

    def call(self, *words: str) -> Done:
        done = CliRunner().invoke(cli.cli, words, env=self.environment, standalone_mode=False)
        if isinstance(done.exception, Failure):
            return Done(2, done.stdout, f"{done.stderr}{done.exception}\n")
        assert done.exception is None, done.exception
        return Done(int(done.return_value), done.stdout, done.stderr)

    def read(self, *words: str) -> Any:
        """Give what is printed as JSON, held to its schema."""
        document = orjson.loads(self.call("alerts", *words, "--output-format", "json").out)
        Draft202012Validator(read_schema("alerts.v1.schema.json")).validate(document)
        return document


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with sandbox(history=0) as base:
        yield base


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    structlog.reset_defaults()
    root.handlers = before


@pytest.fixture
def room(base: str, tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> Room:
    for name in os.environ:
        if name.startswith("MIRADOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(ROOT)
    room = Room(tmp_path, listener, settings_for(base, tmp_path))
    room.set("MAPPING", MAPPING)
    room.set("BRAND", BRAND)
    room.set("ALERT_ROUTES", f"default={listener.route('all')} finance={listener.route('f')}")
    room.set("ALERT_PING", f"http://127.0.0.1:{listener.port}/ping/{KEY}")
    room.set("WEB_ADDRESS", "https://ops.example.com")
    return room


def test_a_good_cycle_pings_and_tells_nothing(room: Room) -> None:
    done = room.call("sync", "--once")
    assert done.code <= 1, done.talk
    assert room.listener.heard == [(f"/ping/{KEY}", None)]


@pytest.mark.parametrize("words", [("sync", "--once"), ("sync", "--adapter", "inline")])
def test_a_run_that_fails_is_told_once_and_does_not_ping(room: Room, words: tuple[str]) -> None:
    room.set("DOTDIGITAL_PASSWORD", "another-one")
    assert [room.call(*words).code for _ in range(2)] == [2, 2]
    assert room.listener.paths() == ["/all"]
    notice = room.listener.heard[0][1]
    assert notice["title"] == "miradot, debenhams-orders: runs fail"
    assert "Look at: https://ops.example.com/runs" in notice["message"]
    document = room.read()
    assert document["ok"] is False
    raised = [one for one in document["alerts"] if one["raised"]]
    assert [(one["kind"], one["owner"], one["notices"]) for one in raised] == [
        (
            "failure",
            "engineering",
            [{"to": "default 1", "state": "sent", "attempts": 1, "said": "taken"}],
        )
    ]


def test_alerts_are_told_at_the_terminal_and_exit_with_1(room: Room) -> None:
    room.set("DOTDIGITAL_PASSWORD", "another-one")
    room.call("sync", "--once")
    done = room.call("alerts")
    lines = done.out.splitlines()
    assert (done.code, lines[0]) == (1, lines[0])
    assert lines[0].startswith("1 alert raised, ")
    assert "! debenhams-orders: runs fail, since " in done.out
    assert "engineering: default 1 was told" in done.out
    assert "notices for finance  by json" in done.out


def test_before_anything_ran_nothing_is_watched_and_no_database_made(room: Room) -> None:
    done = room.call("alerts")
    assert (done.code, done.out.splitlines()[0]) == (
        0,
        "nothing is watched yet; it begins with: miradot sync",
    )
    assert list(room.folder.iterdir()) == []


def test_a_test_goes_to_every_route_and_says_what_came_back(room: Room) -> None:
    room.listener.answers = lambda path: 403 if path == "/f" else 200
    document = room.read("--test")
    assert document["tests"] == [
        {"to": "default 1", "service": "json", "taken": True, "said": "taken"},
        {"to": "finance 1", "service": "json", "taken": False, "said": "answered 403"},
    ]
    assert document["ok"] is False
    assert room.listener.titles() == ["miradot: a test"] * 2
    done = room.call("alerts", "--test")
    assert done.code == 1
    assert "! test to finance 1  by json: answered 403" in done.out


def test_watching_once_more_sends_what_was_not_taken(room: Room) -> None:
    room.set("DOTDIGITAL_PASSWORD", "another-one")
    room.listener.answers = lambda _path: 500
    room.call("sync", "--once")
    # It would be tried again after a minute; a route that is new is told at once.
    room.set("ALERT_ROUTES", f"engineering={room.listener.route('new')}")
    room.listener.answers = lambda _path: 200
    document = room.read("--send")
    assert document["sent"] == 1
    assert room.listener.paths() == ["/all", "/new"]


def test_a_route_that_is_none_ends_a_sync_before_it_begins(room: Room) -> None:
    room.set("ALERT_ROUTES", f"finance=slack://{KEY}")
    done = room.call("sync", "--once")
    assert done.code == 2
    assert done.talk.startswith("MIRADOT_ALERT_ROUTES: the address 1 of finance")
    assert KEY not in done.talk
    assert "landed" not in done.out


def test_settings_show_routes_by_owner_and_service_alone(room: Room) -> None:
    room.set("ALERT_ROUTES", f"finance=json://me:{KEY}@hooks.example.com/{KEY}")
    done = room.call("status", "--settings")
    line = next(one for one in done.out.splitlines() if "ALERT_ROUTES" in one)
    assert line.split(maxsplit=2)[2] == "finance by json"
    assert KEY not in done.out + done.talk

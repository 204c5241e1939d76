"""The commands as people call them, over HTTP, on a sandbox of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from engine.resources import read_schema
from tests.rehearsal import BRAND, MAPPING, ROOT, SETTINGS, Sides, sandbox

SAMPLE = "mappings/debenhams/samples/one-order.json"


class Desk:
    """Somebody at the command line, with a sandbox and a database of their own."""

    def __init__(self, base: str, folder: Path) -> None:
        self.sides = Sides(base)
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if "MIRADOT" not in name},
            **SETTINGS,
            "PYTHONPATH": str(ROOT),
            "MIRADOT_MIRAKL_URL": f"{base}/mirakl",
            "MIRADOT_DOTDIGITAL_URL": f"{base}/dotdigital",
            "MIRADOT_DATABASE_URL": f"sqlite:///{folder}/desk.db",
            "MIRADOT_MAPPING": MAPPING,
            "MIRADOT_BRAND": BRAND,
        }

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "cli.py", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def read(self, schema: str, *words: str) -> Any:
        """Give a JSON output, held to its schema."""
        done = self.call(*words, "--output-format", "json")
        assert done.returncode <= 1, done.stderr
        document = orjson.loads(done.stdout)
        assert document["schema"] == f"miradot/{schema}"
        Draft202012Validator(read_schema(f"{schema}.schema.json")).validate(document)
        return document


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with sandbox() as base, passing_time(Sides(base)):
        desk = Desk(base, tmp_path_factory.mktemp("desk"))
        yield desk
        desk.sides.close()


@contextmanager
def passing_time(sides: Sides) -> Iterator[None]:
    """Let the sandbox's time go on: an export is never ready while it stands still."""
    over = Event()

    def go_on() -> None:
        while not over.wait(0.2):
            sides.post("/sandbox/clock", {"seconds": 5})

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        sides.close()


def days() -> list[str]:
    today = datetime.now(UTC).date()
    return ["--from", str(today - timedelta(days=3)), "--to", str(today + timedelta(days=1))]


def test_history_is_forecast_and_nothing_kept(desk: Desk) -> None:
    forecast = desk.read("backfill.v1", "backfill", *days())
    assert (forecast["sent"], forecast["result"]) == (False, None)
    assert forecast["forecast"]["planned"] > 0
    assert desk.sides.get("/dotdigital/contacts/v3?limit=1000")["_items"] == []


def test_a_record_is_sent_and_told(desk: Desk) -> None:
    words = ("run", MAPPING, "--brand", BRAND, "--input", SAMPLE, "--send")
    document = desk.read("send.v1", *words)
    assert document["outcomes"] == {"sent": 1}
    assert {one["state"] for one in document["records"][0]["calls"]} == {"done"}
    again = desk.call(*words)
    assert (again.returncode, "unchanged  no call" in again.stdout) == (0, True)


def test_whoever_was_sent_is_looked_at_and_forgotten(desk: Desk) -> None:
    contacts = desk.sides.get("/dotdigital/contacts/v3?limit=1000")["_items"]
    mail = contacts[0]["identifiers"]["email"]
    look = desk.call("forget", "--email", mail)
    assert (look.returncode, mail in look.stdout + look.stderr) == (0, False)
    assert "--send erases" in look.stdout
    gone = desk.read("forget.v1", "forget", "--email", mail, "--send", "--note", "DP-12")
    assert (gone["deleted"], gone["owed"], gone["traces"], gone["compacted"]) == (1, 0, {}, True)
    held = b"".join(one.read_bytes() for one in desk.folder.iterdir())
    assert mail.encode() not in held
    assert desk.call("forget", "--email", mail, "--send").returncode == 0


def test_a_note_that_names_the_person_is_refused(desk: Desk) -> None:
    done = desk.call("forget", "--email", "jo@example.com", "--send", "--note", "Jo@example.com")
    assert done.returncode == 2
    assert "the note names who is to be forgotten" in done.stderr


def test_whoever_nobody_knows_is_told_as_a_problem(desk: Desk) -> None:
    done = desk.call("forget", "--order", "NO-SUCH-ORDER", "--send")
    assert (done.returncode, done.stdout) == (
        1,
        "nobody is known by this order; nothing was done\n",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["forget"], "name the person by one of"),
        (["forget", "--order", "A", "--email", "a@example.com"], "name the person by one of"),
        (["forget", "--order", "A", "--send", "--dry-run"], "exclude each other"),
        (["forget", "--contact", "x"], "--contact takes a number"),
        (["forget", "--email", "x"], "--email takes one address"),
        (["backfill", "--from", "2026-01-02", "--to", "2026-01-01"], "is before --from"),
        (["backfill", "--from", "2026-01-01", "--to", "2026-01-02", "--window", "400"], "365"),
        (["backfill", "--from", "x", "--to", "2026-01-01"], "does not match"),
    ],
)
def test_a_wrong_call_is_told(desk: Desk, words: list[str], said: str) -> None:
    done = desk.call(*words)
    assert done.returncode == 2
    assert said in done.stderr


def test_examples_are_never_sent(desk: Desk) -> None:
    done = desk.call("run", MAPPING, "--input", SAMPLE, "--send")
    assert done.returncode == 2
    assert "examples stand in for marketing_list" in done.stderr

"""The commands that people type when something waits for them, over HTTP on this machine."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text

from engine.resources import read_schema
from engine.state.audit import WantedDeeds, list_deeds
from engine.state.database import Database
from tests.rehearsal import BRAND, MAPPING, SETTINGS, sandbox
from tests.shipped import ROOT

ENROL = "/v2/programs/enrolments"


class Desk:
    """A sandbox in which one enrolment was lost, and the command line on it."""

    def __init__(self, base: str, folder: Path) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if "MIRADOT" not in name},
            **SETTINGS,
            "MIRADOT_MIRAKL_URL": f"{base}/mirakl",
            "MIRADOT_DOTDIGITAL_URL": f"{base}/dotdigital",
            "MIRADOT_DATABASE_URL": f"sqlite:///{folder}/desk.db",
            "MIRADOT_MAPPING": MAPPING,
            "MIRADOT_BRAND": BRAND,
        }

    def call(self, *words: str, **other: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "cli.py", *words],
            env={**self._environment, **other},
            cwd=ROOT,
            timeout=120,
            check=False,
            capture_output=True,
            text=True,
        )

    def orders(self) -> list[str]:
        """Give the orders that were sent."""
        database = Database(self._environment["MIRADOT_DATABASE_URL"])
        with database.transaction() as connection:
            sent = text("SELECT order_key FROM order_version WHERE outcome = 'sent' ORDER BY id")
            found = [str(row[0]) for row in connection.execute(sent)]
        database.close()
        return found

    def deeds(self) -> list[tuple[str, str, str]]:
        """Give who did what, and how it ended."""
        database = Database(self._environment["MIRADOT_DATABASE_URL"])
        with database.transaction() as connection:
            found = list_deeds(connection, WantedDeeds())
        database.close()
        return [(one.who, one.act, one.ended or "") for one in reversed(found)]

    def read(self, *words: str) -> Any:
        """Give the JSON that a command prints, which keeps to the schema that it names."""
        done = self.call(*words, "--output-format", "json")
        document = orjson.loads(done.stdout)
        name = document["schema"].removeprefix("miradot/")
        Draft202012Validator(read_schema(f"{name}.schema.json")).validate(document)
        return document


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with sandbox() as base:
        made = Desk(base, tmp_path_factory.mktemp("desk"))
        fault = {"kind": "lose", "service": "dotdigital", "path": ENROL}
        httpx.post(f"{base}/sandbox/faults", json=fault, trust_env=False).raise_for_status()
        assert made.call("sync", "--once").returncode == 0
        yield made


def test_what_is_lost_is_listed_shown_decided_and_sent_once_more(desk: Desk) -> None:
    (cause,) = desk.read("exceptions", "list", "--rows")["causes"]
    (row,) = cause["rows"]
    number = str(row["id"])
    shown = desk.read("exceptions", "show", number)
    assert [call["state"] for call in shown["calls"] if call["send"] == "post_purchase"] == [
        "unknown"
    ]
    assert desk.call("exceptions", "resolve", number, "--note", "seen").returncode == 2
    done = desk.read(
        *("exceptions", "resolve", number, "--did-not-happen", "--note", "no", "--by", "mo")
    )
    assert (done["by"], done["waiting"]) == ("mo", [row["order"]])
    ahead = desk.read("exceptions", "replay", number)
    assert (ahead["sent"], ahead["seen_by_customers"]) == (False, 1)
    sent = desk.read("exceptions", "replay", number, "--send")
    assert [one["ended"] for one in sent["orders"]] == ["sent"]
    assert desk.read("exceptions", "list")["causes"] == []
    assert desk.call("exceptions", "undo", number, "--note", "no").returncode == 2
    assert desk.call("exceptions", "show", number, "--show-personal-data").returncode == 0
    me = f"{getpass.getuser()} (command line)"
    assert desk.deeds() == [
        (me, "resolved", "refused"),
        ("mo (command line)", "resolved", "done"),
        (me, "replayed", "done"),
        (me, "undone", "refused"),
        (me, "revealed", "done"),
    ]


def test_status_exits_0_while_all_is_well(desk: Desk) -> None:
    assert desk.read("status")["health"]["ok"] is True
    assert desk.call("status").returncode == 0


def test_status_makes_no_database(desk: Desk, tmp_path: Path) -> None:
    done = desk.call("status", MIRADOT_DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert (done.returncode, done.stdout.split("  ")[0]) == (1, "NEVER RAN")
    assert list(tmp_path.iterdir()) == []


def test_personal_data_is_shown_only_with_a_line_in_the_log(desk: Desk) -> None:
    masked = desk.call("exceptions", "show", "1")
    plain = desk.call("exceptions", "show", "1", "--show-personal-data")
    assert ("***@" in masked.stdout, "***" in plain.stdout.split("what was read")[1]) == (
        True,
        False,
    )
    assert "personal data shown" in plain.stderr
    assert "personal data shown" not in masked.stderr


def test_an_exception_that_is_not_there_is_told_in_one_line(desk: Desk) -> None:
    done = desk.call("exceptions", "show", "99")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "miradot: there is no exception 99; miradot exceptions list shows them\n"
    )


def test_an_erasure_is_on_record_without_a_name(desk: Desk) -> None:
    (number, *_), before = desk.orders(), len(desk.deeds())
    assert desk.call("forget", "--order", number, "--send").returncode == 0
    erased = [deed for deed in desk.deeds()[before:] if deed[1] == "erased"]
    assert erased == [(f"{getpass.getuser()} (command line)", "erased", "done")]

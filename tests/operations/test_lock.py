"""`miradot lock refresh` on a sandbox over HTTP: what is read, shown, written, and refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal import ROOT, SETTINGS, Sides, sandbox


class Keeper:
    """Somebody who keeps an account lock in a folder of their own."""

    def __init__(self, base: str, folder: Path) -> None:
        self.sides = Sides(base)
        self.file = folder / "account.yaml"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "MIRADOT" not in name},
            **{name: value for name, value in SETTINGS.items() if "DOTDIGITAL_" in name},
            "PYTHONPATH": str(ROOT),
            "MIRADOT_DOTDIGITAL_URL": f"{base}/dotdigital",
        }

    def refresh(self, *more: str) -> subprocess.CompletedProcess[str]:
        return self.call("lock", "refresh", str(self.file), *more)

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "cli.py", *words]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with sandbox() as address:
        yield address


@pytest.fixture
def keeper(base: str, tmp_path: Path) -> Iterator[Keeper]:
    """Give a keeper whose lock is as the account is."""
    made = Keeper(base, tmp_path)
    assert made.refresh("--write").returncode == 0
    yield made
    made.sides.close()


def test_a_lock_that_is_not_there_yet_is_shown_and_not_written(base: str, tmp_path: Path) -> None:
    keeper = Keeper(base, tmp_path)
    done = keeper.refresh()
    assert (done.returncode, keeper.file.exists()) == (1, False)
    assert "+  MIRAKL_PERSON: String" in done.stdout
    assert "is not there yet" in done.stderr


def test_a_written_lock_holds_all_that_the_account_has(keeper: Keeper) -> None:
    text = keeper.file.read_text(encoding="utf-8")
    for line in (
        "target: dotdigital@2026-08",
        "  FIRSTNAME: String",
        '    name: "Welcome (draft)"',
        "    status: Draft",
        '  "4712": Marketplace buyers',
        '  "301": Order confirmation',
    ):
        assert f"{line}\n" in text
    assert keeper.call("validate", str(keeper.file)).returncode == 0


def test_a_lock_that_is_as_the_account_is_is_left_alone(keeper: Keeper) -> None:
    done = keeper.refresh()
    assert (done.returncode, done.stdout) == (0, "")
    assert "is as the account is" in done.stderr


def test_what_changed_is_told_and_written_and_comments_stay(keeper: Keeper) -> None:
    keeper.change("  FIRSTNAME: String\n", "  FIRSTNAME: Numeric # asked Mo\n  OLD_ONE: Date\n")
    keeper.change('  "4711": Marketplace marketing\n', "")
    keeper.change("lists:\n", "# Both are made by hand.\nlists:\n")
    before = keeper.refresh()
    assert before.returncode == 1
    for told in (
        "changed: data field FIRSTNAME, Numeric → String",
        "gone: data field OLD_ONE",
        "new: list 4711",
    ):
        assert told in before.stderr
    assert "-  OLD_ONE: Date" in before.stdout
    assert keeper.refresh("--write").returncode == 0
    text = keeper.file.read_text(encoding="utf-8")
    assert "  FIRSTNAME: String # asked Mo\n" in text
    assert "# Both are made by hand.\nlists:\n" in text
    assert keeper.refresh().returncode == 0


def test_what_the_account_gets_is_new(keeper: Keeper) -> None:
    path = "/dotdigital/insightData/v3/collections/Returns"
    keeper.sides.post(f"{path}?collectionScope=contact&collectionType=custom", {})
    done = keeper.refresh()
    assert done.returncode == 1
    assert "new: collection Returns" in done.stderr


def test_statuses_are_told_with_whether_mappings_know_them(keeper: Keeper) -> None:
    known = {"email": "jo@example.com", "status": "hardBounced"}
    keeper.sides.post("/sandbox/contacts", known)
    keeper.change("statuses:", "statuses: {goneStatus: unknown}\n# was:")
    assert "new: status hardBounced" in keeper.refresh("--write").stderr
    text = keeper.file.read_text(encoding="utf-8")
    assert ("goneStatus: unknown" in text, "hardBounced: known" in text) == (True, True)


def test_the_lock_of_another_account_is_refused(keeper: Keeper) -> None:
    keeper.change("account: ", "account: '9' # ")
    done = keeper.refresh("--write")
    assert done.returncode == 2
    assert "is of account 9, and this is account" in done.stderr


def test_what_is_no_account_lock_is_told_at_its_place(keeper: Keeper) -> None:
    keeper.change("lists:", "list:")
    before = keeper.file.read_text(encoding="utf-8")
    done = keeper.refresh("--write")
    assert done.returncode == 1
    assert "account.yaml" in done.stderr
    assert 'did you mean "lists"' in done.stderr
    assert keeper.file.read_text(encoding="utf-8") == before


def test_an_account_that_cannot_be_read_whole_changes_nothing(keeper: Keeper) -> None:
    fault = {"kind": "refuse", "service": "dotdigital", "path": "/v2/templates", "status": 500}
    keeper.sides.post("/sandbox/faults", {**fault, "times": 1})
    before = keeper.file.read_text(encoding="utf-8")
    done = keeper.refresh("--write")
    assert done.returncode == 2
    assert "nothing is compared: could not list templates" in done.stderr
    assert keeper.file.read_text(encoding="utf-8") == before


def test_without_settings_all_that_is_missing_is_named(tmp_path: Path) -> None:
    keeper = Keeper("", tmp_path)
    keeper.environment = {n: v for n, v in keeper.environment.items() if "MIRADOT" not in n}
    done = keeper.refresh()
    assert done.returncode == 2
    assert "3 settings are not set" in done.stderr

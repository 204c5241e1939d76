"""`miradot restored`: what it takes, what it refuses, and that looking changes nothing."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from engine.commands.restored import RestoredRequest, restored
from engine.commands.tombstones import list_erased, read_erased
from engine.problem import Failure
from engine.report.restored import render_restored
from engine.state.tombstones import bury
from tests.deploy.test_backup_page import KEY, serving
from tests.operations.hands import Hands
from tests.rehearsal import BRAND, MAPPING, ROOT, SETTINGS

DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """A database that ran, and the settings that lead to it."""
    found = Hands(url=f"sqlite:///{tmp_path}/one.db")
    found.worker.tombstone_key = KEY
    found.there.sandbox.world._coming.clear()  # noqa: SLF001 - it has no other end
    found.place()
    found.sync()
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MIRADOT_DATABASE_URL", f"sqlite:///{tmp_path}/one.db")
    return found


def write(folder: Path, *lines: str) -> Path:
    path = folder / "erased.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def head() -> str:
    return list_erased().splitlines()[0]


def test_the_list_holds_every_tombstone_and_is_read_again(hands: Hands, tmp_path: Path) -> None:
    now = hands.clock.now()
    with hands.database.transaction() as connection:
        bury(connection, KEY, "address", "jo.bloggs@example.com", now)
        bury(connection, KEY, "order", "DBN-1-A", now)
    text = list_erased()
    assert "jo.bloggs" not in text
    assert "DBN-1-A" not in text
    read = read_erased(write(tmp_path, *text.splitlines()), KEY)
    assert {one.kind for one in read} == {"address", "order"}


@pytest.mark.usefixtures("hands")
def test_a_list_of_another_key_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, head())
    with pytest.raises(Failure, match="made with another MIRADOT_TOMBSTONE_KEY"):
        read_erased(path, b"another key of the tests, no secret")


@pytest.mark.usefixtures("hands")
@pytest.mark.parametrize(
    "line", [f"person {DIGEST[:40]}", f"nobody {DIGEST} 2026-03-01T09:00:00Z", "", DIGEST]
)
def test_a_line_that_is_no_tombstone_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, head(), f"person {DIGEST} 2026-03-01T09:00:00.000000Z", line)
    with pytest.raises(Failure, match=r"line 3: expected KIND, 64 hex digits and a time"):
        read_erased(path, KEY)


@pytest.mark.usefixtures("hands")
def test_another_file_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="is no list of miradot forget --list"):
        read_erased(write(tmp_path, "order,total"), KEY)


def test_looking_puts_nothing_on_record(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, head(), f"person {DIGEST} 2026-03-01T09:00:00.000000Z")
    with serving(hands) as base:
        monkeypatch.setenv("MIRADOT_DOTDIGITAL_URL", f"{base}/dotdigital")
        document = restored(RestoredRequest(ROOT / MAPPING, ROOT / BRAND, path, send=False))
    assert (document["tombstones"], document["unknown"], document["people"]) == (1, 1, 0)
    assert "--send puts it on record" in render_restored(document, "text")
    assert hands.count("restore") == 0
    assert hands.count("tombstone") == 0


def test_a_database_that_never_ran_is_no_backup(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRADOT_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    with serving(hands) as base:
        monkeypatch.setenv("MIRADOT_DOTDIGITAL_URL", f"{base}/dotdigital")
        with pytest.raises(Failure, match="this database never ran"):
            restored(RestoredRequest(ROOT / MAPPING, ROOT / BRAND, None, send=False))


@pytest.mark.parametrize(
    "words",
    [["--send"], ["--send", "--nobody-erased", "--erased", "x"], ["--nobody-erased", "--erased=x"]],
)
def test_a_restore_is_put_on_record_only_with_a_word_on_who_was_erased(words: list[str]) -> None:
    from engine.console.restored import command  # noqa: PLC0415 - as the command line does

    with pytest.raises(click.UsageError, match="say who was erased since the backup"):
        command.main(words, standalone_mode=False)

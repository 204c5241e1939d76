"""`miradot validate --watch` left running: files change, it tells, Ctrl-C ends it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

import orjson
import pytest

from engine.commands.watch import Watch, watch_paths
from engine.problem import Failure
from tests.shipped import ROOT

SECONDS = 20
ORDERS = Path("mappings/debenhams/orders.yaml")
CATALOGUE = Path("mappings/debenhams/catalogue.yaml")


class Watcher:
    """The real command in a folder of its own, its output read as it comes."""

    def __init__(self, folder: Path, *arguments: str, program: Path, talk: int) -> None:
        # Tests that were started in the background ignore interrupts, and so would the command.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [sys.executable, str(program), "validate", "--watch", *arguments],
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(program.parent)},
            stdout=subprocess.PIPE,
            stderr=talk,
            text=True,
            encoding="utf-8",
        )
        self.lines: SimpleQueue[str] = SimpleQueue()
        assert self.process.stdout is not None
        self._reader = Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self.lines.put(line.rstrip("\n"))

    def read_until(self, pattern: str) -> list[str]:
        """Give the lines up to the first that holds the pattern; queue.Empty when none comes."""
        read = [self.lines.get(timeout=SECONDS)]
        while not re.search(pattern, read[-1]):
            read.append(self.lines.get(timeout=SECONDS))
        return read

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS)

    def rest(self) -> str:
        """Give what the command that has ended still said."""
        self._reader.join(SECONDS)
        lines = [self.lines.get_nowait() for _ in range(self.lines.qsize())]
        return "\n".join(lines).strip()

    def close(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def watching(
    folder: Path,
    *arguments: str,
    program: Path = ROOT / "cli.py",
    talk: int = subprocess.STDOUT,
) -> Iterator[Watcher]:
    watcher = Watcher(folder, *arguments, program=program, talk=talk)
    try:
        yield watcher
    finally:
        watcher.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (ORDERS, CATALOGUE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    return tmp_path


def slip(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("\nowner:", "\nownr:"), "utf-8")


def mend(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("\nownr:", "\nowner:"), "utf-8")


def test_a_slip_is_told_when_it_is_saved_and_gone_when_it_is_mended(folder: Path) -> None:
    with watching(folder) as watcher:
        assert watcher.read_until("fine") == ["2 files are fine"]
        slip(folder / ORDERS)
        first, *rest = watcher.read_until("1 error in 2 files")
        assert re.fullmatch(rf"-- \d\d:\d\d:\d\d {ORDERS} changed --", first)
        assert any('unknown key "ownr"' in line for line in rest)
        mend(folder / ORDERS)
        assert watcher.read_until("fine")[-1] == "2 files are fine"
        assert watcher.interrupt() == 130


def test_ctrl_c_ends_it_without_another_word(folder: Path) -> None:
    with watching(folder) as watcher:
        watcher.read_until("fine")
        assert watcher.interrupt() == 130
        assert watcher.rest() == ""


def test_a_file_that_an_editor_replaces_by_another_is_still_watched(folder: Path) -> None:
    with watching(folder, str(ORDERS)) as watcher:
        watcher.read_until("1 file is fine")
        for change, expected in ((slip, "1 error in 1 file"), (mend, "1 file is fine")):
            draft = folder / "mappings/debenhams/.orders.yaml.swp"
            shutil.copy(folder / ORDERS, draft)
            change(draft)
            draft.replace(folder / ORDERS)
            assert str(ORDERS) in watcher.read_until(expected)[0]


def test_beside_a_single_file_nothing_else_is_checked(folder: Path) -> None:
    with watching(folder, str(ORDERS)) as watcher:
        watcher.read_until("1 file is fine")
        slip(folder / CATALOGUE)
        slip(folder / ORDERS)
        assert not any(str(CATALOGUE) in line for line in watcher.read_until("1 error in 1 file"))


def test_a_file_that_goes_is_told_and_met_again_when_it_comes_back(folder: Path) -> None:
    with watching(folder, str(ORDERS)) as watcher:
        watcher.read_until("fine")
        (folder / ORDERS).rename(folder / "away")
        watcher.read_until(f'miradot: there is no file or folder "{ORDERS}"')
        (folder / "away").rename(folder / ORDERS)
        assert watcher.read_until("fine")[-1] == "1 file is fine"


def test_a_folder_that_another_takes_the_place_of_is_still_watched(folder: Path) -> None:
    shutil.copytree(folder / "mappings", folder / "next")
    slip(folder / "next/debenhams/orders.yaml")
    with watching(folder) as watcher:
        watcher.read_until("fine")
        (folder / "mappings").rename(folder / "last")
        (folder / "next").rename(folder / "mappings")
        watcher.read_until("1 error in 2 files")
        mend(folder / ORDERS)
        watcher.read_until("2 files are fine")


def test_a_half_written_file_is_a_problem_until_its_rest_comes(folder: Path) -> None:
    whole = (folder / ORDERS).read_bytes()
    with watching(folder) as watcher:
        watcher.read_until("fine")
        (folder / ORDERS).write_bytes(whole[: len(whole) // 2] + b"\xc3")
        watcher.read_until("error")
        (folder / ORDERS).write_bytes(whole)
        watcher.read_until("2 files are fine")


def test_a_new_folder_is_watched_with_what_is_in_it(folder: Path) -> None:
    new = folder / "mappings/other/deep/offers.yaml"
    with watching(folder) as watcher:
        watcher.read_until("2 files are fine")
        new.parent.mkdir(parents=True)
        shutil.copy(ROOT / CATALOGUE, new)
        watcher.read_until("in 3 files|3 files are fine")
        slip(new)
        assert "mappings/other/deep/offers.yaml changed" in watcher.read_until(" error")[0]


def test_a_brand_file_is_checked_again_with_its_mapping(folder: Path) -> None:
    brand = folder / "mappings/debenhams/brands/a.yaml"
    with watching(folder) as watcher:
        watcher.read_until("2 files are fine")
        brand.parent.mkdir()
        text = (ROOT / "mappings/debenhams/brands/example.yaml").read_text(encoding="utf-8")
        brand.write_text(text.replace("programme:", "programm:"), encoding="utf-8")
        watcher.read_until('did you mean "programme"')
        brand.write_text(text, encoding="utf-8")
        watcher.read_until("3 files are fine")


@pytest.fixture
def program(folder: Path) -> Path:
    """The program itself in the folder, so that its locks can be changed."""
    (folder / "schemas").unlink()
    for name in ("engine", "schemas"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return Path(shutil.copy(ROOT / "cli.py", folder))


def test_a_lock_that_changes_makes_every_mapping_checked_again(folder: Path, program: Path) -> None:
    lock = folder / "schemas/mirakl/order.json"
    whole = lock.read_text(encoding="utf-8")
    with watching(folder, str(ORDERS), program=program) as watcher:
        watcher.read_until("fine")
        lock.write_text(whole[:1000], encoding="utf-8")
        watcher.read_until("miradot: a lock in .* cannot be read")
        lock.write_text(whole.replace('"refunds"', '"refundings"'), encoding="utf-8")
        assert "schemas/mirakl/order.json changed" in watcher.read_until('no field "refunds"')[0]
        lock.write_text(whole, encoding="utf-8")
        assert watcher.read_until("fine")[-1] == "1 file is fine"


def test_what_programs_read_is_one_document_after_each_change(folder: Path) -> None:
    with watching(folder, "--output-format", "json", talk=subprocess.DEVNULL) as watcher:
        errors = [orjson.loads("\n".join(watcher.read_until(r"^\}")))["summary"]["errors"]]
        slip(folder / ORDERS)
        errors.append(orjson.loads("\n".join(watcher.read_until(r"^\}")))["summary"]["errors"])
        assert errors == [0, 1]


def test_a_wrong_path_ends_the_command_at_once(tmp_path: Path) -> None:
    with watching(tmp_path, "nowhere") as watcher:
        assert watcher.process.wait(SECONDS) == 2
        assert watcher.read_until("miradot") == [
            'miradot: there is no file or folder "nowhere"',
        ]


def test_without_the_extra_the_command_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    said: list[str] = []
    watch = Watch([folder], lambda: "", said.append, said.append, lambda: datetime.now(UTC))
    with pytest.raises(Failure, match=re.escape('pip install "miradot[watch]"')):
        watch_paths(watch)
    assert said == []


def test_the_library_is_imported_for_watching_only() -> None:
    code = "import sys, engine.commands.watch as w; sys.exit('watchfiles' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

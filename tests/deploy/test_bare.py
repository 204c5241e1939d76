"""As bare as a container: no terminal, no home, code that cannot be written, a uid nobody knows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import orjson
import pytest

import cli
from engine.problem import Failure
from engine.state.migrations import prepare_database
from tests.rehearsal import ROOT, free_port, sandbox, settings_for
from tests.state.databases import NOW, opened

UID = 12345
COPIED = ("engine", "schemas", "mappings", "cli.py")


class Container:
    """A copy of the code that cannot be written, and a folder that can."""

    def __init__(self, folder: Path) -> None:
        self.code, self.state = folder / "code", folder / "state"
        self.code.mkdir()
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.code / name)
        for path in (*self.code.rglob("*"), self.code):
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.state.mkdir(mode=0o777)
        self.state.chmod(0o777)
        self.before = self.listing()

    def listing(self) -> list[str]:
        return sorted(str(path) for path in self.code.rglob("*"))

    @contextmanager
    def running(
        self, environment: dict[str, str], *words: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start a command as somebody without a name, where we are root; as ourselves elsewhere."""
        setpriv = shutil.which("setpriv")
        nobody = os.getuid() == 0 and setpriv is not None
        who = [str(setpriv), f"--reuid={UID}", "--regid=0", "--clear-groups"] if nobody else []
        with subprocess.Popen(
            [*who, sys.executable, str(self.code / "cli.py"), *words],
            cwd=self.state,
            env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(self.code), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, environment: dict[str, str], *words: str) -> tuple[int, bytes, bytes]:
        """Give how a command ended, and what it said on stdout and stderr."""
        with self.running(environment, *words) as process:
            said, told = process.communicate(timeout=600)
        return process.returncode, said, told

    def given(self, base: str) -> dict[str, str]:
        """Give what a container is told, and nothing else."""
        folder = Path(tempfile.mkdtemp(dir=self.state))
        folder.chmod(0o777)
        told = settings_for(base, folder)
        mapping = self.code / "mappings/debenhams"
        return {
            **{name: value for name, value in told.items() if name.startswith("MIRADOT_")},
            "MIRADOT_LOG_FORMAT": "json",
            "MIRADOT_MAPPING": str(mapping / "orders.yaml"),
            "MIRADOT_BRAND": str(mapping / "brands/example.yaml"),
        }


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    # pytest's own folders are for their owner alone.
    with tempfile.TemporaryDirectory(prefix="miradot-bare-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        made = Container(folder)
        yield made
        for path in (made.code, *made.code.rglob("*")):
            path.chmod(0o755)


def test_a_round_tells_its_result_on_stdout_and_its_log_in_json(container: Container) -> None:
    with sandbox() as base:
        given = container.given(base)
        code, said, log = container.run(given, "sync", "--once", "--output-format", "json")
    assert code in (0, 1), log
    assert orjson.loads(said)["schema"] == "miradot/sync.v1"
    assert all(set(orjson.loads(line)) >= {"at", "level", "event"} for line in log.splitlines())
    assert container.listing() == container.before


def test_the_service_logs_json_alone_and_ends_with_0_on_sigterm(container: Container) -> None:
    with sandbox() as base, container.running(container.given(base), "sync") as service:
        assert service.stderr is not None
        first = read_until(service.stderr, b'"service started"')
        os.kill(service.pid, signal.SIGTERM)
        said, rest = service.communicate(timeout=600)
    lines = [orjson.loads(line) for line in (*first, *rest.splitlines())]
    assert (service.returncode, said) == (0, b"")
    assert lines[-1]["event"] == "service stopped"
    assert container.listing() == container.before


def test_the_page_ends_with_0_on_sigterm(container: Container) -> None:
    given = container.given("http://127.0.0.1:9")
    given["MIRADOT_WEB_TOKENS"] = "ops:view:a-token-of-the-tests-no-secret"
    given["MIRADOT_DATABASE_URL"] = f"sqlite:///{container.state}/page.db"
    port = free_port()
    with container.running(given, "serve", "--port", str(port)) as page:
        for _ in range(3000):
            if answers(port):
                break
            time.sleep(0.1)
        os.kill(page.pid, signal.SIGTERM)
        page.communicate(timeout=600)
    assert page.returncode == 0


def test_what_is_not_set_ends_with_2_and_a_sentence(container: Container) -> None:
    code, said, told = container.run({}, "sync")
    assert (code, said) == (2, b"")
    assert told.startswith(b"miradot: ")
    assert b"Traceback" not in told


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence() -> None:
    with opened("sqlite:////proc/miradot.db") as database, pytest.raises(Failure) as told:
        prepare_database(database, NOW)
    assert str(told.value).startswith('cannot write the database "/proc/miradot.db": ')


def test_a_folder_that_cannot_be_entered_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", refuse)
    with opened("sqlite:////root/state/miradot.db") as database, pytest.raises(Failure) as told:
        prepare_database(database, NOW)
    assert str(told.value) == (
        'cannot write the database "/root/state/miradot.db": Permission denied'
    )


def test_the_unexpected_ends_with_3_where_no_log_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    assert cli._exit_code(fail) == 3  # noqa: SLF001 - what main() ends with
    told = capfd.readouterr().err
    assert told == (
        "miradot: unexpected ZeroDivisionError; no log could be written"
        " (No usable temporary directory found)\n"
    )


def read_until(log: IO[bytes], word: bytes) -> list[bytes]:
    """Give the lines of a log up to one with a word in it; one that ends before is all wrong."""
    lines: list[bytes] = []
    while not lines or word not in lines[-1]:
        lines.append(log.readline())
        assert lines[-1], lines
    return lines


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/livez", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False

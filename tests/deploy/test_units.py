"""The systemd units: commands and settings that are there, no rights that are not needed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from engine.settings import read_settings
from tests.deploy.commands import parse, unknown_settings
from tests.rehearsal import ROOT

FOLDER = ROOT / "deploy/systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
PROGRAM = "/opt/miradot/bin/miradot"
each_service = pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)

Unit = dict[str, dict[str, list[str]]]


def read(path: Path) -> Unit:
    """Give a unit by section and name; each name may stand often."""
    unit: Unit = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\[(\w+)\]", line):
            section = found[1]
        elif line and not line.startswith("#"):
            name, sign, value = line.partition("=")
            assert sign, f"{path.name}: {line}"
            assert section, f"{path.name}: {line} stands before a section"
            unit[section][name].append(value)
    return unit


def words_of(path: Path) -> list[str]:
    [command] = read(path)["Service"]["ExecStart"]
    return shlex.split(command)


def settings_of(path: Path) -> dict[str, str]:
    pairs = [one.partition("=") for one in read(path)["Service"]["Environment"]]
    return {name: value for name, _, value in pairs}


def test_there_is_a_service_a_page_and_a_timer() -> None:
    assert {path.stem for path in SERVICES} == {
        "miradot-serve",
        "miradot-sync",
        "miradot-sync-once",
    }
    [timer] = FOLDER.glob("*.timer")
    assert read(timer)["Timer"]["Unit"] == ["miradot-sync-once.service"]


@each_service
def test_a_unit_runs_a_command_that_is_there(path: Path) -> None:
    program, *words = words_of(path)
    assert program == PROGRAM
    assert parse(words) is not None


@each_service
def test_a_unit_sets_only_settings_that_are_there(path: Path) -> None:
    given = settings_of(path)
    assert given["MIRADOT_LOG_FORMAT"] == "json"
    assert unknown_settings(list(given)) == []


def test_the_file_of_settings_holds_only_settings_that_are_there_and_no_secret() -> None:
    text = (FOLDER / "settings.env").read_text(encoding="utf-8")
    names = re.findall(r"^(?:# )?(MIRADOT_[A-Z_]+)=", text, re.MULTILINE)
    assert len(names) == 6
    assert unknown_settings(names) == []
    assert not {"MIRADOT_MIRAKL_KEY", "MIRADOT_DOTDIGITAL_PASSWORD"} & set(names)


def test_the_file_of_settings_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (FOLDER / "settings.env").read_text(encoding="utf-8")
    for name, value in re.findall(r"^(?:# )?(MIRADOT_[A-Z_]+)=(.*)$", text, re.MULTILINE):
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.mapping == Path("/etc/miradot/mappings/orders.yaml")
    assert settings.database.startswith("postgresql://")


@each_service
def test_each_secret_is_a_credential_that_the_unit_loads(path: Path) -> None:
    loaded = [one.partition(":")[0] for one in read(path)["Service"]["LoadCredential"]]
    files = {key: value for key, value in settings_of(path).items() if key.endswith("_FILE")}
    assert set(files.values()) == {f"%d/{name}" for name in loaded}
    assert {f"MIRADOT_{name.upper()}_FILE" for name in loaded} == set(files)


@each_service
def test_a_unit_may_write_its_own_folder_and_nothing_else(path: Path) -> None:
    service = read(path)["Service"]
    assert service["StateDirectory"] == ["miradot"]
    assert service["ProtectSystem"] == ["strict"]
    assert not service["ReadWritePaths"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["User"] == ["miradot"]


def test_the_user_of_the_units_is_made() -> None:
    lines = (FOLDER / "miradot.sysusers.conf").read_text(encoding="utf-8").splitlines()
    [made] = [shlex.split(line) for line in lines if not line.startswith("#")]
    assert made[:2] == ["u", "miradot"]


def test_service_and_timer_are_never_on_together() -> None:
    assert (
        "miradot-sync-once.timer" in read(FOLDER / "miradot-sync.service")["Unit"]["Conflicts"][0]
    )
    [timer] = FOLDER.glob("*.timer")
    assert read(timer)["Unit"]["Conflicts"] == ["miradot-sync.service"]


def test_held_orders_do_not_make_a_round_a_failure() -> None:
    service = read(FOLDER / "miradot-sync-once.service")["Service"]
    assert service["SuccessExitStatus"] == ["1"]


def test_systemd_takes_the_units_and_finds_little_exposed(tmp_path: Path) -> None:
    """Where systemd is installed it is asked; elsewhere the other tests have read the units."""
    units = [*SERVICES, *FOLDER.glob("*.timer")]
    for path in units:
        text = path.read_text(encoding="utf-8").replace(PROGRAM, "/bin/echo")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    tool = shutil.which("systemd-analyze")
    if tool is None:
        assert all(read(path) for path in units)
        return
    files = [str(tmp_path / path.name) for path in units]
    assert ask(tool, "verify", "--man=no", "--recursive-errors=no", *files) == (0, "")
    for path in SERVICES:
        exposed = ask(
            tool, "security", "--offline=true", "--threshold=20", str(tmp_path / path.name)
        )
        assert exposed[0] == 0, exposed[1]


def ask(*words: str) -> tuple[int, str]:
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    return told.returncode, told.stdout + told.stderr

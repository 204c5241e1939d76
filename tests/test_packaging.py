"""The wheel holds what an empty environment needs, and the pins hold nothing but pins."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from engine.codes import CODES

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(r"([a-z0-9-]+)==(\S+)")
PIN_LINE = re.compile(r"#.*|[a-z0-9-]+==\S+ \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := PIN.match(line))}


def required(lines: list[str]) -> set[str]:
    return {re.split(r"[\[<>=]", line)[0] for line in lines}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_string(wheel.read(name).decode())


def test_the_wheel_holds_every_file_of_the_engine(wheel: zipfile.ZipFile) -> None:
    wanted = {str(path.relative_to(ROOT)) for path in (ROOT / "engine").rglob("*.py")}
    assert wanted | {"cli.py"} <= set(wheel.namelist())


def test_the_wheel_holds_the_page_of_every_code(wheel: zipfile.ZipFile) -> None:
    assert {f"engine/codes/pages/{code}.md" for code in CODES} <= set(wheel.namelist())


def test_the_wheel_holds_what_handbooks_are_made_of(wheel: zipfile.ZipFile) -> None:
    folders = [ROOT / "engine/report/handbook", ROOT / "engine/handbook/terms"]
    found = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    assert len(found) == 7
    assert {str(path.relative_to(ROOT)) for path in found} <= set(wheel.namelist())


def test_the_wheel_holds_what_the_page_is_made_of(wheel: zipfile.ZipFile) -> None:
    found = list((ROOT / "engine/web/templates").iterdir())
    assert {path.name for path in found} >= {"layout.html", "health.html", "style.css"}
    assert {str(path.relative_to(ROOT)) for path in found} <= set(wheel.namelist())


def test_the_wheel_holds_every_schema_inside_the_package(wheel: zipfile.ZipFile) -> None:
    schemas = [path for path in (ROOT / "schemas").rglob("*.json") if path.is_file()]
    wanted = {f"engine/{path.relative_to(ROOT)}" for path in schemas}
    given = {name for name in wheel.namelist() if name.endswith(".json")}
    assert {name for name in given if not name.startswith("engine/mappings/")} == wanted


def test_the_wheel_holds_what_new_repositories_are_made_of(wheel: zipfile.ZipFile) -> None:
    folders = {"mappings/debenhams": "engine", "engine/scaffold/templates": ""}
    for folder, prefix in folders.items():
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        wanted = {str(Path(prefix, path.relative_to(ROOT))) for path in files}
        assert wanted
        assert wanted <= set(wheel.namelist())


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"engine", "cli.py"}


def test_the_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "miradot = cli:main" in wheel.read(name).decode()


def test_the_wheel_states_its_licence_and_python(metadata: Message) -> None:
    assert (metadata["License-Expression"], metadata["Requires-Python"]) == ("Apache-2.0", ">=3.11")


def test_the_wheel_asks_for_the_run_time_dependencies_only(metadata: Message) -> None:
    asked = metadata.get_all("Requires-Dist", [])
    core = required([line for line in asked if "extra ==" not in line])
    assert core == required(PROJECT["project"]["dependencies"])


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-dev.txt"])
def test_pins_hold_versions_and_hashes_only(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN_LINE.fullmatch(line)] == []


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-dev.txt"])
def test_pins_say_how_to_refresh_them(name: str) -> None:
    assert "make pins" in (ROOT / name).read_text(encoding="utf-8").splitlines()[0]


def test_every_dependency_is_pinned() -> None:
    core = required(PROJECT["project"]["dependencies"]) | {"hatchling", "editables"}
    dev = required(PROJECT["dependency-groups"]["dev"])
    assert core - set(pins("constraints.txt")) == set()
    assert dev - set(pins("constraints-dev.txt")) == set()


def test_every_extra_is_tested_with_what_it_asks_for() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    assert {line for lines in extras.values() for line in lines} <= set(
        PROJECT["dependency-groups"]["dev"]
    )


def test_running_and_testing_use_the_same_versions() -> None:
    assert pins("constraints.txt").items() <= pins("constraints-dev.txt").items()


@pytest.mark.parametrize("tests", ["editor", "pages"])
def test_what_comes_from_npm_is_pinned_by_hashes_and_names_no_address(tests: str) -> None:
    text = (ROOT / f"tests/{tests}/package-lock.json").read_text(encoding="utf-8")
    locked = json.loads(text)["packages"]
    assert [name for name, package in locked.items() if name and "integrity" not in package] == []
    assert "://" not in text

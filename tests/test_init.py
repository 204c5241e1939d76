"""A new repository: it passes its own checks with nothing but the wheel, and overwrites nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.commands.init import init_repository
from engine.problem import Failure
from engine.scaffold.repository import Naming, list_files
from tests.shipped import ROOT
from tests.test_cli import call

NAMING = Naming("shop", "acme", "0.1.0")
QUIET = ["--quiet", "--no-deps", "--no-index"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the programs of a new environment with the wheel, and beside it only what it needs."""
    folder = tmp_path_factory.mktemp("installed")
    wheel = [sys.executable, "-m", "pip", "wheel", *QUIET, "--no-build-isolation"]
    subprocess.run([*wheel, "-w", str(folder), str(ROOT)], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    site = next((folder / "venv").glob("lib/python*/site-packages"))
    # The libraries are those of the tests; their own .pth, which names this checkout, is not read.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    programs = folder / "venv/bin"
    pip = [str(programs / "python"), "-m", "pip", "install", *QUIET, "--ignore-installed"]
    subprocess.run([*pip, str(next(folder.glob("*.whl")))], check=True)
    return programs


def run(command: str, folder: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    inherited = {name: one for name, one in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],  # noqa: S607 - the shell of the runner
        cwd=folder,
        env={
            **inherited,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def steps(folder: Path) -> Iterator[str]:
    workflow = yaml.safe_load((folder / ".github/workflows/mappings.yml").read_text("utf-8"))
    for job in workflow["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def test_it_passes_its_own_workflow_with_only_the_wheel_installed(
    installed: Path, tmp_path: Path
) -> None:
    made = run("miradot init new --brand acme --name shop", tmp_path, installed)
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "new"
    where = run("python -c 'import engine; print(engine.__file__)'", folder, installed)
    assert str(installed.parent) in where.stdout
    commands = list(steps(folder))
    assert len(commands) == 5
    for command in commands:
        done = run(command, folder, installed)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert "fine" in (folder / "summary.md").read_text(encoding="utf-8")


def test_its_hooks_pass_as_pre_commit_calls_them(installed: Path, tmp_path: Path) -> None:
    init_repository(tmp_path, NAMING)
    config = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks: list[Any] = [hook for place in config["repos"] for hook in place["hooks"]]
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in shipped] == ["miradot-validate", "miradot-test"]
    for hook in [*hooks, *shipped]:
        command = f"{hook['entry']} {' '.join(files_for(hook, tmp_path))}"
        done = run(command, tmp_path, installed)
        assert done.returncode == 0, (hook["id"], done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("hook", "file", "old", "new"),
    [
        ("miradot-validate", "orders.yaml", "path: order_state", "path: order_stat"),
        ("miradot-test", "orders.test.yaml", "row: 1\n", "row: 2\n"),
    ],
)
def test_a_shipped_hook_refuses_what_it_is_there_for(
    hook: str, file: str, old: str, new: str, tmp_path: Path
) -> None:
    init_repository(tmp_path, NAMING)
    broken = tmp_path / "mappings/shop" / file
    text = broken.read_text(encoding="utf-8")
    assert old in text
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    found = next(one for one in shipped if one["id"] == hook)
    program, *arguments = [*str(found["entry"]).split(), *files_for(found, tmp_path)]
    assert program == "miradot"
    placed = [str(tmp_path / one) if one.startswith("mappings") else one for one in arguments]
    assert call(*placed).returncode == 1


def files_for(hook: dict[str, Any], folder: Path) -> list[str]:
    """Give the files that pre-commit passes to a hook when all files changed."""
    if not hook.get("pass_filenames", True):
        return []
    return sorted(
        path
        for path in contents(folder)
        if re.search(hook["files"], path) and not re.search(hook.get("exclude", "^$"), path)
    )


def test_it_carries_the_names_it_was_given(tmp_path: Path) -> None:
    init_repository(tmp_path, NAMING)
    made = contents(tmp_path)
    assert b"\nmapping: shop-orders\n" in made["mappings/shop/orders.yaml"]
    assert b"brand: acme\nmapping: shop-orders\n" in made["mappings/shop/brands/acme.yaml"]
    assert b"\nbrand: brands/acme.yaml\n" in made["mappings/shop/orders.test.yaml"]
    assert made["requirements.txt"] == b"miradot==0.1.0\n"
    assert [name for name, text in made.items() if b"@NAME@" in text or b"@BRAND@" in text] == []


def test_the_mapping_is_the_shipped_one_but_for_its_name(tmp_path: Path) -> None:
    init_repository(tmp_path, NAMING)
    shipped = (ROOT / "mappings/debenhams/orders.yaml").read_bytes()
    made = contents(tmp_path)["mappings/shop/orders.yaml"]
    assert made == shipped.replace(b"mapping: debenhams-orders", b"mapping: shop-orders", 1)


@pytest.mark.parametrize("path", [path for path, _ in list_files(NAMING)])
def test_a_file_that_exists_stops_all(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("mine", encoding="utf-8")
    with pytest.raises(Failure, match="nothing was written"):
        init_repository(tmp_path, NAMING)
    assert contents(tmp_path) == {path: b"mine"}


def test_a_link_to_nowhere_counts_as_a_file_that_exists(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Failure, match=r"README\.md"):
        init_repository(tmp_path, NAMING)
    assert not (tmp_path / "nowhere").exists()


def test_nothing_is_written_through_a_link_that_leads_out(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "new"
    outside.mkdir()
    folder.mkdir()
    (folder / "mappings").symlink_to(outside)
    with pytest.raises(Failure, match="nothing was written"):
        init_repository(folder, NAMING)
    assert contents(outside) == {}
    assert list(folder.iterdir()) == [folder / "mappings"]


def test_a_file_in_the_place_of_a_folder_stops_all(tmp_path: Path) -> None:
    (tmp_path / "mappings").write_text("mine", encoding="utf-8")
    with pytest.raises(Failure, match="nothing was written"):
        init_repository(tmp_path, NAMING)
    with pytest.raises(Failure, match="is not a folder"):
        init_repository(tmp_path / "mappings", NAMING)
    assert contents(tmp_path) == {"mappings": b"mine"}


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("mine", encoding="utf-8")
    init_repository(tmp_path, NAMING)
    assert (tmp_path / "LICENSE").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("option", ["--name", "--brand"])
@pytest.mark.parametrize("name", ["../up", "a/b", "", "A", "x" * 50, "a\nb"])
def test_a_name_that_will_not_do_is_told(option: str, name: str, tmp_path: Path) -> None:
    done = call("init", str(tmp_path / "new"), option, name)
    assert done.returncode == 2
    assert f"{option} takes small letters" in done.stderr.decode()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["yes", "null", "on"])
def test_a_name_that_yaml_could_misread_stays_a_name(name: str, tmp_path: Path) -> None:
    init_repository(tmp_path, Naming(name, name, "0.1.0"))
    assert call("validate", str(tmp_path / "mappings")).returncode == 0

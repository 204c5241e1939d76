"""What the action for mapping repositories does, run as it stands, on a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECK = ROOT / ".github/actions/mappings/check"
ORDERS = "mappings/debenhams/orders.yaml"


@dataclass
class Repository:
    """A repository of mappings with one commit, and what the action says of its checkout."""

    folder: Path

    def git(self, *arguments: str) -> None:
        name = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *name, *arguments], cwd=self.folder, check=True, capture_output=True)  # noqa: S607 - git of this machine

    def edit(self, old: str, new: str) -> None:
        path = self.folder / ORDERS
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def check(self, **more: str) -> tuple[int, str, str]:
        report, summary = self.folder / "report.md", self.folder / "summary.md"
        summary.write_text("", encoding="utf-8")
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        program = programs / "miradot"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT / "cli.py"} "$@"\n')
        program.chmod(0o755)
        env = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "REPORT": str(report),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTIONS": "true",
            "BASE": "HEAD",
            **more,
        }
        done = subprocess.run(
            ["bash", str(CHECK)],  # noqa: S607 - idem
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert summary.read_text(encoding="utf-8") == report.read_text(encoding="utf-8")
        return done.returncode, done.stdout, report.read_text(encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    made = Repository(tmp_path)
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("add", "mappings")
    made.git("commit", "--quiet", "-m", "Start")
    return made


def test_a_checkout_that_holds_is_told_in_one_report(repository: Repository) -> None:
    code, _, report = repository.check()
    assert code == 0, report
    assert [line for line in report.splitlines() if line.startswith("## ")] == [
        "## Mappings",
        "## Tests",
        "## What the change does",
    ]


def test_a_mapping_that_does_not_hold_is_annotated_and_not_tested(repository: Repository) -> None:
    repository.edit("path: customer.firstname", "path: customer.fistname")
    code, printed, report = repository.check()
    assert code == 1
    assert "::error file=mappings/debenhams/orders.yaml,line=" in printed
    assert "MD302" in report
    assert "## Tests" not in report


def test_a_change_that_breaks_a_test_fails_and_is_told(repository: Repository) -> None:
    repository.edit("order_total: net", "order_total: placed")
    code, _, report = repository.check()
    assert code == 1
    assert "order_total" in report


def test_nothing_is_compared_without_a_base(repository: Repository) -> None:
    _, _, report = repository.check(BASE="")
    assert "## What the change does" not in report

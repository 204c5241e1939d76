"""The workflows: what strangers propose is data, actions are pinned, rights are the least."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / ".github/workflows").iterdir())
NAMED_COMMIT = "${{ inputs.engine-commit }}"
every_workflow = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def read(path: Path) -> dict[Any, Any]:
    # YAML 1.1 reads the key `on` as true.
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@every_workflow
def test_a_job_that_runs_files_of_a_repository_may_only_read(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        used = [step["uses"] for step in job["steps"] if "uses" in step]
        if any(one.startswith(("actions/checkout@", "./")) for one in used):
            assert job["permissions"] == {"contents": "read"}
        else:
            assert job["permissions"] == {"pull-requests": "write"}


@every_workflow
def test_no_workflow_runs_with_the_rights_of_the_base_branch(path: Path) -> None:
    assert "pull_request_target" not in read(path)[True]
    assert "secrets." not in path.read_text(encoding="utf-8")


@every_workflow
def test_every_action_is_pinned_to_a_commit(path: Path) -> None:
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    # An action of our own comes with the commit of miradot that the caller names.
    folders = [step.get("with", {}) for step in steps(path)]
    own = [f"./{one['path']}/" for one in folders if one.get("ref") == NAMED_COMMIT]
    others = [one for one in used if not one.startswith(tuple(own))]
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", one) for one in others)


@every_workflow
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    checkouts = [one for one in steps(path) if "actions/checkout" in one.get("uses", "")]
    assert checkouts
    assert all(one["with"]["persist-credentials"] is False for one in checkouts)


def test_proposed_mappings_are_checked_by_the_engine_of_the_base_branch() -> None:
    job = read(ROOT / ".github/workflows/ci.yml")["jobs"]["mappings"]
    folders = {
        step["with"]["path"]: step["with"]["ref"]
        for step in job["steps"]
        if "actions/checkout" in step.get("uses", "")
    }
    assert folders == {
        "base": "${{ github.event.pull_request.base.sha }}",
        "proposed": "${{ github.event.pull_request.head.sha }}",
    }
    runs = [step["run"] for step in job["steps"] if "run" in step]
    program = re.compile(
        r"(make --silent -C base |\.\./base/\.venv/bin/miradot validate --isolated )"
    )
    assert all(program.match(one) and "${{" not in one for one in runs)
    assert sum("validate" in one for one in runs) == 2

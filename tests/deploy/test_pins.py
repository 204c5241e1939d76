"""The pins of a deployment: whole, nothing more, and those that everything is tested with."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.deploy.pinned import (
    AT_A_DESK,
    CONSTRAINTS,
    DEPLOYED,
    find_needed,
    read_blocks,
    select,
)
from tests.rehearsal import ROOT


def project() -> dict[str, Any]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["project"]
    return found


def test_every_extra_is_deployed_or_serves_people_at_their_desk() -> None:
    assert {*DEPLOYED, *AT_A_DESK} == set(project()["optional-dependencies"])


def test_a_deployment_pins_all_that_it_needs_and_nothing_else() -> None:
    assert set(read_blocks(CONSTRAINTS)) == find_needed(select(project()))


def test_a_deployment_runs_what_is_tested() -> None:
    tested = read_blocks(ROOT / "constraints-dev.txt")
    assert read_blocks(CONSTRAINTS).items() <= tested.items()


def test_the_file_of_pins_holds_pins_alone() -> None:
    head, *_ = text = CONSTRAINTS.read_text(encoding="utf-8").splitlines(keepends=True)
    assert "make pins" in head
    assert "".join(text) == head + "".join(read_blocks(CONSTRAINTS).values())

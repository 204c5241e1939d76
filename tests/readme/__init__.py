"""The README is run: every command in it, with the output it shows.

`python -m tests.readme` runs the commands and rewrites what they print.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
_BLOCK = re.compile(r"```console\n(?P<body>.*?)```", re.DOTALL)
_INSERT = re.compile(
    r"<!-- from (?P<path>\S+) lines (?P<words>.+?) -->\n```(?P<kind>\w+)\n.*?```", re.DOTALL
)


def render(text: str) -> str:
    """Give the README with the present output of its commands and the present text of its files."""
    return _BLOCK.sub(_run_block, _INSERT.sub(_insert, text))


def _run_block(block: re.Match[str]) -> str:
    lines: list[str] = []
    for line in block["body"].splitlines():
        if line.startswith("$ miradot "):
            lines += [line, *run_command(line.removeprefix("$ "), ROOT, {})]
        elif line.startswith("$ "):
            lines.append(line)
    return "```console\n" + "\n".join(lines) + "\n```"


def run_command(
    command: str, folder: Path, more: Mapping[str, str], program: str = str(ROOT / "cli.py")
) -> list[str]:
    """Run one command, ours or not, in a folder and give what it prints."""
    program = f"{sys.executable} {program}"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **more}
    done = subprocess.run(
        ["/bin/sh", "-c", re.sub(r"^miradot\b", program, command)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    printed = (done.stdout + done.stderr).rstrip("\n")
    return printed.split("\n") if printed else []


def _insert(block: re.Match[str]) -> str:
    """Put in the stretch of a file between two lines, both told by their first words."""
    first, last = block["words"].split(" to ")
    lines = (ROOT / block["path"]).read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip().startswith(first))
    end = next(n for n, line in enumerate(lines) if n >= start and line.strip().startswith(last))
    head = f"<!-- from {block['path']} lines {block['words']} -->\n```{block['kind']}\n"
    return head + "\n".join(lines[start : end + 1]) + "\n```"

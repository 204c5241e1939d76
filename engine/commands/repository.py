"""Files as they stand in a commit, read from the object store: no work tree, hook or filter runs.

The repository may be a stranger's. Only plumbing is called that runs nothing the repository's own
settings name, nothing is fetched, and a name is never an option.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from engine.commands.files import SourceFile
from engine.problem import Failure
from engine.yaml12.characters import MAX_BYTES

_SECONDS = 60
_GIT = (
    "git",
    "--no-pager",
    "--no-replace-objects",
    "--no-optional-locks",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
)
# Nothing else of the caller's environment reaches git, so that no GIT_… variable leads elsewhere.
_KEPT = ("HOME", "PATH", "SYSTEMROOT", "XDG_CONFIG_HOME")
_SET = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LANG": "C",
}
_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the repository around a folder; `name` is how it was asked for."""

    name: str
    root: Path
    tree: str

    def list_files(self, folder: Path) -> list[str]:
        """Give the plain files under a folder of the work tree, as paths from the root."""
        listed = _run(self.root, "ls-tree", "-r", "-z", self.tree, "--", self.path_of(folder))
        found = []
        for line in listed.decode(errors="surrogateescape").split("\0"):
            about, _, path = line.partition("\t")
            if about.startswith(_FILES):
                found.append(path)
        return found

    def read(self, path: str) -> SourceFile | None:
        """Give a file by its path from the root, None when the commit has none."""
        if path not in self.list_files(self.root / path):
            return None
        blob = f"{self.tree}:{path}"
        # What is too long is refused by whoever reads it, by its length.
        size = int(_run(self.root, "cat-file", "-s", blob))
        raw = (
            _run(self.root, "cat-file", "blob", blob)
            if size <= MAX_BYTES
            else b" " * (MAX_BYTES + 1)
        )
        return SourceFile(f"{self.name}:{path}", raw)

    def path_of(self, path: Path) -> str:
        """Give a path of the work tree from the root; Failure when it lies outside."""
        real = path.parent.resolve() / path.name
        if not real.is_relative_to(self.root):
            raise Failure(f'"{path}" is not in the repository {self.root}')
        return real.relative_to(self.root).as_posix()


def find_commit(name: str, near: Path) -> Commit:
    """Give the commit that a name means in the repository around `near`.

    Raises Failure when there is no repository, no such commit, or no git at all.
    """
    if not name or name.startswith("-"):
        raise Failure(f'--base "{name}" is no name of a commit')
    folder = near if near.is_dir() else near.parent
    try:
        root = _run(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n")
    except Failure as failure:
        raise Failure(f'--base "{name}" is no file, and no commit: {failure}') from None
    try:
        tree = _run(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{tree}}"
        )
    except Failure:
        raise Failure(f'--base "{name}" is neither a file nor a commit of {root}') from None
    return Commit(name, Path(root).resolve(), tree.decode().strip())


def _run(folder: Path, *arguments: str) -> bytes:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program without a shell, names behind options
            [*_GIT, *arguments],
            cwd=folder,
            env={**kept, **_SET},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise Failure("--base needs git, or a file; there is no git here") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"git cannot be asked: {type(error).__name__}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Failure(f"git {arguments[0]}: {said[-1] if said else 'no answer'}")
    return done.stdout

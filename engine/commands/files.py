"""Finding and reading the files that a command is given; a folder may hold anything."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NoReturn

from engine.problem import Failure
from engine.sources.files import unreadable
from engine.yaml12.characters import MAX_BYTES

_YAML = (".yaml", ".yml")
TESTS = (".test.yaml", ".test.yml")
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# A pipe that nobody writes to must not make opening wait. Windows knows neither flag.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as read: its path as shown, and its bytes, one more than `MAX_BYTES` at most."""

    path: str
    raw: bytes = field(repr=False)


def find_files(paths: Iterable[Path], *, tests: bool = False) -> Iterator[Path]:
    """Give the mapping and brand files under paths, or their `tests`; Failure when one is missing.

    Links to folders are not followed.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(_walk(path, tests=tests))
        elif os.path.lexists(path):
            yield path
        else:
            raise Failure(f'there is no file or folder "{path}"')


def read_files(paths: Iterable[Path]) -> list[SourceFile]:
    """Read every mapping and brand file under paths.

    Raises Failure for what is no plain file, cannot be read, or is a link that leads outside.
    """
    given = list(paths)
    found = list(find_files(given))
    roots = [_find_root(path) for path in given]
    return [SourceFile(str(path), _read(path, roots)) for path in found]


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading bytes; Failure when it cannot be read."""
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from None


def _walk(folder: Path, *, tests: bool) -> Iterator[Path]:
    for top, folders, files in os.walk(folder, onerror=_refuse):
        for name in (*folders, *files):
            if Path(name).suffix in _YAML and name.endswith(TESTS) == tests:
                yield Path(top) / name


def _find_root(path: Path) -> Path:
    """Give the place that files must be in; a link that was given may lead within its folder."""
    return _resolve(path.parent if path.is_symlink() else path)


def _resolve(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except OSError as error:
        _refuse(error, path)
    except RuntimeError:
        raise Failure(f'cannot read "{path}": it is a link to itself') from None


def _read(path: Path, roots: list[Path]) -> bytes:
    real = _resolve(path)
    if not any(real.is_relative_to(root) for root in roots):
        raise Failure(f'cannot read "{path}": it is a link that leads out of the paths given')
    try:
        _check_kind(path, real.lstat())
        descriptor = os.open(real, _FLAGS)
        with os.fdopen(descriptor, "rb") as stream:
            _check_kind(path, os.fstat(descriptor))
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        _refuse(error, path)


def _check_kind(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((kind for is_kind, kind in _KINDS if is_kind(status.st_mode)), "no file")
        raise Failure(f'cannot read "{path}": it is {kind}, not a file')


def _refuse(error: OSError, path: Path | None = None) -> NoReturn:
    raise Failure(f'cannot read "{path or error.filename}": {error.strerror}') from None

"""Reading the files that are named, each whole; why one cannot be read is told in words."""

from __future__ import annotations

import errno
from pathlib import Path

from engine.problem import Failure

_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "it is a folder, not a file",
    errno.ELOOP: "it is a link to itself",
}


def read_file(path: Path) -> bytes:
    """Give a file's bytes; Failure when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> Failure:
    """Give the failure that says why a file cannot be read."""
    reason = _REASONS.get(error.errno or 0, error.strerror)
    return Failure(f'cannot read "{path}": {reason}')

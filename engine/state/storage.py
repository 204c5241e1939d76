"""The ground a SQLite database stands on: its file, its folder, the SQLite it is read by.

The file must be on a disk of this machine. On a network file system locks may not hold, and nothing
there tells that it is one: several machines share PostgreSQL, never a file.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.problem import Failure
from engine.state.database import Database

_OLDEST_SQLITE = (3, 35)
_OWNER_ONLY = 0o600


def check_storage(database: Database) -> None:
    """See that the database can be written; a new SQLite file is for its owner alone.

    Raises Failure when SQLite is too old, or the file or its folder cannot be written.
    """
    if not database.is_sqlite:
        return
    _check_version(database.engine.dialect.loaded_dbapi.sqlite_version_info)
    if database.file is not None and not database.file.startswith("file:"):
        _check_file(Path(database.file))


def _check_version(found: tuple[int, ...]) -> None:
    if found < _OLDEST_SQLITE:
        raise Failure(
            f"this Python has SQLite {'.'.join(map(str, found))}; "
            f"{'.'.join(map(str, _OLDEST_SQLITE))} or newer is needed, or PostgreSQL"
        )


def _check_file(path: Path) -> None:
    folder = path.parent
    try:
        if not folder.is_dir():
            raise Failure(f'the folder "{folder}" of the database does not exist')
        if path.is_dir():
            raise Failure(f'the database "{path}" is a folder; a file was expected')
        # SQLite gives its log and its index the same permissions.
        path.touch(mode=_OWNER_ONLY, exist_ok=True)
    except OSError as error:
        raise Failure(f'cannot write the database "{path}": {error.strerror}') from None
    # The log of SQLite is a second file beside the first.
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Failure(f'the folder "{folder}" of the database cannot be written')

"""The keyed hashes of whoever was erased, as a list that is kept apart from the database."""

from __future__ import annotations

from pathlib import Path

from engine.clock import SystemClock
from engine.commands.delivery import open_database
from engine.commands.files import open_file
from engine.problem import Failure
from engine.settings import read_settings
from engine.state.buried import Tombstone, list_tombstones, read_tombstone, write_tombstone
from engine.state.hashes import hash_identifier

_HEAD = "miradot tombstones"


def list_erased() -> str:
    """Give the list of this database: a line that names the key by its hash, then one each."""
    settings = read_settings()
    key = settings.require_tombstone_key().get_secret_value().encode()
    database = open_database(settings, SystemClock())
    try:
        with database.transaction() as connection:
            stones = list_tombstones(connection)
    finally:
        database.close()
    return "".join(f"{line}\n" for line in (_head(key), *map(write_tombstone, stones)))


def read_erased(path: Path, key: bytes) -> list[Tombstone]:
    """Give the tombstones of a list; Failure for one that is none, or of another key."""
    with open_file(path) as source:
        lines = source.read().decode("utf-8", errors="replace").splitlines()
    if not lines or not lines[0].startswith(f"{_HEAD} "):
        raise Failure(f'"{path}" is no list of miradot forget --list')
    if lines[0] != _head(key):
        raise Failure(
            f'the list "{path}" was made with another MIRADOT_TOMBSTONE_KEY: nobody would be'
            " recognised; give the key that it was made with"
        )
    stones = [read_tombstone(line) for line in lines[1:]]
    wrong = next((number for number, one in enumerate(stones, 2) if one is None), None)
    if wrong is not None:
        raise Failure(f'"{path}", line {wrong}: expected KIND, 64 hex digits and a time; {_CUT}')
    return [one for one in stones if one is not None]


_CUT = "the list may have been cut off, take another copy"


def _head(key: bytes) -> str:
    return f"{_HEAD} {hash_identifier(key, 'person', _HEAD)}"

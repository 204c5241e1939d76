"""Sample records to replay: a file, or those files of a folder that hold records of the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import orjson

from engine.lock import SourceLock
from engine.problem import Failure
from engine.sources.records import Item, Unreadable, read_records

CONTACTS = "contacts.json"
_KINDS = (".json", ".ndjson", ".jsonl")
# A record that stands twice is one record; so many are remembered, that memory stays flat.
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Samples:
    """The files that are replayed; `left_aside` hold something else."""

    source: SourceLock
    files: list[Path]
    left_aside: list[Path] = field(default_factory=list)

    def records(self) -> Iterator[Item]:
        """Give every record once, file by file; none is kept."""
        seen: set[bytes] = set()
        for path in self.files:
            with _open_file(path) as stream:
                for item in read_records(stream, self.source.envelope):
                    if isinstance(item, Unreadable):
                        yield item
                        continue
                    mark = blake2b(orjson.dumps(item[1]), digest_size=12).digest()
                    if mark not in seen:
                        if len(seen) < _MOST_REMEMBERED:
                            seen.add(mark)
                        yield item


def find_samples(path: Path, source: SourceLock) -> Samples:
    """Give the samples at a path; Failure when there are none.

    In a folder, a file is taken when most members of its first record are known to the source.
    """
    if path.is_file():
        return Samples(source, [path])
    if not path.is_dir():
        raise Failure(f'there are no samples at "{path}": name some with --samples')
    found = Samples(source, [])
    for file in sorted(one for one in path.rglob("*") if one.suffix in _KINDS and one.is_file()):
        (found.files if _holds_records(file, source) else found.left_aside).append(file)
    if not found.files:
        raise Failure(f'no file in "{path}" holds records of {source.name}')
    return found


def _holds_records(path: Path, source: SourceLock) -> bool:
    known = source.schema.get("properties")
    with _open_file(path) as stream:
        first = next(iter(read_records(stream, source.envelope)), None)
    if first is None or isinstance(first, Unreadable) or not isinstance(known, dict):
        return False
    return 2 * sum(member in known for member in first[1]) > len(first[1])


def _open_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise Failure(f'cannot read "{path}": {error.strerror}') from None
